"""Levels fire once, at their time, and tell who has to act."""

from datetime import timedelta

import pytest

from common import deliveries, outbox
from common.models import Event, OutboundMail
from tests.factories.cast import staff
from tests.factories.rows import MONDAY
from tickets.actions import conversation, deadlines, decisions, desk
from tickets.actions.decisions import Wanted
from tickets.domain.states import Status, Verb
from tickets.models import Clock, ClockLevel, Proposal, Ticket

HOUR = timedelta(hours=1)
WARNED = MONDAY + 4 * HOUR  # ten o'clock, three hours of four, lunch between
DUE = MONDAY + 5 * HOUR


def names() -> list[str]:
    return list(Event.objects.filter(name__startswith="clock.").values_list("name", flat=True))


def test_nothing_fires_before_its_time(cast):
    cast.ticket()
    assert deadlines.fire_due(at=WARNED - timedelta(seconds=1)) == 0
    assert names() == []


def test_warning_and_breach_fire_once_each(cast):
    ticket = cast.ticket()
    assert deadlines.fire_due(at=WARNED) == 1
    assert deadlines.fire_due(at=WARNED) == 0
    ticket.refresh_from_db()
    assert ticket.next_check_at == DUE
    assert deadlines.fire_due(at=DUE + HOUR) == 1
    assert deadlines.fire_due(at=DUE + HOUR) == 0
    assert names() == ["clock.warned", "clock.breached"]
    assert ticket.clocks.get(kind="FIRST_REPLY").breached_at == DUE


def test_late_sweep_fires_both_levels(cast):
    cast.ticket()
    assert deadlines.fire_due(at=DUE + HOUR) == 2
    assert names() == ["clock.warned", "clock.breached"]


def test_an_answer_in_time_fires_nothing(cast):
    ticket = cast.ticket()
    conversation.reply(
        ticket_id=ticket.pk, body="확인 중입니다", by=staff(cast.agent), at=MONDAY + HOUR
    )
    assert deadlines.fire_due(at=DUE + HOUR) == 0
    assert ticket.clocks.get(kind="FIRST_REPLY").outcome == "MET"


def test_an_answer_after_the_time_is_missed_even_if_nobody_swept(cast):
    ticket = cast.ticket()
    conversation.reply(ticket_id=ticket.pk, body="늦었습니다", by=staff(cast.agent), at=DUE)
    clock = ticket.clocks.get(kind="FIRST_REPLY")
    assert (clock.outcome, clock.breached_at) == ("MISSED", DUE)
    assert not ClockLevel.objects.filter(clock=clock, fired_at=None).exists()
    assert names() == []  # it is answered: nobody is told


def test_a_paused_clock_fires_nothing(cast):
    ticket = cast.ticket()
    conversation.ask(ticket_id=ticket.pk, body="언제까지?", by=staff(cast.agent), at=MONDAY)
    assert Clock.objects.get(kind="DECISION").due_at is None
    assert deadlines.fire_due(at=MONDAY + 48 * HOUR) == 0
    statute_only = Ticket.objects.get(pk=ticket.pk)
    assert statute_only.next_due_at == Clock.objects.get(kind="STATUTE").due_at


@pytest.mark.parametrize(
    ("_case", "assigned", "expected"),
    [
        ("to the assignee", True, {"agent@example.com"}),
        ("to the leads", False, {"lead@example.com", "lead2@example.com"}),
    ],
)
def test_a_warning_is_mailed(cast, _case, assigned, expected):
    ticket = cast.ticket()
    if assigned:
        desk.take(ticket_id=ticket.pk, by=staff(cast.agent), at=MONDAY)
    deadlines.fire_due(at=WARNED)
    deliveries.deliver_all()
    mails = OutboundMail.objects.filter(template="deadline")
    assert {mail.to for mail in mails} == expected
    message = outbox.compose(mails.first())
    assert ticket.number in message.subject
    assert "홍길동" not in message.body


def test_a_breach_tells_the_leads_as_well(cast):
    ticket = cast.ticket()
    desk.take(ticket_id=ticket.pk, by=staff(cast.agent), at=MONDAY)
    deadlines.fire_due(at=DUE)
    deliveries.deliver_all()
    breached = ClockLevel.objects.get(clock__kind="FIRST_REPLY", level="BREACH")
    mails = OutboundMail.objects.filter(context__level_id=breached.pk)
    assert {mail.to for mail in mails} == {
        "agent@example.com", "lead@example.com", "lead2@example.com",
    }  # fmt: skip


def test_a_notice_that_came_too_late_is_not_sent(cast):
    ticket = cast.ticket()
    deadlines.fire_due(at=WARNED)
    deliveries.deliver_all()
    conversation.reply(ticket_id=ticket.pk, body="네", by=staff(cast.agent), at=WARNED)
    assert outbox.compose(OutboundMail.objects.filter(template="deadline").first()) is None


def test_proposals_expire_in_the_sweep_and_tell_lead_and_proposer(cast):
    type(cast.line).objects.filter(pk=cast.line.pk).update(paid=900_000)
    cast.line.refresh_from_db()
    ticket = cast.ticket(quantity=3)
    decisions.propose(Wanted(Verb.APPROVE), ticket_id=ticket.pk, by=staff(cast.agent), at=MONDAY)
    assert deadlines.expire_proposals(at=MONDAY + 23 * HOUR) == 0
    assert deadlines.expire_proposals(at=MONDAY + 24 * HOUR) == 1
    ticket.refresh_from_db()
    assert (ticket.status, Proposal.objects.get().outcome) == (Status.REVIEWING, "EXPIRED")
    OutboundMail.objects.all().delete()
    deliveries.deliver_all()
    expired = Event.objects.get(name="ticket.proposal_expired")
    told = OutboundMail.objects.filter(dedupe_key__startswith=f"lead_notice:{expired.pk}:")
    assert {mail.to for mail in told} == {
        "agent@example.com", "lead@example.com", "lead2@example.com",
    }  # fmt: skip


def test_a_legal_date_inside_a_proposal_alarms_the_lead_at_once(cast):
    type(cast.line).objects.filter(pk=cast.line.pk).update(paid=900_000)
    cast.line.refresh_from_db()
    ticket = cast.ticket(quantity=3)
    late = MONDAY + timedelta(days=3)
    decisions.propose(Wanted(Verb.APPROVE), ticket_id=ticket.pk, by=staff(cast.agent), at=late)
    assert Event.objects.filter(name="proposal.statute_inside").count() == 1
