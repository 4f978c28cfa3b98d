"""A request comes in: all of its tickets or none."""

from datetime import UTC, date, datetime

import pytest
from django.core.exceptions import ObjectDoesNotExist

from common.domain.actors import Actor
from common.models import Event, OutboundMail
from orders.actions.claims import (
    AlreadyShipped,
    BadQuantity,
    ClaimedAtChannel,
    NoAmount,
    UnitsTaken,
)
from orders.domain.reasons import DetailMissing, UnknownReason
from orders.models import Claim, OrderLine
from tests.factories.cast import staff
from tests.factories.rows import MONDAY, OrderLineFactory
from tickets.actions import keys, opening
from tickets.actions.opening import AskAtMarketplace, Contact, NothingChosen, NotThisOrder, Wish
from tickets.domain.states import NotAllowed, Status
from tickets.models import BuyerRequest, Clock, Ticket

BUYER = Actor.buyer()


def send(cast, *wishes, by=BUYER, **contact):
    return opening.open_request(
        order=cast.order, wishes=wishes, contact=Contact(**contact), by=by, at=MONDAY
    )


def nothing_happened() -> bool:
    rows = (Ticket, Claim, BuyerRequest, Event, Clock)
    held = OrderLine.objects.exclude(claimed_qty=0)
    return not held.exists() and not any(model.objects.exists() for model in rows)


def test_open_request_opens_one_ticket_a_line(cast, django_capture_on_commit_callbacks):
    second = OrderLineFactory(order=cast.order, line_key="L2", quantity=2)
    with django_capture_on_commit_callbacks():
        request = send(
            cast, Wish(second.pk, 2, "WRONG_OPTION", {"wanted_option": "검정 L"}),
            Wish(cast.line.pk, 1, "CHANGED_MIND"),
        )  # fmt: skip
    tickets = list(request.tickets.order_by("id"))
    assert [t.number for t in tickets] == ["C-2026-000001", "C-2026-000002"]
    assert {t.status for t in tickets} == {Status.RECEIVED}
    assert [t.claim.quantity for t in tickets] == [1, 2]
    assert tickets[1].claim.details == {"wanted_option": "검정 L"}
    cast.line.refresh_from_db()
    assert cast.line.claimed_qty == 1
    assert keys.status_link(request).endswith(f"/r/{keys.status_token(request.public_id)}/")


def test_open_request_starts_the_clocks(cast):
    ticket = cast.ticket()
    due = {clock.kind: clock.due_at for clock in ticket.clocks.all()}
    assert due == {
        "FIRST_REPLY": datetime(2026, 11, 9, 6, 0, tzinfo=UTC),
        "DECISION": datetime(2026, 11, 10, 2, 0, tzinfo=UTC),
        # Three business days after Monday: Thursday, 24:00 in Seoul.
        "STATUTE": datetime(2026, 11, 12, 15, 0, tzinfo=UTC),
    }
    assert ticket.next_due_at == due["FIRST_REPLY"]
    assert ticket.next_check_at == datetime(2026, 11, 9, 5, 0, tzinfo=UTC)
    assert ticket.clocks.get(kind="STATUTE").article == "전자상거래법 §18②3"


def test_sold_out_counts_from_payment(cast):
    request = send(cast, Wish(cast.line.pk, 1, "SOLD_OUT"), by=staff(cast.agent))
    clock = request.tickets.get().clocks.get(kind="STATUTE")
    assert clock.article == "전자상거래법 §15②"
    assert clock.started_at == cast.order.paid_at
    # Paid on Sunday the 8th: Wednesday, 24:00.
    assert clock.due_at == datetime(2026, 11, 11, 15, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("_case", "wish", "refusal"),
    [
        ("no such reason", lambda c: Wish(c.line.pk, 1, "NOPE"), UnknownReason),
        ("a reason for staff", lambda c: Wish(c.line.pk, 1, "SOLD_OUT"), UnknownReason),
        ("no description", lambda c: Wish(c.line.pk, 1, "DAMAGED"), DetailMissing),
        ("too many", lambda c: Wish(c.line.pk, 4, "CHANGED_MIND"), BadQuantity),
        ("none", lambda c: Wish(c.line.pk, 0, "CHANGED_MIND"), BadQuantity),
        ("foreign line", lambda c: Wish(c.other_line.pk, 1, "CHANGED_MIND"), NotThisOrder),
        ("missing line", lambda c: Wish(10**9, 1, "CHANGED_MIND"), NotThisOrder),
    ],
)
def test_open_request_refuses_and_changes_nothing(cast, _case, wish, refusal):
    good = OrderLineFactory(order=cast.order, line_key="L0", quantity=1)
    with pytest.raises(refusal):
        send(cast, Wish(good.pk, 1, "CHANGED_MIND"), wish(cast))
    assert nothing_happened()


