"""A cancellation whose parcel had left goes on as a return, in the same request."""

from datetime import UTC, date, datetime, timedelta

import pytest

from common import deliveries, leases
from common.domain.actors import Actor
from common.models import Event
from orders import executor
from orders.domain.refunds import Cause
from orders.models import OrderLine, Refund
from tests.factories.cast import staff
from tests.factories.rows import MONDAY
from tickets.actions import decisions, desk
from tickets.actions.decisions import GoodsNotBack, Refusal
from tickets.actions.desk import DayInFuture
from tickets.domain.states import Status
from tickets.models import Ticket

DAY = timedelta(days=1)
BACK_ON = date(2026, 11, 11)


@pytest.fixture
def returned(cast) -> Ticket:
    """The return that a cancellation of one unit became."""
    ticket = cast.ticket()
    decisions.approve(ticket_id=ticket.pk, by=staff(cast.agent), at=MONDAY)
    OrderLine.objects.filter(pk=cast.line.pk).update(dispatched_at=MONDAY)
    refund = Refund.objects.get()
    executor.refunds.void(
        refund_id=refund.pk, cause=Cause.SHIPPED, by=Actor.system("refunds"), at=MONDAY
    )
    deliveries.deliver_all()
    return Ticket.objects.get(kind="R")


def test_the_request_is_not_resolved_by_the_conversion(cast, returned):
    assert returned.request.resolved_at is None
    assert not Event.objects.filter(name="request.resolved").exists()
    assert returned.parent.status == Status.CONVERTED
    assert not returned.clocks.filter(kind="STATUTE").exists()


def test_the_law_counts_from_the_day_the_goods_came_back(cast, returned):
    by = staff(cast.agent)
    desk.accept_return(ticket_id=returned.pk, by=by, at=MONDAY)
    assert returned.clocks.get(kind="DECISION").due_at is None
    with pytest.raises(DayInFuture):
        desk.goods_back(ticket_id=returned.pk, on=BACK_ON, by=by, at=MONDAY)
    desk.goods_back(ticket_id=returned.pk, on=BACK_ON, by=by, at=MONDAY + 3 * DAY)
    clock = returned.clocks.get(kind="STATUTE")
    # Back on Wednesday the 11th: Monday the 16th, 24:00 in Seoul.
    assert (clock.due_at, clock.article) == (
        datetime(2026, 11, 16, 15, 0, tzinfo=UTC), "전자상거래법 §18②1",
    )  # fmt: skip


def test_an_agent_needs_the_goods_and_a_lead_may_waive_them(cast, returned):
    with pytest.raises(GoodsNotBack):
        decisions.approve(ticket_id=returned.pk, by=staff(cast.agent), at=MONDAY + DAY)
    returned.refresh_from_db()
    assert returned.status == Status.RECEIVED
    decisions.approve(ticket_id=returned.pk, by=staff(cast.lead), at=MONDAY + DAY)
    assert Refund.objects.live().get().approved_by == cast.lead


@pytest.mark.parametrize("are_back", [False, True])
def test_a_refused_return_reopens_with_the_clock_it_had(cast, returned, are_back):
    by, ground = staff(cast.agent), Refusal("BUYER_DAMAGE", "파손되어 돌아왔습니다.")
    if are_back:
        desk.goods_back(ticket_id=returned.pk, on=MONDAY.date(), by=by, at=MONDAY)
    decisions.refuse(ticket_id=returned.pk, refusal=ground, by=by, at=MONDAY)
    desk.reopen(ticket_id=returned.pk, by=by, at=MONDAY + DAY)
    due = list(returned.clocks.filter(kind="STATUTE").values_list("due_at", flat=True))
    assert len(set(due)) == (1 if are_back else 0)
    assert len(due) == (2 if are_back else 0)


def test_the_return_is_refunded_and_resolves_the_request(cast, returned):
    decisions.approve(ticket_id=returned.pk, by=staff(cast.lead), at=leases.db_now())
    executor.run_due()
    deliveries.deliver_all()
    returned.refresh_from_db()
    cast.line.product.refresh_from_db()
    assert returned.status == Status.REFUNDED
    assert cast.line.product.on_hand == 5  # the goods are booked in by hand, not by the refund
    resolved = Event.objects.get(name="request.resolved")
    assert resolved.data["outcome"] == "REFUNDED"
