"""Hand events to their subscribers: after the commit, in order per subject, at least once."""

from datetime import timedelta

import structlog
from django.db import Error as DatabaseError
from django.db import models, transaction

from common import events, leases
from common.models import Delivery

log = structlog.get_logger("common.deliveries")

MAX_ATTEMPTS = 5
BACKOFF_SECONDS = (2, 10, 60, 300)


def deliver_due(*, limit: int = 100, subject: models.Model | None = None) -> int:
    """Deliver what waits (of one subject, if given); return how many were delivered."""
    rows = Delivery.objects.due(leases.db_now()).select_related("event")
    if subject is not None:
        rows = rows.filter(subject=events.subject_key(subject))
    return sum(_deliver(row) for row in leases.claim(rows, limit=limit))


def deliver_all(*, subject: models.Model | None = None, rounds: int = 50) -> int:
    """Deliver until nothing is left to do now; handlers may record further events."""
    total = 0
    for _ in range(rounds):
        done = deliver_due(subject=subject)
        total += done
        if not done:
            break
    return total


def deliver_own(*, subject: models.Model) -> int:
    """Deliver what this very transaction recorded about `subject`; return how many.

    Nobody else can see these rows yet, so there is nothing to lease. What a handler raises ends
    the transaction: for replays of history, which is begun again.
    """
    waiting = Delivery.objects.filter(
        event__subject_type=subject._meta.label_lower,
        event__subject_id=subject.pk,
        state=Delivery.State.WAITING,
    )
    rows = list(waiting.select_related("event").order_by("id"))
    for row in rows:
        handler = events.handler_of(row.subscriber)
        if handler is None:
            raise LookupError(f"no subscriber {row.subscriber}")
        handler(row.event)
        Delivery.objects.filter(pk=row.pk).update(state=Delivery.State.DONE)
    return len(rows)


def _deliver(delivery: Delivery) -> bool:
    """Run the handler; its writes and the mark DONE are one transaction."""
    handler = events.handler_of(delivery.subscriber)
    if handler is None:
        return _failed(delivery, "no such subscriber")
    try:
        with transaction.atomic():
            mine = Delivery.objects.filter(
                pk=delivery.pk, fence=delivery.fence, state=Delivery.State.WAITING
            )
            if not mine.update(state=Delivery.State.DONE, lease_until=None, last_error=""):
                return False  # the lease ran out and another worker has it
            handler(delivery.event)
    except Exception as error:
        log.exception("delivery_failed", delivery=delivery.pk, subscriber=delivery.subscriber)
        return _failed(delivery, _describe(error))
    return True


def _describe(error: Exception) -> str:
    # Types only: a message may carry a buyer's data.
    kind = "database" if isinstance(error, DatabaseError) else "handler"
    return f"{kind}: {type(error).__name__}"


def _failed(delivery: Delivery, reason: str) -> bool:
    parked = delivery.attempts >= MAX_ATTEMPTS
    wait = BACKOFF_SECONDS[min(delivery.attempts, len(BACKOFF_SECONDS)) - 1]
    Delivery.objects.filter(pk=delivery.pk, fence=delivery.fence).update(
        state=Delivery.State.PARKED if parked else Delivery.State.WAITING,
        lease_until=None,
        next_at=leases.db_now() + timedelta(seconds=wait),
        last_error=reason[:200],
    )
    if parked:
        log.error("delivery_parked", delivery=delivery.pk, subscriber=delivery.subscriber)
    return False
