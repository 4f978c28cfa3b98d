"""Due dates of assignments. A due day counts to its end, 24:00 in Asia/Seoul."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from types import MappingProxyType
from zoneinfo import ZoneInfo

from common.errors import gettext_noop

SEOUL = ZoneInfo("Asia/Seoul")


class Progress(StrEnum):
    """How far somebody is with an assignment."""

    NOT_BEGUN = "NOT_BEGUN"
    UNDER_WAY = "UNDER_WAY"
    LATE = "LATE"
    PASSED = "PASSED"
    PASSED_LATE = "PASSED_LATE"


@dataclass(frozen=True, slots=True)
class Trait:
    """What hangs on the progress alone."""

    label: str
    colour: str


TRAITS: Mapping[Progress, Trait] = MappingProxyType(
    {
        Progress.NOT_BEGUN: Trait(gettext_noop("not begun"), "grey"),
        Progress.UNDER_WAY: Trait(gettext_noop("under way"), "blue"),
        Progress.LATE: Trait(gettext_noop("late"), "red"),
        Progress.PASSED: Trait(gettext_noop("passed"), "green"),
        Progress.PASSED_LATE: Trait(gettext_noop("passed late"), "amber"),
    }
)


def day_of(moment: datetime) -> date:
    """Return the day in Asia/Seoul in which a moment lies; a naive one is a mistake."""
    if moment.tzinfo is None:
        raise ValueError("a moment needs a time zone")
    return moment.astimezone(SEOUL).date()


def days_left(due_on: date, *, at: datetime) -> int:
    """Return the whole days until the due day: 0 on the day itself, negative when late."""
    return (due_on - day_of(at)).days


def is_late(due_on: date, *, at: datetime, passed_at: datetime | None = None) -> bool:
    """Tell whether it was passed after the due day, or is still open after it."""
    return day_of(passed_at or at) > due_on


def progress(
    due_on: date, *, at: datetime, has_begun: bool, passed_at: datetime | None
) -> Progress:
    """Return how far somebody is."""
    late = is_late(due_on, at=at, passed_at=passed_at)
    if passed_at is not None:
        return Progress.PASSED_LATE if late else Progress.PASSED
    if late:
        return Progress.LATE
    return Progress.UNDER_WAY if has_begun else Progress.NOT_BEGUN
