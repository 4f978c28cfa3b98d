"""Two workers hand out events: in order per subject, each once in effect."""

from collections import Counter
from enum import StrEnum
from functools import partial

import pytest
from django.db import transaction

from common import deliveries, events, leases
from common.domain.actors import Actor
from common.models import Delivery, Event, User
from common.querysets import DeliveryQuerySet
from tests.concurrency.sabotage import deliver_in_any_case, take_in_any_case
from tests.factories.rows import MONDAY, UserFactory

pytestmark = pytest.mark.postgres


class Fact(StrEnum):
    HAPPENED = "test.happened"
    EFFECT = "test.effect"


class Heard:
    """A subscriber whose effect is an event, and who sees when it is called too early."""

    def __init__(self, race) -> None:
        self.race = race
        self.too_early: list[int] = []

    def __call__(self, event: Event) -> None:
        older = Delivery.objects.filter(
            event__subject_id=event.subject_id, event__lt=event.pk, event__name=Fact.HAPPENED
        )
        if older.exclude(state="DONE").exists():
            self.too_early.append(event.pk)
        self.race.meet("in the handler")
        subject = User.objects.get(pk=event.subject_id)
        events.record(Fact.EFFECT, subject=subject, by=Actor.system("test"), at=MONDAY, of=event.pk)


@pytest.fixture
def heard(race, monkeypatch) -> Heard:
    monkeypatch.setattr(events, "_by_name", events._by_name.copy())
    monkeypatch.setattr(events, "_by_key", events._by_key.copy())
    handler = Heard(race)
    events._by_name[Fact.HAPPENED] = []
    events.subscribe(Fact.HAPPENED, key="test.heard", handler=handler)
    return handler


def happen(times: int, *subjects: User) -> None:
    for _ in range(times):
        for subject in subjects:
            with transaction.atomic():
                events.record(Fact.HAPPENED, subject=subject, by=Actor.buyer(), at=MONDAY)


def effects() -> list[int]:
    """Return the facts whose effect stands, in the order in which it came to stand."""
    return [event.data["of"] for event in Event.objects.filter(name=Fact.EFFECT).order_by("pk")]


def test_each_event_has_its_effect_once_and_in_order(race, heard):
    subjects = [UserFactory() for _ in range(3)]
    happen(4, *subjects)
    race.meet_before("common.leases.take", times=3)
    race.run(*[deliveries.deliver_all] * 3)
    deliveries.deliver_all()
    assert heard.too_early == []
    assert Counter(effects()) == Counter(
        Event.objects.filter(name=Fact.HAPPENED).values_list("pk", flat=True)
    )
    assert set(Delivery.objects.values_list("state", "attempts")) == {("DONE", 1)}


def test_an_event_waits_for_the_older_one_of_its_subject(race, heard):
    happen(2, UserFactory())
    race.run(deliveries.deliver_due, deliveries.deliver_due)
    assert heard.too_early == []
    assert len(effects()) == 1


def test_control_without_the_look_at_older_ones_it_does_not_wait(race, heard, monkeypatch):
    def due_in_any_order(self: DeliveryQuerySet, at):
        return self.filter(lease_until=None, state="WAITING").order_by("id")

    happen(2, UserFactory())
    monkeypatch.setattr(DeliveryQuerySet, "due", due_in_any_order)
    race.run(deliveries.deliver_due, deliveries.deliver_due)
    assert len(heard.too_early) == 1


def deliver_twice_at_once(race) -> list:
    race.meet_before("common.leases.take")
    return race.run(*[partial(deliveries.deliver_due)] * 2)


def test_two_workers_that_see_one_event_hand_it_out_once(race, heard):
    happen(1, UserFactory())
    assert sorted(deliver_twice_at_once(race)) == [0, 1]
    assert len(effects()) == 1


def test_without_the_lease_the_mark_of_the_event_holds(race, heard, monkeypatch):
    happen(1, UserFactory())
    monkeypatch.setattr(leases, "take", take_in_any_case)
    deliver_twice_at_once(race)
    assert len(effects()) == 1


def test_control_without_lease_and_mark_it_is_handed_out_twice(race, heard, monkeypatch):
    happen(1, UserFactory())
    monkeypatch.setattr(leases, "take", take_in_any_case)
    monkeypatch.setattr(deliveries, "_deliver", deliver_in_any_case)
    deliver_twice_at_once(race)
    assert len(effects()) == 2
