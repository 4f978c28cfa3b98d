"""Several people decide one ticket at once: one decision, and the others hear whose it was."""

from functools import partial

import pytest

from common.errors import Refused
from common.models import Event
from orders.actions.refunds import AnotherRefund
from orders.models import OrderLine, Refund
from tests.factories.cast import Cast, staff
from tests.factories.rows import MONDAY, MembershipFactory, UserFactory
from tickets.actions import decisions, desk
from tickets.actions.decisions import Refusal, VersionChanged
from tickets.domain.states import IllegalTransition
from tickets.models import Message, Ticket

pytestmark = pytest.mark.postgres

NO = Refusal("MADE_TO_ORDER", "주문 제작 상품이라 취소가 어렵습니다.")
LOCK = "tickets.locks.lock_ticket"


@pytest.fixture
def ticket(cast: Cast) -> Ticket:
    return cast.ticket()


def approve(ticket: Ticket, who, seen: int | None = None):
    return partial(
        decisions.approve, ticket_id=ticket.pk, by=staff(who), at=MONDAY, seen_version=seen
    )


def refuse(ticket: Ticket, who, seen: int | None = None):
    return partial(
        decisions.refuse, ticket_id=ticket.pk, refusal=NO, by=staff(who), at=MONDAY,
        seen_version=seen,
    )  # fmt: skip


def assert_one_decision(ticket: Ticket, outcomes: list) -> list[Refused]:
    """One call decided, the rows say the same once, the others were refused; return those."""
    won = [outcome for outcome in outcomes if isinstance(outcome, Ticket)]
    lost = [outcome for outcome in outcomes if isinstance(outcome, Refused)]
    assert (len(won), len(lost)) == (1, len(outcomes) - 1), outcomes
    ticket.refresh_from_db()
    approved = ticket.status == "APPROVED"
    assert (ticket.status, ticket.version) == (won[0].status, 2)
    decided = Event.objects.about(ticket).filter(name__in=["ticket.approved", "ticket.refused"])
    assert [event.actor_user_id for event in decided] == [ticket.decided_by_id]
    line = OrderLine.objects.get(pk=ticket.claim.line_id)
    assert (line.claimed_qty, line.refunding_qty) == ((1, 1) if approved else (0, 0))
    assert Refund.objects.count() == (1 if approved else 0)
    assert Message.objects.count() == (0 if approved else 1)
    return lost


def test_of_two_who_approve_and_refuse_one_decides_and_the_other_hears_who(cast, ticket, race):
    race.meet_after(LOCK, times=2)
    outcomes = race.run(
        approve(ticket, cast.agent, seen=ticket.version),
        refuse(ticket, cast.lead, seen=ticket.version),
    )
    (lost,) = assert_one_decision(ticket, outcomes)
    assert isinstance(lost, VersionChanged)
    assert lost.facts["who"] == ticket.decided_by.name
    assert lost.facts["status"] == ticket.status


def test_of_two_without_a_version_the_second_finds_the_table_closed(cast, ticket, race):
    race.meet_after(LOCK, times=2)
    outcomes = race.run(approve(ticket, cast.agent), approve(ticket, cast.agent2))
    (lost,) = assert_one_decision(ticket, outcomes)
    assert isinstance(lost, IllegalTransition)


def test_of_eight_who_decide_one_wins_and_seven_hear_who(cast, ticket, race):
    people = [cast.agent, cast.agent2, cast.lead, cast.lead2]
    for n in range(4):
        person = UserFactory(name=f"Agent{n + 3}")
        MembershipFactory(user=person, store=cast.store)
        people.append(person)
    race.meet_after(LOCK, times=2)
    outcomes = race.run(
        *(
            (approve, refuse)[n % 2](ticket, person, seen=ticket.version)
            for n, person in enumerate(people)
        )
    )
    lost = assert_one_decision(ticket, outcomes)
    assert {type(refusal) for refusal in lost} == {VersionChanged}
    assert {refusal.facts["who"] for refusal in lost} == {ticket.decided_by.name}


def test_control_without_the_lock_of_the_ticket_they_collide(cast, ticket, race, without_lock):
    without_lock(LOCK)
    race.meet_after("orders.actions.refunds.plan")
    race.meet_after("tickets.actions.conversation.write_public")
    outcomes = race.run(approve(ticket, cast.agent), refuse(ticket, cast.lead))
    with pytest.raises(AssertionError, match="deadlock detected"):
        assert_one_decision(ticket, outcomes)


def test_without_the_lock_of_the_ticket_the_line_still_holds_the_money(
    cast, ticket, race, without_lock
):
    without_lock(LOCK)
    race.meet_after(LOCK)
    outcomes = race.run(approve(ticket, cast.agent), approve(ticket, cast.lead))
    assert [type(o) for o in outcomes if not isinstance(o, Ticket)] == [AnotherRefund]
    assert Refund.objects.count() == 1


def take(ticket: Ticket, who):
    return partial(desk.take, ticket_id=ticket.pk, by=staff(who), at=MONDAY)


def takers(ticket: Ticket) -> list[int | None]:
    taken = Event.objects.about(ticket).filter(name="ticket.taken")
    return list(taken.values_list("actor_user_id", flat=True))


def test_of_two_who_take_a_ticket_one_has_it(cast, ticket, race):
    race.meet_after(LOCK)
    outcomes = race.run(take(ticket, cast.agent), take(ticket, cast.agent2))
    ticket.refresh_from_db()
    assert sorted(type(o).__name__ for o in outcomes) == ["IllegalTransition", "Ticket"]
    assert takers(ticket) == [ticket.assignee_id]


def test_control_without_the_lock_of_the_ticket_both_believe_they_have_it(
    cast, ticket, race, without_lock
):
    without_lock(LOCK)
    race.meet_after(LOCK)
    outcomes = race.run(take(ticket, cast.agent), take(ticket, cast.agent2))
    assert [type(o) for o in outcomes] == [Ticket, Ticket]
    assert sorted(takers(ticket)) == [cast.agent.pk, cast.agent2.pk]
