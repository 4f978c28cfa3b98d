"""Facts and their outbox: written with the change, delivered once in effect, in order."""

from enum import StrEnum

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.utils import DatabaseError

from common import deliveries, events
from common.domain.actors import Actor
from common.models import Delivery, Event, User
from tests.factories.rows import MONDAY, UserFactory


class Fact(StrEnum):
    HAPPENED = "test.happened"


@pytest.fixture
def heard(monkeypatch):
    """A subscriber that keeps what it hears, and can be told to fail."""
    monkeypatch.setattr(events, "_by_name", events._by_name.copy())
    monkeypatch.setattr(events, "_by_key", events._by_key.copy())
    kept: list[int] = []
    failing: set[int] = set()

    def handler(event: Event) -> None:
        if event.pk in failing:
            UserFactory(name="half written")
            raise RuntimeError("홍길동 010-1234-5678")
        kept.append(event.pk)

    events._by_name[Fact.HAPPENED] = []
    events.subscribe(Fact.HAPPENED, key="test.heard", handler=handler)
    return kept, failing


def happen(user: User) -> Event:
    with transaction.atomic():
        return events.record(Fact.HAPPENED, subject=user, by=Actor.staff(user.pk), at=MONDAY, a=1)


def test_record_needs_a_transaction(transactional_db):
    user = UserFactory()
    with pytest.raises(transaction.TransactionManagementError):
        events.record(Fact.HAPPENED, subject=user, by=Actor.buyer(), at=MONDAY)


def test_events_are_delivered_in_order_and_once(
    db, heard, django_capture_on_commit_callbacks, woken
):
    user = UserFactory()
    with django_capture_on_commit_callbacks(execute=True):
        first, second = happen(user), happen(user)
    assert set(woken) == {"common.tasks.deliver_events"}
    assert deliveries.deliver_all() == 2
    assert deliveries.deliver_all() == 0
    assert heard[0] == [first.pk, second.pk]


def test_a_rolled_back_change_leaves_no_event(db, heard):
    user = UserFactory()

    @transaction.atomic
    def change() -> None:
        happen(user)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        change()
    assert not Event.objects.exists()
    assert not Delivery.objects.exists()


def test_a_failing_handler_blocks_only_its_own_subject(db, heard):
    kept, failing = heard
    user, other = UserFactory(), UserFactory()
    bad, blocked, free = happen(user), happen(user), happen(other)
    failing.add(bad.pk)
    for _ in range(deliveries.MAX_ATTEMPTS + 2):
        deliveries.deliver_all()
        Delivery.objects.update(next_at=None)
    assert kept == [free.pk]
    parked = Delivery.objects.get(event=bad)
    assert (parked.state, parked.attempts) == ("PARKED", deliveries.MAX_ATTEMPTS)
    assert "010" not in parked.last_error
    assert Delivery.objects.get(event=blocked).state == "WAITING"
    assert not User.objects.filter(name="half written").exists()


def test_history_reaches_only_those_who_ask_for_it(db, heard, woken):
    user = UserFactory()
    with events.history():
        happen(user)
    assert not Delivery.objects.exists()
    happen(user)
    assert Delivery.objects.count() == 1


def test_events_cannot_be_changed_or_removed(db):
    event = happen(UserFactory())
    for statement in (
        "UPDATE common_event SET name = 'x'",
        "UPDATE common_event SET data = '{}'",
        "DELETE FROM common_event",
    ):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            connection.cursor().execute(statement)
    Event.objects.filter(pk=event.pk).update(seq=1, hash="a" * 64)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Event.objects.filter(pk=event.pk).update(seq=2)


def test_a_buyers_event_names_no_member_of_staff(db):
    user = UserFactory()
    with pytest.raises(IntegrityError), transaction.atomic():
        Event.objects.create(
            name="x", subject_type="a", subject_id=1, actor_kind="BUYER", actor_user=user,
            happened_at=MONDAY,
        )  # fmt: skip
