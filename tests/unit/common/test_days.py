from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.domain import days

NONE = frozenset()
dates = st.dates(date(1990, 1, 1), date(2090, 12, 31))
holidays = st.sets(st.dates(date(2026, 1, 1), date(2026, 2, 28)), max_size=40)


def test_is_business_day_is_monday_to_friday_without_holidays():
    week = [date(2026, 6, day) for day in range(1, 8)]

    open_days = [day.day for day in week if days.is_business_day(day, {date(2026, 6, 3)})]

    assert open_days == [1, 2, 4, 5]


@pytest.mark.parametrize(
    ("_case", "day", "moved"),
    [
        ("a working day stays", date(2026, 6, 5), date(2026, 6, 5)),
        ("Saturday to Monday", date(2026, 6, 6), date(2026, 6, 8)),
        ("Sunday over a holiday", date(2026, 6, 14), date(2026, 6, 16)),
    ],
)
def test_next_business_day_moves_off_days_off(_case, day, moved):
    assert days.next_business_day(day, {date(2026, 6, 15)}) == moved


@pytest.mark.parametrize(
    ("_case", "event", "count", "end"),
    [
        ("day 1 is the day after", date(2026, 6, 1), 1, date(2026, 6, 2)),
        ("over the weekend", date(2026, 6, 4), 3, date(2026, 6, 9)),
        ("a day off as event", date(2026, 6, 6), 1, date(2026, 6, 8)),
        ("over a holiday", date(2026, 6, 12), 1, date(2026, 6, 16)),
    ],
)
def test_after_business_days_never_counts_the_event(_case, event, count, end):
    assert days.after_business_days(event, count, {date(2026, 6, 15)}) == end


@pytest.mark.parametrize(
    ("_case", "event", "months", "end"),
    [
        ("plain", date(2026, 3, 10), 3, date(2026, 6, 10)),
        ("end of February", date(2026, 2, 28), 3, date(2026, 5, 31)),
        ("begins with a month", date(2026, 4, 30), 1, date(2026, 5, 31)),
        ("no corresponding day", date(2026, 1, 29), 1, date(2026, 2, 28)),
        ("no corresponding day in a leap year", date(2028, 1, 30), 1, date(2028, 2, 29)),
        ("the leap day begins it", date(2024, 2, 28), 12, date(2025, 2, 28)),
        ("the leap day is the event", date(2024, 2, 29), 60, date(2029, 2, 28)),
        ("ends on a leap day", date(2023, 2, 28), 60, date(2028, 2, 29)),
        ("over the new year", date(2025, 11, 30), 3, date(2026, 2, 28)),
        ("ends with December", date(2026, 11, 30), 1, date(2026, 12, 31)),
    ],
)
def test_after_months_ends_the_day_before_the_corresponding_day(_case, event, months, end):
    assert days.after_months(event, months) == end


def test_after_years_counts_twelve_months_a_year():
    assert days.after_years(date(2026, 3, 10), 5) == date(2031, 3, 10)


def month_by_month(event, months):
    """민법 §160 word for word: the corresponding day by search, not by arithmetic."""
    begins = event + timedelta(days=1)
    first = begins.replace(day=1)
    for _ in range(months):
        first = (first + timedelta(days=31)).replace(day=1)
    in_month = [first + timedelta(days=n) for n in range(31)]
    in_month = [day for day in in_month if day.month == first.month]
    for day in in_month:
        if day.day == begins.day:
            return day - timedelta(days=1)
    return in_month[-1]


@given(event=dates, months=st.integers(1, 130))
def test_after_months_agrees_with_a_search_for_the_day(event, months):
    assert days.after_months(event, months) == month_by_month(event, months)


@given(event=st.dates(date(2026, 1, 1), date(2026, 2, 28)), count=st.integers(1, 15), off=holidays)
def test_after_business_days_has_exactly_so_many_between(event, count, off):
    end = days.after_business_days(event, count, off)

    passed = [event + timedelta(days=n) for n in range(1, (end - event).days + 1)]
    assert sum(day.weekday() < 5 and day not in off for day in passed) == count
    assert end.weekday() < 5
    assert end not in off


@pytest.mark.parametrize("count", [0, -1, 1.0, True, "3", None])
def test_lengths_have_to_be_whole_and_above_zero(count):
    for ask in (
        lambda: days.after_days(date(2026, 6, 1), count),
        lambda: days.after_business_days(date(2026, 6, 1), count, NONE),
        lambda: days.after_months(date(2026, 6, 1), count),
        lambda: days.after_years(date(2026, 6, 1), count),
    ):
        with pytest.raises(days.BadLength):
            ask()


@pytest.mark.parametrize("day", [datetime(2026, 6, 1, tzinfo=UTC), "2026-06-01", None])
def test_only_plain_dates_are_counted_from(day):
    with pytest.raises(days.NotADay):
        days.after_days(day, 1)
    with pytest.raises(days.NotADay):
        days.after_business_days(day, 1, NONE)
    with pytest.raises(days.NotADay):
        days.after_months(day, 1)


def test_a_long_closure_is_waited_for():
    closed = {date(2026, 1, 1) + timedelta(days=n) for n in range(100)}

    assert days.after_business_days(date(2025, 12, 31), 1, closed) == date(2026, 4, 13)


class EveryDay:
    def __contains__(self, day):
        return True


def test_a_year_without_business_days_is_refused():
    with pytest.raises(days.NoBusinessDay):
        days.after_business_days(date(2026, 6, 1), 1, EveryDay())


def test_periods_past_the_last_date_are_refused():
    with pytest.raises(days.DayOutOfReach):
        days.after_days(date(9999, 12, 30), 2)
    with pytest.raises(days.DayOutOfReach):
        days.after_days(date(2026, 6, 1), 10**12)
    with pytest.raises(days.DayOutOfReach):
        days.after_months(date(2026, 6, 1), 10**6)
