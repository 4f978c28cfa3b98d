"""The refund's whole way on the direct channel, and what every answer of a channel leads to."""

from datetime import timedelta

import pytest
from django.db.models import F

from common import deliveries, leases
from common.models import Event
from orders import executor
from orders.actions import refunds
from orders.channels.base import (
    ActionResult,
    AuthFailed,
    LineRef,
    LineSnapshot,
    Operation,
    Result,
    Throttled,
    Unavailable,
)
from orders.domain.refunds import Cause, RefundState
from orders.models import Claim, DirectSettlement, OrderLine, Refund, RefundAttempt, StockEntry
from tests.factories.cast import staff
from tests.factories.rows import OrderLineFactory
from tickets.actions import decisions
from tickets.domain.states import Status
from tickets.models import Ticket


@pytest.fixture
def approved(cast):
    """A ticket for one of three units, approved a moment ago."""
    ticket = cast.ticket(at=leases.db_now())
    return decisions.approve(ticket_id=ticket.pk, by=staff(cast.agent), at=leases.db_now())


class FakeChannel:
    """Answers as it is told; keeps what it was asked."""

    def __init__(self, answer, **snapshot) -> None:
        self.answer, self.snapshot, self.sent = answer, snapshot, []

    def fetch(self, refs, *, op_id=None):
        if isinstance(self.snapshot.get("raises"), Exception):
            raise self.snapshot["raises"]
        facts = {"quantity": 3, "cancelled_quantity": 0, "cancelled_amount": 0}
        return [LineSnapshot(ref=refs[0], **facts | {"operation_done": False} | self.snapshot)]

    def approve_cancel(self, operation):
        self.sent.append(operation)
        if isinstance(self.answer, Exception):
            raise self.answer
        return ActionResult(self.answer, http_status=200, trace_id="t-1")


@pytest.fixture
def channel(monkeypatch):
    def use(answer=Result.APPLIED, **snapshot) -> FakeChannel:
        fake = FakeChannel(answer, **snapshot)
        monkeypatch.setattr(executor, "channel_for", lambda store: fake)
        return fake

    return use


def now_due() -> None:
    Refund.objects.update(next_at=None)


def test_money_goes_back_once_and_the_ticket_follows(cast, approved):
    assert executor.run_due() == 1
    refund = Refund.objects.get()
    cast.line.refresh_from_db()
    cast.line.product.refresh_from_db()
    assert (refund.state, refund.settled_by) == (RefundState.CONFIRMED, "EXECUTOR")
    assert DirectSettlement.objects.get().op_id == refund.op_id
    assert (cast.line.refunded_qty, cast.line.refunded_amount) == (1, 3333)
    assert (cast.line.refunding_qty, cast.line.refunding_amount, cast.line.claimed_qty) == (0, 0, 0)
    assert cast.line.product.on_hand == 6
    assert StockEntry.objects.get().refund == refund
    assert Claim.objects.get().closed_at is not None
    assert RefundAttempt.objects.get().result == "APPLIED"

    deliveries.deliver_all()
    approved.refresh_from_db()
    assert approved.status == Status.REFUNDED
    assert approved.clocks.get(kind="STATUTE").stopped_at == refund.settled_at
    assert approved.request.tickets.model.objects.get().closed_at is not None

    assert executor.run_due() == 0
    deliveries.deliver_all()
    assert Event.objects.filter(name="ticket.refunded").count() == 1


def test_parts_add_up_to_what_was_paid(cast):
    for _ in range(3):
        ticket = cast.ticket(at=leases.db_now())
        decisions.approve(ticket_id=ticket.pk, by=staff(cast.agent), at=leases.db_now())
        executor.run_due()
        deliveries.deliver_all()
    amounts = list(Refund.objects.order_by("id").values_list("amount", flat=True))
    assert amounts == [3333, 3333, 3334]
    assert Ticket.objects.filter(status=Status.REFUNDED).count() == 3


def test_the_delivery_fee_goes_back_with_the_orders_last_units(cast):
    second = OrderLineFactory(order=cast.order, line_key="L2", quantity=1, paid=5_000)
    type(cast.order).objects.filter(pk=cast.order.pk).update(delivery_paid=3_000)
    for line, quantity in ((cast.line, 3), (second, 1)):
        ticket = cast.ticket(line=line, quantity=quantity, at=leases.db_now())
        decisions.approve(ticket_id=ticket.pk, by=staff(cast.agent), at=leases.db_now())
        executor.run_due()
    fees = list(Refund.objects.order_by("id").values_list("delivery_amount", flat=True))
    cast.order.refresh_from_db()
    assert fees == [0, 3_000]
    assert (cast.order.delivery_refunding, cast.order.delivery_refunded) == (0, 3_000)


def test_a_parcel_that_left_turns_the_cancellation_into_a_return(cast, approved):
    OrderLine.objects.filter(pk=cast.line.pk).update(dispatched_at=leases.db_now())
    executor.run_due()
    deliveries.deliver_all()
    approved.refresh_from_db()
    assert (approved.status, Refund.objects.get().cause) == (Status.CONVERTED, Cause.SHIPPED)
    returned = Ticket.objects.get(kind="R")
    assert (returned.status, returned.parent, returned.claim.quantity) == (
        Status.RECEIVED, approved, 1,
    )  # fmt: skip
    cast.line.refresh_from_db()
    assert (cast.line.claimed_qty, cast.line.refunding_qty) == (1, 0)
    assert not DirectSettlement.objects.exists()


