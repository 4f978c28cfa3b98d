"""Locks in one order and of the right strength: nobody waits in a circle, nobody reads the past."""

import threading
from functools import partial

import pytest
from django.db import DatabaseError, transaction

from common import leases
from common.domain.actors import Actor
from orders import executor
from orders.models import Claim, OrderLine, Refund
from tests.factories.cast import Cast, staff
from tests.factories.rows import MONDAY, OrderLineFactory
from tickets import locks
from tickets.actions import decisions, lifecycle, opening
from tickets.actions.opening import Contact, Wish
from tickets.models import BuyerRequest, Ticket

pytestmark = pytest.mark.postgres


def ask_for(cast: Cast, *lines: OrderLine, at=MONDAY):
    return partial(
        opening.open_request,
        order=cast.order,
        wishes=[Wish(line.pk, 1, "CHANGED_MIND") for line in lines],
        contact=Contact(),
        by=Actor.buyer(),
        at=at,
    )


def circles(outcomes: list) -> list[str]:
    """What the database broke up, in its words."""
    return [str(o).splitlines()[0] for o in outcomes if isinstance(o, DatabaseError)]


@pytest.fixture
def refund(cast: Cast) -> Refund:
    """A refund that is due."""
    ticket = cast.ticket(at=leases.db_now())
    decisions.approve(ticket_id=ticket.pk, by=staff(cast.agent), at=leases.db_now())
    return Refund.objects.get()


def ask_while_the_refund_is_sent(cast: Cast, race) -> list:
    """The executor holds the order and wants the line; the buyer holds the line and commits."""
    race.meet_after("orders.locks.hold")
    race.meet_after("orders.locks.lock_line")
    now = leases.db_now()
    send = partial(executor.execute, Refund.objects.get(), at=now)
    return race.run(send, ask_for(cast, cast.line, at=now))


def test_a_request_and_a_refund_of_one_order_do_not_wait_in_a_circle(cast, refund, race):
    outcomes = ask_while_the_refund_is_sent(cast, race)
    assert circles(outcomes) == []
    assert isinstance(outcomes[1], BuyerRequest)
    refund.refresh_from_db()
    assert refund.state == "CONFIRMED"


def test_control_with_stronger_locks_they_do(cast, refund, race, monkeypatch):
    def hold_against_all(model, pk):
        model._default_manager.select_for_update().get(pk=pk)

    monkeypatch.setattr("orders.locks.hold", hold_against_all)
    outcomes = ask_while_the_refund_is_sent(cast, race)
    assert circles(outcomes) == ["deadlock detected"]


@pytest.fixture
def second(cast: Cast) -> OrderLine:
    return OrderLineFactory(order=cast.order, line_key="L2", quantity=2, paid=5_000)


def ask_for_the_same_lines_twice(cast: Cast, second: OrderLine, race, monkeypatch) -> list:
    """One asks for both lines and has its first number; then one asks for the second line."""
    numbered = threading.Event()
    give_number = lifecycle._next_number

    def give_and_wait(*args) -> str:
        number = give_number(*args)
        numbered.set()
        race.meet("the other one has its line, or waits for it")
        return number

    def ask_later() -> BuyerRequest:
        numbered.wait()
        return ask_for(cast, second)()

    monkeypatch.setattr(lifecycle, "_next_number", give_and_wait)
    race.meet_after("orders.locks.lock_line", when=numbered.is_set)
    return race.run(ask_for(cast, cast.line, second), ask_later)


def test_two_requests_for_overlapping_lines_do_not_wait_in_a_circle(
    cast, second, race, monkeypatch
):
    outcomes = ask_for_the_same_lines_twice(cast, second, race, monkeypatch)
    assert circles(outcomes) == []
    assert sorted(Ticket.objects.values_list("claim__line", flat=True)) == [
        cast.line.pk, second.pk, second.pk,
    ]  # fmt: skip


def test_control_with_lines_locked_one_by_one_they_do(cast, second, race, monkeypatch):
    monkeypatch.setattr("orders.locks.lock_lines", lambda pks: [])
    outcomes = ask_for_the_same_lines_twice(cast, second, race, monkeypatch)
    assert circles(outcomes) == ["deadlock detected"]


def version_read_after_waiting(ticket: Ticket, race) -> int:
    """Return the claim's version that a person reads who waited while another changed it."""
    held = threading.Event()

    @transaction.atomic
    def change() -> None:
        locks.lock_ticket(ticket.pk)
        Claim.objects.filter(pk=ticket.claim_id).update(version=2)
        held.set()
        race.meet("the other one waits for the ticket")

    @transaction.atomic
    def read() -> int:
        held.wait()
        return locks.lock_ticket(ticket.pk).claim.version

    return race.run(change, read)[1]


def test_who_waited_for_a_ticket_reads_its_claim_as_it_is_now(cast, race):
    assert version_read_after_waiting(cast.ticket(), race) == 2


def test_control_what_is_joined_to_the_lock_is_as_it_was_before(cast, race, monkeypatch):
    def lock_and_join(pk: int) -> Ticket:
        tickets = Ticket.objects.select_for_update(of=("self",), no_key=True)
        return tickets.select_related("claim").get(pk=pk)

    monkeypatch.setattr(locks, "lock_ticket", lock_and_join)
    assert version_read_after_waiting(cast.ticket(), race) == 1
