"""Count in the database how often something happened; atomic under any number of processes."""

from datetime import UTC, datetime, timedelta

from django.db import transaction
from django.db.models import F

from common.errors import Refused, gettext_noop
from common.models import Rate


class TooOften(Refused):
    """The caller must wait; `seconds` says how long."""

    code = "too_often"
    wording = gettext_noop("That was tried too often. Please wait %(seconds)s seconds.")
    status = 429


def window_start(at: datetime, seconds: int) -> datetime:
    """Return the start of the window of `seconds` that `at` lies in."""
    return datetime.fromtimestamp(int(at.timestamp()) // seconds * seconds, UTC)


@transaction.atomic
def hit(key: str, *, limit: int, seconds: int, at: datetime) -> None:
    """Count one more; refuse with TooOften when the window already holds `limit`.

    Counted for good even when the caller fails later: call it outside the caller's transaction.
    """
    start = window_start(at, seconds)
    ends = start + timedelta(seconds=seconds)
    row, _ = Rate.objects.get_or_create(key=key, window=start, defaults={"expires_at": ends})
    counted = Rate.objects.filter(pk=row.pk, count__lt=limit).update(count=F("count") + 1)
    if not counted:
        raise TooOften(seconds=max(1, int((ends - at).total_seconds())))


def check(key: str, *, limit: int, seconds: int, at: datetime) -> None:
    """Refuse with TooOften when the window is full, without counting."""
    start = window_start(at, seconds)
    if Rate.objects.filter(key=key, window=start, count__gte=limit).exists():
        ends = start + timedelta(seconds=seconds)
        raise TooOften(seconds=max(1, int((ends - at).total_seconds())))
