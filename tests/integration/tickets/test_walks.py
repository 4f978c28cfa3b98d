"""Random walks through a ticket's life: whatever people, buyers and workers do, the books agree."""

import random
from datetime import timedelta

import pytest
from django.db.models import Sum

from common import deliveries, leases
from common.domain.actors import Actor
from common.errors import Refused
from common.models import Event
from orders import executor
from orders.models import Claim, DirectSettlement, OrderLine, Refund, StockEntry
from tests.factories.cast import staff
from tests.factories.rows import MONDAY
from tickets.actions import conversation, deadlines, desk, opening, verbs
from tickets.actions.opening import Contact, Wish
from tickets.actions.verbs import Terms
from tickets.domain.events import MOVED
from tickets.domain.states import FINAL_STATUSES, Status, Verb
from tickets.models import Clock, Proposal, Ticket

STEPS = 30
TERMS = Terms(text="말씀 주세요", ground="USED_UP", note="검토", on=MONDAY.date())


class Walk:
    """One shop, a clock that only goes forward, and dice."""

    def __init__(self, cast, seed: int) -> None:
        self.cast, self.dice, self.at = cast, random.Random(seed), MONDAY
        self.people = [cast.agent, cast.agent2, cast.lead, cast.lead2, cast.trainer]
        self.ended: dict[int, str] = {}

    def ticket(self) -> Ticket | None:
        return self.dice.choice(list(Ticket.objects.all()) or [None])

    def step(self) -> None:
        self.at += timedelta(minutes=self.dice.randint(1, 700))
        act = self.dice.choice(
            [self.ask_for, self.decide, self.decide, self.decide, self.buyer, self.work,
             self.sweep, self.post]
        )  # fmt: skip
        before = snapshot()
        try:
            act()
        except Refused:
            assert snapshot() == before  # a refusal leaves every row as it was

    def ask_for(self) -> None:
        wish = Wish(self.cast.line.pk, self.dice.randint(0, 4), "CHANGED_MIND")
        opening.open_request(
            order=self.cast.order, wishes=[wish], contact=Contact(), by=Actor.buyer(), at=self.at
        )

    def decide(self) -> None:
        ticket, person = self.ticket(), self.dice.choice(self.people)
        if ticket is None:
            return
        by = staff(person)
        offered = verbs.offered(ticket, by)
        verb = self.dice.choice(offered or list(Verb))
        verbs.perform(ticket_id=ticket.pk, verb=verb, by=by, at=self.at, terms=TERMS)

    def buyer(self) -> None:
        ticket = self.ticket()
        if ticket is None:
            return
        if self.dice.random() < 0.6:
            conversation.buyer_writes(ticket_id=ticket.pk, body="네", at=self.at)
        elif self.dice.random() < 0.6:
            desk.withdraw(ticket_id=ticket.pk, by=Actor.buyer(), at=self.at)
        else:
            desk.reopen(ticket_id=ticket.pk, by=Actor.buyer(), at=self.at)

    def work(self) -> None:
        for refund in leases.claim(Refund.objects.due(leases.db_now()), limit=20):
            executor.advance(refund, moment=self.at)

    def sweep(self) -> None:
        deadlines.fire_due(at=self.at)
        deadlines.expire_proposals(at=self.at)

    def post(self) -> None:
        deliveries.deliver_all()


def snapshot() -> tuple:
    """Return what a refusal must not touch."""
    return (
        list(Ticket.objects.order_by("id").values_list("id", "status", "version", "next_due_at")),
        list(OrderLine.objects.order_by("id").values_list()),
        list(Claim.objects.order_by("id").values_list()),
        list(Refund.objects.order_by("id").values_list("id", "state")),
        list(Clock.objects.order_by("id").values_list("id", "due_at", "stopped_at")),
        list(Proposal.objects.order_by("id").values_list("id", "outcome")),
        Event.objects.count(),
    )


def total(rows, column: str) -> int:
    return rows.aggregate(sum=Sum(column))["sum"] or 0


def assert_books_agree(walk: Walk) -> None:
    line = OrderLine.objects.select_related("product").get(pk=walk.cast.line.pk)
    refunds = Refund.objects.filter(line=line)
    done, live = refunds.filter(state="CONFIRMED"), refunds.live()
    assert line.claimed_qty == total(line.claims.open(), "quantity")
    assert (line.refunding_qty, line.refunding_amount) == (
        total(live, "quantity"), total(live, "amount"),
    )  # fmt: skip
    assert (line.refunded_qty, line.refunded_amount) == (
        total(done, "quantity"), total(done, "amount"),
    )  # fmt: skip
    assert line.refunded_amount == line.paid * line.refunded_qty // line.quantity
    assert total(DirectSettlement.objects.all(), "amount") == line.refunded_amount
    assert line.product.on_hand == 5 + total(StockEntry.objects.all(), "quantity")
    assert StockEntry.objects.count() == done.count()
    for ticket in Ticket.objects.select_related("claim"):
        assert_ticket_agrees(walk, ticket)


def assert_ticket_agrees(walk: Walk, ticket: Ticket) -> None:
    running = Clock.objects.filter(ticket=ticket, stopped_at=None)
    refunded = Refund.objects.filter(claim=ticket.claim, state="CONFIRMED").exists()
    if ticket.is_open:
        due = [clock.due_at for clock in running if clock.due_at]
        assert ticket.next_due_at == min(due, default=None)
        assert refunded <= (ticket.status == Status.APPROVED)  # its event is on its way
        assert (ticket.claim.closed_at is None) != refunded
    else:
        assert not running.exists()
        assert (ticket.next_due_at, ticket.next_check_at) == (None, None)
        assert ticket.claim.closed_at is not None
        assert refunded == (ticket.status == Status.REFUNDED)
    waits = Proposal.objects.filter(ticket=ticket, outcome=None).count()
    assert waits == (ticket.status == Status.WAITING_APPROVAL)
    moved = Event.objects.about(ticket).filter(name__in=MOVED.values()).last()
    assert moved.data.get("after", moved.data.get("status")) == ticket.status
    if ticket.pk in walk.ended:
        assert ticket.status == walk.ended[ticket.pk]
    if Status(ticket.status) in FINAL_STATUSES:
        walk.ended[ticket.pk] = ticket.status


@pytest.mark.parametrize("paid", [10_000, 300_000, 900_000])
@pytest.mark.parametrize("seed", range(3))
def test_the_books_agree_after_every_step(cast, seed, paid):
    OrderLine.objects.filter(pk=cast.line.pk).update(paid=paid)
    walk = Walk(cast, seed * 1000 + paid)
    cast.ticket()
    for _ in range(STEPS):
        walk.step()
        assert_books_agree(walk)
    walk.work()
    deliveries.deliver_all()
    assert_books_agree(walk)
    assert Ticket.objects.exists()


def test_walks_reach_most_of_what_a_direct_shop_can_reach(cast):
    reached = set()
    for seed in range(4):
        worth = 1_000_000 * (1 + 4 * seed)
        OrderLine.objects.filter(pk=cast.line.pk).update(paid=worth, quantity=12)
        walk = Walk(cast, seed)
        for _ in range(60):
            walk.step()
            reached |= set(Ticket.objects.values_list("status", flat=True))
    assert reached >= {
        "RECEIVED", "REVIEWING", "WAITING_BUYER", "WAITING_APPROVAL", "APPROVED", "REFUNDED",
        "REFUSED", "WITHDRAWN",
    }  # fmt: skip
