"""Money under many hands: one live refund a line, one sending of it, none of what was withdrawn."""

import threading
from functools import partial

import pytest
from django.db import IntegrityError
from django.db.models import Sum

from common import deliveries, leases
from common.domain.actors import Actor
from common.models import Event
from orders import executor
from orders.actions.refunds import MoneyUnderWay
from orders.models import DirectSettlement, OrderLine, Refund, RefundAttempt, StockEntry
from tests.concurrency.sabotage import take_in_any_case
from tests.factories.cast import Cast, staff
from tickets.actions import decisions, desk
from tickets.domain import approvals
from tickets.domain.states import Status
from tickets.models import Ticket

pytestmark = pytest.mark.postgres

LINE_LOCKS = ("orders.locks.hold", "orders.locks.lock_line")


def approve(ticket: Ticket, who):
    return partial(decisions.approve, ticket_id=ticket.pk, by=staff(who), at=leases.db_now())


def tickets_for_one_line(cast: Cast, *, units: int, paid: int) -> list[Ticket]:
    """A ticket for each unit of a line."""
    OrderLine.objects.filter(pk=cast.line.pk).update(quantity=units, paid=paid)
    return [cast.ticket(at=leases.db_now()) for _ in range(units)]


def assert_one_refund_planned(cast: Cast, outcomes: list) -> None:
    assert sorted(type(o).__name__ for o in outcomes) == (
        ["AnotherRefund"] * (len(outcomes) - 1) + ["Ticket"]
    )
    refund = Refund.objects.get()
    cast.line.refresh_from_db()
    assert (cast.line.refunding_qty, cast.line.refunding_amount) == (1, refund.amount)


def settle() -> None:
    executor.run_due()
    deliveries.deliver_all()


def test_of_eight_approved_at_once_on_one_line_one_refund_is_planned(cast, race):
    tickets = tickets_for_one_line(cast, units=8, paid=1_001)
    race.meet_after("orders.locks.lock_claim")
    assert_one_refund_planned(cast, race.run(*(approve(t, cast.agent) for t in tickets)))
    settle()
    for ticket in Ticket.objects.exclude(status=Status.REFUNDED):
        approve(ticket, cast.agent)()
        settle()
    cast.line.refresh_from_db()
    assert (cast.line.refunded_qty, cast.line.refunded_amount) == (8, 1_001)
    assert DirectSettlement.objects.aggregate(s=Sum("amount"))["s"] == 1_001


def test_control_without_the_lock_of_the_line_the_index_refuses_the_second(
    cast, race, without_lock
):
    first, second = tickets_for_one_line(cast, units=2, paid=101)
    without_lock(*LINE_LOCKS)
    race.meet_after("orders.locks.lock_claim")
    outcomes = race.run(approve(first, cast.agent), approve(second, cast.lead))
    with pytest.raises(AssertionError):
        assert_one_refund_planned(cast, outcomes)
    assert {type(o) for o in outcomes} == {IntegrityError, Ticket}
    assert Refund.objects.count() == 1


def test_control_without_lock_and_index_two_are_planned(
    cast, race, without_lock, without_constraint
):
    first, second = tickets_for_one_line(cast, units=2, paid=101)
    without_lock(*LINE_LOCKS)
    race.meet_after("orders.locks.lock_claim")
    with without_constraint(Refund, "refund_one_live"):
        outcomes = race.run(approve(first, cast.agent), approve(second, cast.lead))
        with pytest.raises(AssertionError):
            assert_one_refund_planned(cast, outcomes)
        # Each was computed without the other: together they are less than what was paid.
        assert [r.amount for r in Refund.objects.live()] == [50, 50]


