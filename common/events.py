"""Say what happened in a row; others act on it after the commit.

An Event and one Delivery per subscriber are written in the writer's transaction. Lower apps
never import upper ones: those subscribe by name, in their `apps.py`.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.db import models, transaction

from common import wake
from common.domain.actors import Actor
from common.models import Delivery, Event

Handler = Callable[[Event], None]


@dataclass(frozen=True, slots=True)
class Subscription:
    """Who listens: `key` is stable and stands in the outbox."""

    key: str
    handler: Handler
    in_history: bool


_by_name: dict[str, list[Subscription]] = defaultdict(list)
_by_key: dict[str, Subscription] = {}
_history: ContextVar[bool] = ContextVar("history", default=False)


def subscribe(*names: str, key: str, handler: Handler, in_history: bool = False) -> None:
    """Let `handler` get every event of these names, at least once, in order per subject.

    What is recorded inside `history()` reaches only subscribers that ask for it: nothing of
    the past is mailed, surveyed or sent today.
    """
    if key in _by_key:
        raise ValueError(f"two subscribers are called {key}")
    _by_key[key] = Subscription(key, handler, in_history)
    for name in names:
        _by_name[str(name)].append(_by_key[key])


@contextmanager
def history() -> Iterator[None]:
    """Record what happened long ago: see `subscribe`. The caller delivers; nobody is woken."""
    token = _history.set(True)
    try:
        with wake.silence():
            yield
    finally:
        _history.reset(token)


def handler_of(key: str) -> Handler | None:
    """Return the handler for a row of the outbox, None when the code no longer has it."""
    found = _by_key.get(key)
    return found.handler if found else None


def subject_key(subject: models.Model) -> str:
    """Return the subject as one text."""
    return f"{subject._meta.label_lower}:{subject.pk}"


def record(
    name: StrEnum, *, subject: models.Model, by: Actor, at: datetime, **data: object
) -> Event:
    """Write a past fact and its deliveries; must run inside the writer's transaction.

    `data` holds ids, codes, digests and field names, never a personal value.
    """
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError(f"{name} must be recorded in a transaction")
    event = Event(
        name=name,
        subject_type=subject._meta.label_lower,
        subject_id=subject.pk,
        actor_kind=by.kind,
        actor_user_id=by.user_id,
        actor_ref=by.ref,
        happened_at=at,
        data=data,
    )
    event.save(force_insert=True)
    past = _history.get()
    subscriptions = [s for s in _by_name.get(str(name), ()) if s.in_history or not past]
    if subscriptions:
        Delivery.objects.bulk_create(
            Delivery(event=event, subscriber=s.key, subject=subject_key(subject))
            for s in subscriptions
        )
        wake.after_commit("common.tasks.deliver_events")
    return event


@dataclass(frozen=True, slots=True)
class LastWord:
    """Who did the last thing to a row, and when (ISO 8601, UTC)."""

    who: str
    when: str


def last_of(subject: models.Model) -> LastWord:
    """Return who moved the row last, for telling the one who came second."""
    last = Event.objects.about(subject).select_related("actor_user").last()
    if last is None:
        return LastWord(who="?", when="?")
    who = str(last.actor_user) if last.actor_user else (last.actor_ref or last.actor_kind)
    return LastWord(who=who, when=last.happened_at.isoformat(timespec="seconds"))
