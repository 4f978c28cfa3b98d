"""Counting days, months and business days as 민법 §155-161 does.

Days are calendar dates; the day of the event is never counted (§157).
"""

from calendar import monthrange
from collections.abc import Container
from datetime import date, datetime, timedelta
from typing import Final

from common.errors import Refused, gettext_noop

LONGEST_CLOSURE: Final = 366
"""So many days off in a row are a mistake in the list of holidays, not a closure."""

_SATURDAY: Final = 5
_ONE: Final = timedelta(days=1)


class DaysRefused(Refused):
    code = "days_refused"
    wording = gettext_noop("The days cannot be counted.")
    status = 400


class NotADay(DaysRefused):
    code = "not_a_day"
    wording = gettext_noop("%(day)s is not a calendar day.")


class BadLength(DaysRefused):
    code = "bad_length"
    wording = gettext_noop("A period is a whole number above zero, not %(length)s.")


class NoBusinessDay(DaysRefused):
    code = "no_business_day"
    wording = gettext_noop("There is no business day within a year after %(day)s.")


class DayOutOfReach(DaysRefused):
    code = "day_out_of_reach"
    wording = gettext_noop("%(length)s from %(day)s on is further than dates go.")


def is_business_day(day: date, holidays: Container[date]) -> bool:
    """Return whether a day is Monday to Friday and no holiday: a reading, 영업일 is undefined."""
    return day.weekday() < _SATURDAY and day not in holidays


def next_business_day(day: date, holidays: Container[date]) -> date:
    """Return `day`, or the first business day after it: the end of a period by §161."""
    for ahead in range(LONGEST_CLOSURE):
        candidate = _plus(day, ahead)
        if is_business_day(candidate, holidays):
            return candidate
    raise NoBusinessDay(day=day.isoformat())


def after_days(event: date, days: int) -> date:
    """Return the last day of a period of calendar days, day 1 being the day after the event."""
    return _plus(checked_day(event), checked_length(days))


def after_business_days(event: date, days: int, holidays: Container[date]) -> date:
    """Return the n-th business day after the event, which itself never counts."""
    day = checked_day(event)
    for _ in range(checked_length(days)):
        day = next_business_day(_plus(day, 1), holidays)
    return day


def after_months(event: date, months: int) -> date:
    """Return the last day of a period of months by §160.

    It begins the day after the event and ends the day before the corresponding day: three
    months from 28 February end on 31 May. Without such a day the last month's end is the end.
    """
    begins = _plus(checked_day(event), 1)
    years, month = divmod(begins.month - 1 + checked_length(months), 12)
    year = begins.year + years
    if year >= date.max.year:
        raise DayOutOfReach(day=event.isoformat(), length=months)
    last = monthrange(year, month + 1)[1]
    if begins.day > last:
        return date(year, month + 1, last)
    return date(year, month + 1, begins.day) - _ONE


def after_years(event: date, years: int) -> date:
    """Return the last day of a period of years by §160."""
    return after_months(event, checked_length(years) * 12)


def checked_day(day: date) -> date:
    """Return a plain date; a datetime would compare unequal to every holiday, so it is refused."""
    if not isinstance(day, date) or isinstance(day, datetime):
        raise NotADay(day=str(day))
    return day


def checked_length(length: int) -> int:
    """Return a whole number above zero or refuse."""
    if not isinstance(length, int) or isinstance(length, bool) or length < 1:
        raise BadLength(length=str(length))
    return length


def _plus(day: date, days: int) -> date:
    try:
        return day + timedelta(days=days)
    except OverflowError:
        raise DayOutOfReach(day=day.isoformat(), length=days) from None
