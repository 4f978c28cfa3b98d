"""Decide: within limits, by two people, never against the table; a refusal changes nothing."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from common.domain.actors import Actor
from common.models import Event
from orders.actions.claims import UnitsTaken
from orders.domain.grounds import UnknownGround
from orders.models import Claim, Order, OrderLine, Refund, Store
from tests.factories.cast import staff
from tests.factories.rows import MONDAY
from tickets.actions import conversation, decisions, desk
from tickets.actions.conversation import EmptyText
from tickets.actions.decisions import (
    OtherDecision,
    ProposalChanged,
    ProposalExpired,
    Refusal,
    VersionChanged,
    Wanted,
)
from tickets.domain.approvals import NeedsLead, NeedsSecondPerson, NotNeeded
from tickets.domain.states import IllegalTransition, NotAllowed, Status, Verb
from tickets.models import Message, Proposal, Ticket

NO = Refusal("MADE_TO_ORDER", "주문 제작 상품이라 취소가 어렵습니다.")
LATER = MONDAY + timedelta(minutes=5)


def worth(cast, paid: int) -> Ticket:
    """A ticket for the whole line, worth `paid`."""
    OrderLine.objects.filter(pk=cast.line.pk).update(paid=paid)
    cast.line.refresh_from_db()
    return cast.ticket(quantity=3)


def assert_untouched(ticket: Ticket, status: Status, events: int) -> None:
    ticket.refresh_from_db()
    assert ticket.status == status
    assert ticket.decided_at is None
    assert not Refund.objects.exists()
    assert Event.objects.count() == events


def test_an_agent_approves_within_the_limit(cast):
    ticket = worth(cast, 100_000)
    moved = decisions.approve(ticket_id=ticket.pk, by=staff(cast.agent), at=LATER)
    refund = Refund.objects.get()
    assert (moved.status, moved.decided_by, moved.decided_by_kind) == (
        Status.APPROVED, cast.agent, "STAFF",
    )  # fmt: skip
    assert (refund.amount, refund.approved_by, refund.made_by) == (100_000, cast.agent, None)
    assert refund.expires_at == LATER + timedelta(hours=72)
    cast.line.refresh_from_db()
    assert (cast.line.refunding_qty, cast.line.refunding_amount) == (3, 100_000)
    running = set(ticket.clocks.filter(stopped_at=None).values_list("kind", flat=True))
    assert running == {"STATUTE"}


@pytest.mark.parametrize(
    ("_case", "paid", "who", "refusal"),
    [
        ("over the agent's limit", 100_001, "agent", NeedsLead),
        ("over the lead's limit", 500_001, "lead", NeedsSecondPerson),
        ("over both, by an agent", 500_001, "agent", NeedsSecondPerson),
        ("a trainer", 1_000, "trainer", NotAllowed),
        ("a manager", 1_000, "manager", NotAllowed),
        ("another shop's agent", 1_000, "other_agent", NotAllowed),
    ],
)
def test_approve_refuses_and_changes_nothing(cast, _case, paid, who, refusal):
    ticket = worth(cast, paid)
    events = Event.objects.count()
    with pytest.raises(refusal):
        decisions.approve(ticket_id=ticket.pk, by=staff(getattr(cast, who)), at=LATER)
    assert_untouched(ticket, Status.RECEIVED, events)


def test_the_limit_counts_the_delivery_fee_that_goes_back_too(cast):
    Order.objects.filter(pk=cast.order.pk).update(delivery_paid=3_000)
    cast.order.refresh_from_db()
    ticket = worth(cast, 98_000)
    events = Event.objects.count()
    with pytest.raises(NeedsLead) as refused:
        decisions.approve(ticket_id=ticket.pk, by=staff(cast.agent), at=LATER)
    assert refused.value.facts["amount"] == 101_000
    assert_untouched(ticket, Status.RECEIVED, events)


def test_a_deactivated_person_decides_nothing(cast):
    ticket = worth(cast, 1_000)
    cast.agent.is_active = False
    cast.agent.save()
    with pytest.raises(NotAllowed):
        decisions.approve(ticket_id=ticket.pk, by=staff(cast.agent), at=LATER)
    assert not Refund.objects.exists()


def test_the_second_decider_is_told_who_was_first(cast):
    ticket = worth(cast, 1_000)
    decisions.approve(
        ticket_id=ticket.pk, by=staff(cast.agent), at=LATER, seen_version=ticket.version
    )
    with pytest.raises(VersionChanged) as refused:
        decisions.refuse(
            ticket_id=ticket.pk, refusal=NO, by=staff(cast.agent2), at=LATER,
            seen_version=ticket.version,
        )  # fmt: skip
    assert refused.value.facts["who"] == "Agent"
    assert refused.value.facts["status"] == "APPROVED"
    assert not Message.objects.exists()
    with pytest.raises(IllegalTransition):
        decisions.approve(ticket_id=ticket.pk, by=staff(cast.agent2), at=LATER)
    assert Refund.objects.count() == 1


def test_two_people_decide_what_is_over_the_limit(cast):
    ticket = worth(cast, 900_000)
    decisions.propose(Wanted(Verb.APPROVE), ticket_id=ticket.pk, by=staff(cast.lead), at=MONDAY)
    for who in (cast.lead, cast.agent):
        with pytest.raises(NotAllowed):
            decisions.approve(ticket_id=ticket.pk, by=staff(who), at=LATER)
    decisions.approve(ticket_id=ticket.pk, by=staff(cast.lead2), at=LATER)
    refund, proposal = Refund.objects.get(), Proposal.objects.get()
    assert (refund.made_by, refund.approved_by) == (cast.lead, cast.lead2)
    assert (proposal.outcome, proposal.decided_by) == ("APPROVED", cast.lead2)


def test_nobody_proposes_what_they_may_decide(cast):
    ticket = worth(cast, 1_000)
    events = Event.objects.count()
    with pytest.raises(NotNeeded):
        decisions.propose(Wanted(Verb.APPROVE), ticket_id=ticket.pk, by=staff(cast.agent), at=LATER)
    assert_untouched(ticket, Status.RECEIVED, events)
    assert not Proposal.objects.exists()


def proposed(cast, paid=900_000) -> Ticket:
    ticket = worth(cast, paid)
    decisions.propose(Wanted(Verb.APPROVE), ticket_id=ticket.pk, by=staff(cast.agent), at=MONDAY)
    return ticket


def test_a_proposal_is_void_for_what_changed_since(cast):
    ticket = proposed(cast)
    Claim.objects.filter(pk=ticket.claim_id).update(version=2)
    with pytest.raises(ProposalChanged):
        decisions.approve(ticket_id=ticket.pk, by=staff(cast.lead), at=LATER)
    assert Proposal.objects.get().outcome is None
    assert not Refund.objects.exists()


def test_a_proposal_expires(cast):
    ticket = proposed(cast)
    day_later = MONDAY + timedelta(hours=24)
    with pytest.raises(ProposalExpired):
        decisions.approve(ticket_id=ticket.pk, by=staff(cast.lead), at=day_later)
    assert not decisions.expire(ticket_id=ticket.pk, at=day_later - timedelta(seconds=1))
    assert decisions.expire(ticket_id=ticket.pk, at=day_later)
    assert not decisions.expire(ticket_id=ticket.pk, at=day_later)
    ticket.refresh_from_db()
    assert (ticket.status, Proposal.objects.get().outcome) == (Status.REVIEWING, "EXPIRED")


def test_the_second_person_confirms_or_declines_but_decides_nothing_else(cast):
    ticket = proposed(cast)
    with pytest.raises(OtherDecision):
        decisions.refuse(ticket_id=ticket.pk, refusal=NO, by=staff(cast.lead), at=LATER)
    decisions.decline(ticket_id=ticket.pk, note="사진을 더 받자", by=staff(cast.lead), at=LATER)
    ticket.refresh_from_db()
    proposal = Proposal.objects.get()
    assert (ticket.status, proposal.outcome, proposal.decided_by) == (
        Status.REVIEWING, "DECLINED", cast.lead,
    )  # fmt: skip
    assert Message.objects.get().visibility == "NOTE"


def test_only_the_proposer_recalls(cast):
    ticket = proposed(cast)
    with pytest.raises(NotAllowed):
        decisions.recall(ticket_id=ticket.pk, by=staff(cast.agent2), at=LATER)
    decisions.recall(ticket_id=ticket.pk, by=staff(cast.agent), at=LATER)
    assert Proposal.objects.get().outcome == "RECALLED"


def test_a_withdrawal_voids_the_proposal(cast):
    ticket = proposed(cast)
    desk.withdraw(ticket_id=ticket.pk, by=Actor.buyer(), at=LATER)
    ticket.refresh_from_db()
    assert (ticket.status, Proposal.objects.get().outcome) == (Status.WITHDRAWN, "VOID")


def test_a_one_person_shop_decides_alone_and_says_so(cast):
    Store.objects.filter(pk=cast.store.pk).update(second_person="NEVER")
    ticket = worth(cast, 900_000)
    decisions.approve(ticket_id=ticket.pk, by=staff(cast.lead), at=LATER)
    assert Refund.objects.get().single_person_shop is True


def test_refuse_needs_a_lawful_ground_and_words(cast):
    ticket = worth(cast, 1_000)
    events = Event.objects.count()
    for refusal, error in (
        (None, UnknownGround),
        (Refusal("NO_REFUNDS", "환불 불가"), UnknownGround),
        (Refusal("USED_UP", "  "), EmptyText),
    ):
        with pytest.raises(error):
            decisions.refuse(ticket_id=ticket.pk, refusal=refusal, by=staff(cast.agent), at=LATER)
    assert_untouched(ticket, Status.RECEIVED, events)


def test_refuse_tells_the_buyer_and_frees_the_units(cast):
    ticket = worth(cast, 1_000)
    decisions.refuse(ticket_id=ticket.pk, refusal=NO, by=staff(cast.agent), at=LATER)
    ticket.refresh_from_db()
    cast.line.refresh_from_db()
    assert (ticket.status, ticket.refusal_ground) == (Status.REFUSED, "MADE_TO_ORDER")
    assert cast.line.claimed_qty == 0
    assert [m.body for m in ticket.messages.public()] == [NO.text]
    assert not ticket.clocks.filter(stopped_at=None).exists()
    assert ticket.next_due_at is None


def test_reopen_holds_the_units_again_or_refuses(cast):
    ticket = worth(cast, 1_000)
    decisions.refuse(ticket_id=ticket.pk, refusal=NO, by=staff(cast.agent), at=LATER)
    other = cast.ticket(quantity=1, at=LATER)
    with pytest.raises(UnitsTaken):
        desk.reopen(ticket_id=ticket.pk, by=staff(cast.agent), at=LATER)
    desk.withdraw(ticket_id=other.pk, by=Actor.buyer(), at=LATER)
    desk.reopen(ticket_id=ticket.pk, by=Actor.buyer(), at=LATER + timedelta(days=1))
    ticket.refresh_from_db()
    cast.line.refresh_from_db()
    assert (ticket.status, cast.line.claimed_qty) == (Status.REVIEWING, 3)
    statutes = ticket.clocks.filter(kind="STATUTE").order_by("round")
    assert statutes[0].due_at == statutes[1].due_at  # as if it had never stopped


def test_a_buyer_reopens_for_fourteen_days(cast):
    ticket = worth(cast, 1_000)
    decisions.refuse(ticket_id=ticket.pk, refusal=NO, by=staff(cast.agent), at=LATER)
    with pytest.raises(desk.TooLateToReopen):
        desk.reopen(ticket_id=ticket.pk, by=Actor.buyer(), at=LATER + timedelta(days=14, seconds=1))
    ticket.refresh_from_db()
    assert ticket.status == Status.REFUSED


def test_asking_pauses_and_the_answer_resumes(cast):
    ticket = worth(cast, 1_000)
    conversation.ask(ticket_id=ticket.pk, body="색상은요?", by=staff(cast.agent), at=LATER)
    decision = ticket.clocks.get(kind="DECISION")
    assert (decision.due_at, decision.paused_at) == (None, LATER)
    conversation.buyer_writes(ticket_id=ticket.pk, body="검정", at=LATER + timedelta(hours=20))
    ticket.refresh_from_db()
    decision.refresh_from_db()
    assert ticket.status == Status.REVIEWING
    assert decision.due_at is not None
    assert ticket.clocks.filter(kind="NEXT_REPLY", stopped_at=None).exists()


@pytest.mark.parametrize(
    ("table", "change"),
    [
        ("orders_refund", "made_by_id = approved_by_id"),
        ("orders_refund", "approved_by_id = NULL, made_by_id = NULL"),
        ("tickets_proposal", "decided_by_id = proposed_by_id"),
        ("tickets_ticket", "status = 'NOPE'"),
        ("tickets_ticket", "closed_at = created_at"),
        ("orders_orderline", "refunding_qty = quantity + 1"),
        ("orders_orderline", "refunded_amount = paid + 1"),
        ("orders_orderline", "claimed_qty = -1"),
    ],
)
def test_the_database_refuses_what_python_would(cast, table, change):
    ticket = proposed(cast)
    decisions.approve(ticket_id=ticket.pk, by=staff(cast.lead), at=LATER)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE {table} SET {change}")  # noqa: S608