def judged_and_planned(cast: Cast, race, monkeypatch) -> tuple[int, int | None]:
    """Approve while a sibling's refund ends; return the amount judged and the amount planned."""
    first, second, third, _ = tickets_for_one_line(cast, units=4, paid=6)
    approve(first, cast.agent)()
    settle()
    approve(second, cast.agent)()
    judged: list[int] = []
    looked = threading.Event()
    require_alone = approvals.require_alone

    def look(amount: int, *args, **kwargs) -> None:
        require_alone(amount, *args, **kwargs)
        judged.append(amount)
        looked.set()
        race.meet("the sibling is withdrawn, or waits")

    def withdraw() -> None:
        looked.wait()
        desk.withdraw(ticket_id=second.pk, by=Actor.buyer(), at=leases.db_now())

    monkeypatch.setattr(approvals, "require_alone", look)
    race.run(approve(third, cast.agent), withdraw)
    planned = Refund.objects.filter(claim=third.claim_id).first()
    return judged[0], planned.amount if planned else None


def test_the_amount_that_is_planned_is_the_one_the_limit_was_held_against(cast, race, monkeypatch):
    judged, planned = judged_and_planned(cast, race, monkeypatch)
    assert planned in (None, judged)


def test_control_without_holding_the_line_it_is_another(cast, race, monkeypatch):
    monkeypatch.setattr("orders.actions.refunds.hold", lambda claim: None)
    assert judged_and_planned(cast, race, monkeypatch) == (1, 2)


@pytest.fixture
def approved(cast: Cast) -> Ticket:
    return approve(cast.ticket(at=leases.db_now()), cast.agent)()


def assert_paid_once(cast: Cast) -> None:
    refund = Refund.objects.get()
    assert refund.state == "CONFIRMED"
    assert DirectSettlement.objects.get().op_id == refund.op_id
    assert Event.objects.filter(name="refund.confirmed").count() == 1
    assert StockEntry.objects.get().refund_id == refund.pk
    cast.line.refresh_from_db()
    assert (cast.line.refunded_qty, cast.line.refunding_qty, cast.line.claimed_qty) == (1, 0, 0)


def test_of_four_workers_that_see_one_refund_one_takes_it(cast, approved, race):
    race.meet_before("common.leases.take")
    assert sorted(race.run(*[executor.run_due] * 4)) == [0, 0, 0, 1]
    assert_paid_once(cast)
    assert Refund.objects.get().attempts == RefundAttempt.objects.count() == 1


def test_control_a_lease_without_compare_and_set_is_taken_twice(cast, approved, race, monkeypatch):
    monkeypatch.setattr(leases, "take", take_in_any_case)
    race.meet_before("common.leases.take")
    with pytest.raises(AssertionError):
        assert sorted(race.run(executor.run_due, executor.run_due)) == [0, 1]
    assert Refund.objects.get().attempts == 2
    assert DirectSettlement.objects.count() <= 1  # the ledger's own key holds the money


def assert_withdrawn_or_paid(ticket: Ticket, cast: Cast, withdrawn: object) -> None:
    """Never both: the buyer was told no and has the money, or nothing was ever sent."""
    deliveries.deliver_all()
    ticket.refresh_from_db()
    if isinstance(withdrawn, MoneyUnderWay):
        assert ticket.status == Status.REFUNDED
        assert_paid_once(cast)
        return
    assert isinstance(withdrawn, Ticket), withdrawn
    assert ticket.status == Status.WITHDRAWN
    assert Refund.objects.get().state == "VOID"
    assert not DirectSettlement.objects.exists()


def withdraw_while_sending(ticket: Ticket, race) -> object:
    race.meet_after("orders.locks.lock_refund", times=2)
    buyer = partial(desk.withdraw, ticket_id=ticket.pk, by=Actor.buyer(), at=leases.db_now())
    return race.run(executor.run_due, buyer)[1]


@pytest.mark.parametrize("_round", range(4))
def test_what_is_withdrawn_while_a_worker_sends_is_withdrawn_or_paid(cast, approved, race, _round):
    assert_withdrawn_or_paid(approved, cast, withdraw_while_sending(approved, race))


def test_control_without_the_lock_of_the_refund_it_is_both_or_breaks(
    cast, approved, race, without_lock
):
    without_lock("orders.locks.hold", "orders.locks.lock_refund")
    with pytest.raises(AssertionError):
        assert_withdrawn_or_paid(approved, cast, withdraw_while_sending(approved, race))
