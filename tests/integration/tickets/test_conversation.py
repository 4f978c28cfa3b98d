"""What is said: checked, kept, and taken up again for some days only."""

from datetime import timedelta

import pytest

from common.domain.actors import Actor
from tests.factories.cast import staff
from tests.factories.rows import MONDAY
from tickets.actions import conversation, desk, opening
from tickets.actions.conversation import EmptyText, TextTooLong, TicketClosed
from tickets.actions.opening import Contact
from tickets.domain.states import NotAllowed, Status
from tickets.models import Message, Ticket

DAY = timedelta(days=1)


@pytest.fixture
def inquiry(cast) -> Ticket:
    request = opening.open_inquiry(
        order=cast.order, subject="배송", body="언제 오나요?", contact=Contact(),
        by=Actor.buyer(), at=MONDAY,
    )  # fmt: skip
    return request.tickets.get()


@pytest.mark.parametrize(
    ("body", "refusal"), [("", EmptyText), (" \n\x00", EmptyText), ("가" * 10_001, TextTooLong)]
)
def test_empty_and_endless_texts_are_refused(cast, inquiry, body, refusal):
    with pytest.raises(refusal):
        conversation.reply(ticket_id=inquiry.pk, body=body, by=staff(cast.agent), at=MONDAY)
    assert Message.objects.count() == 1


@pytest.mark.parametrize("who", ["trainer", "manager", "other_agent"])
def test_only_the_shops_agents_write(cast, inquiry, who):
    for write in (conversation.reply, conversation.note):
        with pytest.raises(NotAllowed):
            write(ticket_id=inquiry.pk, body="네", by=staff(getattr(cast, who)), at=MONDAY)
    assert Message.objects.count() == 1


def test_a_note_moves_no_clock_and_stays_inside(cast, inquiry):
    conversation.note(ticket_id=inquiry.pk, body="단골", by=staff(cast.agent), at=MONDAY)
    assert inquiry.clocks.filter(kind="FIRST_REPLY", stopped_at=None).exists()
    assert [m.body for m in inquiry.messages.public()] == ["언제 오나요?"]


@pytest.mark.parametrize(("days", "reopens"), [(14, True), (15, False)])
def test_a_resolved_inquiry_is_taken_up_again_for_fourteen_days(cast, inquiry, days, reopens):
    desk.resolve(ticket_id=inquiry.pk, by=staff(cast.agent), at=MONDAY)
    if reopens:
        conversation.buyer_writes(ticket_id=inquiry.pk, body="또", at=MONDAY + days * DAY)
    else:
        with pytest.raises(TicketClosed):
            conversation.buyer_writes(ticket_id=inquiry.pk, body="또", at=MONDAY + days * DAY)
    inquiry.refresh_from_db()
    assert (inquiry.status == Status.REVIEWING) is reopens
    assert Message.objects.count() == 1 + reopens
    assert inquiry.clocks.filter(kind="NEXT_REPLY").exists() is reopens


def test_the_buyers_words_start_the_next_reply_once(cast, inquiry):
    conversation.reply(ticket_id=inquiry.pk, body="내일요", by=staff(cast.agent), at=MONDAY)
    for minute in (1, 2):
        conversation.buyer_writes(
            ticket_id=inquiry.pk, body="고맙습니다", at=MONDAY + timedelta(minutes=minute)
        )
    running = inquiry.clocks.filter(kind="NEXT_REPLY", stopped_at=None)
    assert [clock.started_at for clock in running] == [MONDAY + timedelta(minutes=1)]
