"""The other party's step falls exactly between two of ours: what was read before does not count.

One process, so it holds on both databases. What falls into one of our transactions needs a second
connection: see tests/concurrency.
"""

from collections.abc import Callable
from contextlib import contextmanager
from datetime import timedelta
from pkgutil import resolve_name

import pytest
from django.db import OperationalError

from common import deliveries, leases
from common.domain.actors import Actor
from common.models import Delivery, Event
from orders import executor
from orders.actions import refunds
from orders.actions.refunds import AnotherRefund, MoneyUnderWay
from orders.channels.base import ActionResult, LineSnapshot, Result
from orders.domain.refunds import IllegalRefundMove
from orders.models import DirectSettlement, OrderLine, Refund, RefundAttempt, StockEntry
from tests.factories.cast import Cast, staff
from tests.factories.rows import MONDAY
from tickets.actions import deadlines, decisions, desk
from tickets.domain.states import Status
from tickets.models import Ticket

BUYER = Actor.buyer()


@pytest.fixture
def just_before(monkeypatch: pytest.MonkeyPatch) -> Callable:
    """Do the other party's step, once, just before `point` (a dotted name) is called."""

    @contextmanager
    def patched(point: str, step: Callable[[], object]):
        original, steps = resolve_name(point), [step]

        def wrapped(*args, **kwargs):
            if steps:
                steps.pop()()
            return original(*args, **kwargs)

        with monkeypatch.context() as patch:
            patch.setattr(point, wrapped)
            yield
        assert not steps, f"{point} was never called"

    return patched


@pytest.fixture
def approved(cast: Cast) -> Ticket:
    """A ticket for one of three units, approved a moment ago."""
    ticket = cast.ticket(at=leases.db_now())
    return decisions.approve(ticket_id=ticket.pk, by=staff(cast.agent), at=leases.db_now())


def run_out(refund: Refund) -> None:
    """Let the lease of whoever works on the refund run out."""
    Refund.objects.filter(pk=refund.pk).update(lease_until=leases.db_now() - timedelta(seconds=1))


def another_worker(refund: Refund) -> None:
    """Another worker finds the lease run out and does all of it."""
    run_out(refund)
    assert executor.run_due() == 1


def assert_paid_once() -> None:
    """One refund of one of three units, in every book."""
    refund, line = (
        Refund.objects.get(),
        OrderLine.objects.get(line_key="L1", order__store__slug="mapo"),
    )
    assert refund.state == "CONFIRMED"
    assert DirectSettlement.objects.get().op_id == refund.op_id
    assert (line.refunded_qty, line.refunded_amount) == (1, 3_333)
    assert (line.refunding_qty, line.refunding_amount, line.claimed_qty) == (0, 0, 0)
    assert (StockEntry.objects.get().quantity, line.product.on_hand) == (1, 6)
    assert Event.objects.filter(name="refund.confirmed").count() == 1


def assert_never_paid(ticket: Ticket, status: Status) -> None:
    ticket.refresh_from_db()
    line = OrderLine.objects.get(pk=ticket.claim.line_id)
    assert ticket.status == status
    assert not DirectSettlement.objects.exists()
    assert not RefundAttempt.objects.exists()
    assert (line.refunding_qty, line.refunded_qty, line.claimed_qty) == (0, 0, 0)


def test_a_second_refund_of_a_line_waits_for_the_first(cast, approved):
    second = cast.ticket(at=leases.db_now())
    with pytest.raises(AnotherRefund):
        decisions.approve(ticket_id=second.pk, by=staff(cast.agent), at=leases.db_now())
    second.refresh_from_db()
    assert (second.status, Refund.objects.count()) == (Status.RECEIVED, 1)
    executor.run_due()
    decisions.approve(ticket_id=second.pk, by=staff(cast.agent), at=leases.db_now())
    assert [r.amount for r in Refund.objects.order_by("pk")] == [3_333, 3_333]


@pytest.mark.parametrize(
    "point",
    [
        "common.leases.take",
        "orders.channels.direct.channel.DirectChannel.fetch",
        "orders.actions.refunds.begin_sending",
    ],
)
def test_what_the_buyer_withdraws_before_it_is_sent_is_not_sent(cast, approved, just_before, point):
    with just_before(
        point, lambda: desk.withdraw(ticket_id=approved.pk, by=BUYER, at=leases.db_now())
    ):
        executor.run_due()
    deliveries.deliver_all()
    assert_never_paid(approved, Status.WITHDRAWN)
    assert (Refund.objects.get().state, Refund.objects.get().cause) == ("VOID", "WITHDRAWN")


@pytest.mark.parametrize(
    "point", ["orders.actions.ledger.settle", "orders.actions.refunds.note_answer"]
)
def test_what_is_being_sent_cannot_be_withdrawn(cast, approved, just_before, point):
    def withdraw() -> None:
        with pytest.raises(MoneyUnderWay):
            desk.withdraw(ticket_id=approved.pk, by=BUYER, at=leases.db_now())

    with just_before(point, withdraw):
        executor.run_due()
    deliveries.deliver_all()
    approved.refresh_from_db()
    assert approved.status == Status.REFUNDED
    assert_paid_once()


