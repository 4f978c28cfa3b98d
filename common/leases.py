"""Work that one worker at a time may hold: claimed by compare-and-set, fenced, in database time."""

import os
import socket
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import TypeVar

from django.conf import settings
from django.db import connection, models
from django.db.models import F, Q

from common.models import Lease

Held = TypeVar("Held", bound=Lease)


@cache
def me() -> str:
    """Return a name for this process that no other one has."""
    return f"{socket.gethostname()[:40]}:{os.getpid()}:{uuid.uuid4().hex[:8]}"


os.register_at_fork(after_in_child=me.cache_clear)


def db_now() -> datetime:
    """Return the database's clock: leases must not depend on a worker's."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT clock_timestamp()")
            return cursor.fetchone()[0].astimezone(UTC)
        cursor.execute("SELECT strftime('%Y-%m-%d %H:%M:%f', 'now')")
        return datetime.fromisoformat(cursor.fetchone()[0]).replace(tzinfo=UTC)


def take(row: Lease, *, now: datetime, seconds: int | None = None) -> bool:
    """Take the lease of `row` if nobody holds it; the row's fence rises by one.

    True when it is ours until `lease_until`; the row is then re-read. False when another
    worker was faster.
    """
    fence = row.fence + 1
    until = now + timedelta(seconds=seconds or settings.LEASE_SECONDS)
    free = Q(lease_until=None) | Q(lease_until__lte=now)
    won = (
        type(row)
        ._default_manager.filter(free, pk=row.pk, fence=row.fence)
        .update(
            lease_owner=me(), lease_until=until, fence=F("fence") + 1, attempts=F("attempts") + 1
        )
    )
    if won:
        row.refresh_from_db()
    # A pause just now may have outlived the lease: what we read is then another worker's.
    return bool(won) and row.fence == fence


def claim(rows: models.QuerySet[Held], *, limit: int) -> Iterator[Held]:
    """Yield the rows of `rows` that this process could take, at most `limit`, one by one.

    `rows` is a queryset of due rows (see the `due` methods). Each row is taken just before it is
    handed out, so that a slow one does not let the leases of the rest run out.
    """
    for row in rows[:limit]:
        if take(row, now=db_now()):
            yield row