@pytest.mark.parametrize("wishes", [(), (1, 1)])
def test_open_request_refuses_no_line_or_one_twice(cast, wishes):
    with pytest.raises(NothingChosen):
        send(cast, *(Wish(cast.line.pk, n, "CHANGED_MIND") for n in wishes))
    assert nothing_happened()


@pytest.mark.parametrize(
    ("_case", "change", "refusal"),
    [
        ("shipped", {"dispatched_at": MONDAY}, AlreadyShipped),
        ("claimed", {"channel_state": {"claim": "취소요청"}}, ClaimedAtChannel),
        ("partly claimed", {"channel_state": {"quantity_claim": True}}, ClaimedAtChannel),
        ("amount unknown", {"paid": None}, NoAmount),
    ],
)
def test_open_request_refuses_lines_that_cannot_be_cancelled(cast, _case, change, refusal):
    OrderLine.objects.filter(pk=cast.line.pk).update(**change)
    with pytest.raises(refusal):
        send(cast, Wish(cast.line.pk, 1, "CHANGED_MIND"))
    assert nothing_happened()


def test_asking_twice_points_to_the_open_ticket(cast):
    first = cast.ticket(quantity=2)
    with pytest.raises(UnitsTaken) as refused:
        send(cast, Wish(cast.line.pk, 2, "CHANGED_MIND"))
    assert refused.value.facts == {"asked": 2, "free": 1, "tickets": first.number}
    assert Ticket.objects.count() == 1
    send(cast, Wish(cast.line.pk, 1, "CHANGED_MIND"))
    assert Ticket.objects.count() == 2


def test_buyers_of_a_marketplace_are_sent_there(cast, monkeypatch):
    from dataclasses import replace  # noqa: PLC0415

    from orders.domain import channels  # noqa: PLC0415

    other = replace(channels.CAPABILITIES["direct"], buyer_asks_here=False)
    monkeypatch.setattr(channels, "CAPABILITIES", {"direct": other})
    with pytest.raises(AskAtMarketplace):
        send(cast, Wish(cast.line.pk, 1, "CHANGED_MIND"))
    assert nothing_happened()


@pytest.mark.parametrize("who", ["other_agent", "trainer", "manager"])
def test_staff_without_the_role_open_nothing(cast, who):
    with pytest.raises(NotAllowed):
        send(cast, Wish(cast.line.pk, 1, "CHANGED_MIND"), by=staff(getattr(cast, who)))
    assert nothing_happened()


def test_open_inquiry_keeps_the_first_words_and_has_no_claim(cast):
    request = opening.open_inquiry(
        order=cast.order, subject=" 언제 \n오나요 ", body="궁금합니다", contact=Contact(),
        by=BUYER, at=MONDAY,
    )  # fmt: skip
    ticket = request.tickets.get()
    assert (ticket.number, ticket.claim, ticket.subject) == ("I-2026-000001", None, "언제 오나요")
    assert [m.body for m in ticket.messages.all()] == ["궁금합니다"]
    assert [c.kind for c in ticket.clocks.all()] == ["FIRST_REPLY"]


def test_the_buyer_is_written_to_once(cast):
    from common import deliveries, outbox  # noqa: PLC0415

    send(cast, Wish(cast.line.pk, 1, "CHANGED_MIND"))
    deliveries.deliver_all()
    deliveries.deliver_all()
    mail = OutboundMail.objects.get()
    assert (mail.template, mail.to) == ("request_received", "buyer@example.com")
    message = outbox.compose(mail)
    assert "/r/" in message.body
    assert "C-2026-000001" in message.body


def test_expectation_is_what_the_ticket_then_gets(cast):
    told = opening.expectation(store=cast.store, line=cast.line, quantity=2, at=MONDAY)
    ticket = cast.ticket(quantity=2)
    assert told.decided_by == ticket.clocks.get(kind="DECISION").due_at
    assert told.refund_due_on == date(2026, 11, 12)
    assert told.amount == 6666


def test_numbers_count_per_kind_and_year_in_seoul(cast):
    eve = datetime(2026, 12, 31, 15, 30, tzinfo=UTC)  # half past midnight in Seoul
    assert cast.ticket(at=MONDAY).number == "C-2026-000001"
    assert cast.ticket(at=eve).number == "C-2027-000001"
    with pytest.raises(ObjectDoesNotExist):
        Ticket.objects.get(number="C-2026-000002")
