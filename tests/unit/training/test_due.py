"""Due days end at 24:00 in Seoul, wherever the server stands."""

from datetime import UTC, date, datetime, timedelta

import pytest

from training.domain.due import SEOUL, TRAITS, Progress, day_of, days_left, is_late, progress

DUE = date(2026, 11, 20)
LAST = datetime(2026, 11, 20, 23, 59, 59, 999_999, tzinfo=SEOUL)
AFTER = LAST + timedelta(microseconds=1)
EARLY = datetime(2026, 11, 13, 9, tzinfo=SEOUL)


def test_day_of_is_the_day_in_seoul():
    assert day_of(datetime(2026, 11, 20, 14, 59, tzinfo=UTC)) == date(2026, 11, 20)
    assert day_of(datetime(2026, 11, 20, 15, 0, tzinfo=UTC)) == date(2026, 11, 21)


def test_day_of_refuses_a_moment_without_zone():
    with pytest.raises(ValueError, match="time zone"):
        day_of(datetime(2026, 11, 20))  # noqa: DTZ001 - the mistake that is refused


@pytest.mark.parametrize(
    ("at", "left"),
    [(EARLY, 7), (LAST, 0), (AFTER, -1), (LAST.astimezone(UTC), 0), (AFTER.astimezone(UTC), -1)],
)
def test_days_left(at, left):
    assert days_left(DUE, at=at) == left


@pytest.mark.parametrize(
    ("_case", "at", "passed_at", "late"),
    [
        ("open on the last second", LAST, None, False),
        ("open after it", AFTER, None, True),
        ("passed in time, looked at later", AFTER, LAST, False),
        ("passed late", AFTER + timedelta(days=9), AFTER, True),
    ],
)
def test_is_late(_case, at, passed_at, late):
    assert is_late(DUE, at=at, passed_at=passed_at) is late


@pytest.mark.parametrize(
    ("at", "has_begun", "passed_at", "expected"),
    [
        (EARLY, False, None, Progress.NOT_BEGUN),
        (EARLY, True, None, Progress.UNDER_WAY),
        (AFTER, False, None, Progress.LATE),
        (AFTER, True, None, Progress.LATE),
        (AFTER, True, LAST, Progress.PASSED),
        (AFTER, True, AFTER, Progress.PASSED_LATE),
    ],
)
def test_progress(at, has_begun, passed_at, expected):
    assert progress(DUE, at=at, has_begun=has_begun, passed_at=passed_at) is expected


def test_every_progress_has_traits():
    assert set(TRAITS) == set(Progress)
