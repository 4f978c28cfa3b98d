"""What must happen once happens once under two workers: levels, resolutions, keys."""

from functools import partial

import pytest

from common import idempotency
from common.domain.actors import Actor
from common.models import Event, IdempotencyKey, User
from tests.factories.cast import Cast, staff
from tests.factories.rows import MONDAY, OrderLineFactory, UserFactory
from tickets.actions import deadlines, decisions, opening
from tickets.actions.decisions import Refusal
from tickets.actions.opening import Contact, Wish
from tickets.domain.events import TicketEvent
from tickets.models import BuyerRequest, ClockLevel, Ticket

pytestmark = pytest.mark.postgres

TWO_DAYS_ON = MONDAY.replace(day=11)
NO = Refusal("MADE_TO_ORDER", "주문 제작 상품이라 취소가 어렵습니다.")


def sweep_at_once(race) -> list:
    race.meet_after("tickets.locks.lock_ticket")
    return race.run(*[partial(deadlines.fire_due, at=TWO_DAYS_ON)] * 2)


def assert_each_level_fired_once(outcomes: list) -> None:
    told = Event.objects.filter(name__in=["clock.warned", "clock.breached"])
    levels = sorted(event.data["level"] for event in told)
    fired = ClockLevel.objects.filter(fired_at=TWO_DAYS_ON)
    assert levels == sorted(fired.values_list("pk", flat=True))
    assert sum(outcomes) == len(levels) > 0


def test_of_two_sweeps_one_fires_each_level(cast, race):
    cast.ticket()
    outcomes = sweep_at_once(race)
    assert_each_level_fired_once(outcomes)
    assert min(outcomes) == 0


def test_without_the_lock_of_the_ticket_the_levels_own_mark_holds(cast, race, without_lock):
    cast.ticket()
    without_lock("tickets.locks.lock_ticket")
    assert_each_level_fired_once(sweep_at_once(race))


def fire_in_any_case(ticket: Ticket, level: ClockLevel, at) -> bool:
    """Sabotage: a level that is marked without comparing."""
    ClockLevel.objects.filter(pk=level.pk).update(fired_at=at)
    events = deadlines.events
    events.record(TicketEvent.CLOCK_WARNED, subject=ticket, by=deadlines.SWEEP, at=at,
                  level=level.pk)  # fmt: skip
    return True


def test_control_without_lock_and_mark_each_level_fires_twice(
    cast, race, without_lock, monkeypatch
):
    cast.ticket()
    without_lock("tickets.locks.lock_ticket")
    monkeypatch.setattr(deadlines, "_fire_level", fire_in_any_case)
    with pytest.raises(AssertionError):
        assert_each_level_fired_once(sweep_at_once(race))


@pytest.fixture
def request_of_two(cast: Cast) -> BuyerRequest:
    """A request over two lines, both tickets open."""
    return ask_for_two(cast)


def ask_for_two(cast: Cast) -> BuyerRequest:
    second = OrderLineFactory(order=cast.order)
    return opening.open_request(
        order=cast.order,
        wishes=[Wish(line.pk, 1, "CHANGED_MIND") for line in (cast.line, second)],
        contact=Contact(),
        by=Actor.buyer(),
        at=MONDAY,
    )


def refuse_both_at_once(cast: Cast, request: BuyerRequest, race) -> None:
    race.meet_after("tickets.locks.lock_request")
    outcomes = race.run(
        *(
            partial(decisions.refuse, ticket_id=ticket.pk, refusal=NO, by=staff(who), at=MONDAY)
            for ticket, who in zip(request.tickets.all(), (cast.agent, cast.lead), strict=True)
        )
    )
    assert [outcome.status for outcome in outcomes] == ["REFUSED", "REFUSED"]


def times_resolved(request: BuyerRequest) -> int:
    return Event.objects.about(request).filter(name="request.resolved").count()


def test_the_last_two_tickets_closed_at_once_resolve_their_request_once(cast, request_of_two, race):
    refuse_both_at_once(cast, request_of_two, race)
    request_of_two.refresh_from_db()
    assert times_resolved(request_of_two) == 1
    assert request_of_two.resolved_at == MONDAY


def test_control_without_the_lock_of_the_request_nobody_closes_the_last(cast, race, without_lock):
    without_lock("tickets.locks.lock_request")
    # Another wait in the database can let one of the two go on early: seen once is enough.
    for _ in range(5):
        request = ask_for_two(cast)
        refuse_both_at_once(cast, request, race)
        if times_resolved(request) == 0:
            return
    pytest.fail("without the lock somebody always closed the last ticket")


def send_twice_at_once(race) -> list:
    """The same request with the same key, twice at once; the work makes a person."""

    def work() -> tuple[int, dict]:
        race.meet("both work, or one waits for the other's key")
        return 201, {"id": UserFactory(name="made").pk}

    send = partial(idempotency.once, scope="store:1", key="k-1", digest="d", at=MONDAY, work=work)
    return race.run(send, send)


def assert_done_once(outcomes: list) -> None:
    made = User.objects.get(name="made")
    assert outcomes == [(201, {"id": made.pk})] * 2


def test_the_same_key_sent_twice_at_once_does_the_work_once(race):
    assert_done_once(send_twice_at_once(race))
    assert IdempotencyKey.objects.count() == 1


def test_control_without_the_unique_key_the_work_is_done_twice(race, without_constraint):
    with without_constraint(IdempotencyKey, "idempotency_key_once"):
        outcomes = send_twice_at_once(race)
    with pytest.raises(User.MultipleObjectsReturned):
        assert_done_once(outcomes)