@pytest.mark.parametrize(
    ("point", "tries"),
    [
        # Where the first worker sleeps until its lease is over; what each try then says.
        ("orders.channels.direct.channel.DirectChannel.fetch", ["APPLIED"]),
        ("orders.actions.refunds.begin_sending", ["APPLIED"]),
        ("orders.actions.ledger.settle", ["ALREADY", "APPLIED"]),
        ("orders.actions.refunds.note_answer", ["APPLIED"]),
        ("orders.actions.refunds.confirm", ["APPLIED"]),
    ],
)
def test_a_worker_that_sleeps_through_its_lease_settles_nothing(
    cast, approved, just_before, point, tries
):
    refund = Refund.objects.get()
    with just_before(point, lambda: another_worker(refund)):
        executor.run_due()
    assert_paid_once()
    assert list(RefundAttempt.objects.order_by("n").values_list("result", flat=True)) == tries
    refund.refresh_from_db()
    assert refund.fence == 2


class SlowNo:
    """A channel that says no so late that another worker has taken over and been answered yes."""

    def __init__(self, refund: Refund) -> None:
        self.refund = refund

    def fetch(self, refs, *, op_id=None):
        return [LineSnapshot(refs[0], 3, 0, 0, operation_done=False)]

    def approve_cancel(self, operation):
        run_out(self.refund)
        self.refund.refresh_from_db()
        assert leases.take(self.refund, now=leases.db_now())
        mine = {"refund_id": self.refund.pk, "fence": self.refund.fence}
        refunds.mark_unknown(**mine)
        refunds.begin_sending(**mine, before={}, at=leases.db_now())
        return ActionResult(Result.REFUSED)


def late_no(monkeypatch: pytest.MonkeyPatch) -> Refund:
    """Run a worker that hears no after its lease; return the refund as it then is."""
    refund = Refund.objects.get()
    monkeypatch.setattr(executor, "channel_for", lambda store: SlowNo(refund))
    executor.run_due()
    return Refund.objects.get()


def test_an_answer_that_comes_after_the_lease_moves_nothing(cast, approved, monkeypatch):
    refund = late_no(monkeypatch)
    assert (refund.state, refund.fence) == ("SENDING", 2)
    assert refunds.confirm(refund_id=refund.pk, fence=2, at=leases.db_now())
    tries = RefundAttempt.objects.order_by("n").values_list("fence", "result")
    assert list(tries) == [(1, "REFUSED"), (2, None)]


def test_control_without_the_fence_it_ends_what_another_worker_sends(cast, approved, monkeypatch):
    locked = refunds._locked
    monkeypatch.setattr(refunds, "_locked", lambda refund_id, fence: locked(refund_id, None))
    refund = late_no(monkeypatch)
    assert refund.state == "REFUSED"
    with pytest.raises(IllegalRefundMove):  # the money went, and no book takes it
        refunds.confirm(refund_id=refund.pk, fence=2, at=leases.db_now())


def test_a_lease_that_ran_out_before_it_was_read_is_not_ours(cast, approved, just_before):
    mine, theirs = Refund.objects.get(), Refund.objects.get()

    def sleep_and_lose_it() -> None:
        run_out(mine)
        theirs.refresh_from_db()
        assert leases.take(theirs, now=leases.db_now())

    with just_before("django.db.models.Model.refresh_from_db", sleep_and_lose_it):
        assert not leases.take(mine, now=leases.db_now())


def test_a_refund_that_cannot_be_worked_on_does_not_hold_the_next(cast, approved, just_before):
    def broken() -> None:
        raise ZeroDivisionError

    other = cast.ticket(line=cast.other_line, at=leases.db_now())
    decisions.approve(ticket_id=other.pk, by=staff(cast.other_agent), at=leases.db_now())
    with just_before("orders.executor.channel_for", broken):
        assert executor.run_due() == 2
    states = Refund.objects.order_by("pk").values_list("state", "lease_until")
    assert [state for state, _ in states] == ["PLANNED", "CONFIRMED"]
    assert states[0][1] > leases.db_now()


def test_a_level_fired_a_moment_earlier_is_not_fired_again(cast, just_before):
    cast.ticket()
    at = MONDAY + timedelta(days=1)
    fired: list[int] = []
    with just_before("tickets.locks.lock_ticket", lambda: fired.append(deadlines.fire_due(at=at))):
        assert deadlines.fire_due(at=at) == 0
    levels = Event.objects.filter(name__startswith="clock.").values_list("data__level", flat=True)
    assert fired[0] == len(levels) == len(set(levels)) > 0


def test_a_handler_whose_lease_ran_out_does_nothing(cast, approved, just_before):
    executor.run_due()
    refunded = Delivery.objects.get(subscriber="tickets.settle")

    def another_worker_delivers() -> None:
        Delivery.objects.filter(pk=refunded.pk).update(lease_until=None)
        deliveries.deliver_all()

    with just_before("common.events.handler_of", another_worker_delivers):
        assert deliveries.deliver_due(subject=Refund.objects.get()) == 0
    approved.refresh_from_db()
    assert approved.status == Status.REFUNDED
    assert Event.objects.filter(name="ticket.refunded").count() == 1


def test_a_ticket_held_for_too_long_does_not_hold_the_sweep(cast, just_before):
    cast.ticket()
    cast.ticket(line=cast.other_line)
    at = MONDAY + timedelta(days=1)

    def too_long() -> None:
        raise OperationalError("canceling statement due to lock timeout")

    with just_before("tickets.locks.lock_ticket", too_long):
        deadlines.fire_due(at=at)
    assert set(Event.objects.filter(name__startswith="clock.").values_list("subject_id")) == {
        (Ticket.objects.get(claim__line=cast.other_line).pk,)
    }
    assert deadlines.fire_due(at=at) > 0