@pytest.mark.parametrize(
    ("_case", "change"),
    [
        ("the claim changed", lambda: Claim.objects.update(version=F("version") + 1)),
        ("the amount was raised", lambda: Refund.objects.update(amount=3334)),
        ("it is too long ago", lambda: Refund.objects.update(expires_at=leases.db_now())),
    ],
)
def test_nothing_is_sent_beyond_the_authorisation(cast, approved, _case, change):
    change()
    OrderLine.objects.update(refunding_amount=F("refunding_amount") + 1)
    executor.run_due()
    deliveries.deliver_all()
    approved.refresh_from_db()
    assert Refund.objects.get().state == RefundState.VOID
    assert approved.status == Status.REVIEWING
    assert not DirectSettlement.objects.exists()
    decision = approved.clocks.filter(kind="DECISION").order_by("round").last()
    assert (decision.round, decision.stopped_at) == (2, None)


@pytest.mark.parametrize(
    ("_case", "answer", "state"),
    [
        ("applied", Result.APPLIED, RefundState.CONFIRMED),
        ("already", Result.ALREADY, RefundState.CONFIRMED),
        ("accepted", Result.ACCEPTED, RefundState.ACCEPTED),
        ("refused", Result.REFUSED, RefundState.REFUSED),
        ("unknown", Result.UNKNOWN, RefundState.UNKNOWN),
        ("wrong credentials", AuthFailed(), RefundState.PLANNED),
        ("throttled", Throttled(), RefundState.PLANNED),
        ("no answer", Unavailable(), RefundState.UNKNOWN),
        ("connection reset", ConnectionResetError(), RefundState.UNKNOWN),
    ],
)
def test_every_answer_has_its_state(cast, approved, channel, _case, answer, state):
    fake = channel(answer)
    executor.run_due()
    assert Refund.objects.get().state == state
    assert len(fake.sent) == 1
    assert Refund.objects.get().lease_until is None


def test_a_line_that_is_done_already_is_confirmed_without_sending(cast, approved, channel):
    fake = channel(operation_done=True, settled_at=leases.db_now())
    executor.run_due()
    assert Refund.objects.get().state == RefundState.CONFIRMED
    assert fake.sent == []


@pytest.mark.parametrize("fact", ["withdrawn", "forced", "shipped"])
def test_what_the_read_shows_stops_the_sending(cast, approved, channel, fact):
    fake = channel(**{fact: True})
    executor.run_due()
    refund = Refund.objects.get()
    assert (refund.state, refund.cause, fake.sent) == (RefundState.VOID, fact.upper(), [])


def test_a_failed_read_changes_nothing_and_is_tried_again(cast, approved, channel):
    fake = channel(raises=Unavailable())
    executor.run_due()
    refund = Refund.objects.get()
    assert (refund.state, fake.sent) == (RefundState.PLANNED, [])
    assert refund.next_at > leases.db_now()
    assert executor.run_due() == 0


def test_an_unknown_outcome_is_read_back_before_anything_is_sent(cast, approved, channel):
    channel(Result.UNKNOWN)
    executor.run_due()
    now_due()
    fake = channel(operation_done=True, settled_at=leases.db_now())
    executor.run_due()
    assert (Refund.objects.get().state, fake.sent) == (RefundState.CONFIRMED, [])


def test_an_accepted_refund_waits_until_the_channel_is_done(cast, approved, channel):
    fake = channel(Result.ACCEPTED)
    executor.run_due()
    now_due()
    executor.run_due()
    assert (Refund.objects.get().state, len(fake.sent)) == (RefundState.ACCEPTED, 1)
    now_due()
    channel(operation_done=True, settled_at=leases.db_now())
    executor.run_due()
    assert Refund.objects.get().state == RefundState.CONFIRMED


def test_it_is_sent_three_times_at_most(cast, approved, channel):
    fake = channel(Result.UNKNOWN)
    for _ in range(6):
        executor.run_due()
        now_due()
    assert len(fake.sent) == 3
    assert {operation.op_id for operation in fake.sent} == {Refund.objects.get().op_id}
    assert Refund.objects.get().state == RefundState.NEEDS_HUMAN
    deliveries.deliver_all()


def test_proved_not_done_three_times_gives_the_ticket_back(cast, approved, channel):
    channel(Throttled())
    for _ in range(3):
        executor.run_due()
        now_due()
    deliveries.deliver_all()
    approved.refresh_from_db()
    heard = RefundAttempt.objects.order_by("n").values_list("n", "result")
    assert list(heard) == [(1, "Throttled"), (2, "Throttled"), (3, "Throttled")]
    assert Refund.objects.get().cause == Cause.TOO_MANY_SENDS
    assert approved.status == Status.REVIEWING


def test_a_worker_that_died_while_sending_leaves_unknown_not_a_second_payment(cast, approved):
    refund = Refund.objects.get()
    assert leases.take(refund, now=leases.db_now())
    refunds.begin_sending(refund_id=refund.pk, fence=refund.fence, before={}, at=leases.db_now())
    executor.channel_for(cast.store).approve_cancel(_operation(refund))
    # ... killed here. The lease runs out:
    Refund.objects.update(lease_until=leases.db_now() - timedelta(seconds=1))
    executor.run_due()
    assert Refund.objects.get().state == RefundState.CONFIRMED
    assert DirectSettlement.objects.count() == 1


def _operation(refund):
    return Operation(
        op_id=refund.op_id, ref=LineRef(refund.line_id, "L1"), quantity=refund.quantity,
        amount=refund.amount, delivery_amount=0, reason="CHANGED_MIND",
    )  # fmt: skip


def test_a_late_worker_settles_nothing(cast, approved):
    refund = Refund.objects.get()
    old_fence = refund.fence
    executor.run_due()
    assert refunds.confirm(refund_id=refund.pk, fence=old_fence, at=leases.db_now()) is None
    cast.line.refresh_from_db()
    assert cast.line.refunded_qty == 1
