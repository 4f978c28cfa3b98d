"""Business time: when the desk is open, and how much of that lies between two moments.

Local windows become spans of UTC seconds, so that a day of 23, 25 or 24 and a half hours
needs no rule of its own.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from math import inf
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from common.errors import Refused, gettext_noop

HORIZON: Final = timedelta(days=36_525)
"""How far `add` and `between` look, a hundred years: beyond it they refuse."""

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH_DAY: Final = _EPOCH.date()
_MICROSECOND: Final = timedelta(microseconds=1)
_DAY_US: Final = 86_400_000_000
_DAY_MINUTES: Final = 24 * 60
_YEARS: Final = range(1800, 3001)  # room for the horizon on both sides of what `date` can hold
_CLOCK: Final = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])|24:00", re.ASCII)

Window = tuple[str, str]
Hours = Mapping[int, Sequence[Window]]
Exceptions = Mapping[date, Sequence[Window]]
Span = tuple[int, int]


class CalendarRefused(Refused):
    """A calendar, or a question to one, that makes no sense."""

    code = "calendar_refused"
    wording = gettext_noop("The working hours make no sense.")
    status = 400


class UnknownZone(CalendarRefused):
    code = "unknown_zone"
    wording = gettext_noop("There is no time zone %(zone)s.")


class BadWeekday(CalendarRefused):
    code = "bad_weekday"
    wording = gettext_noop("A weekday is a number from 0 (Monday) to 6 (Sunday), not %(weekday)s.")


class BadDay(CalendarRefused):
    code = "bad_calendar_day"
    wording = gettext_noop("%(day)s is not a calendar day.")


class BadWindow(CalendarRefused):
    code = "bad_window"
    wording = gettext_noop("A window is two times such as 09:00 and 18:00, not %(window)s.")


class ReversedWindow(CalendarRefused):
    code = "reversed_window"
    wording = gettext_noop("The window %(window)s has to end after it begins, on the same day.")


class OverlappingWindows(CalendarRefused):
    code = "overlapping_windows"
    wording = gettext_noop("The windows %(first)s and %(second)s overlap.")


class NaiveMoment(CalendarRefused):
    code = "naive_moment"
    wording = gettext_noop("The moment %(moment)s does not say its time zone.")


class MomentOutOfReach(CalendarRefused):
    code = "moment_out_of_reach"
    wording = gettext_noop("The moment %(moment)s is too far away to count business time.")


class NegativeDuration(CalendarRefused):
    code = "negative_duration"
    wording = gettext_noop("Business time runs forward only; %(duration)s is negative.")


class ReversedSpan(CalendarRefused):
    code = "reversed_span"
    wording = gettext_noop("%(start)s is after %(end)s.")


class NoWorkingTime(CalendarRefused):
    code = "no_working_time"
    wording = gettext_noop("The calendar has too little working time after %(start)s.")


class UsedWindow(NamedTuple):
    """One open window of a local day and the seconds that a span used of it; moments in UTC."""

    day: date
    opens_at: datetime
    closes_at: datetime
    used_s: float


class WorkingHours:
    """When a desk works: weekly windows, days off and dated exceptions in one zone.

    `hours` maps a weekday (0 = Monday) to ("HH:MM", "HH:MM") windows, "24:00" allowed as an
    end; `holidays` are closed days; `exceptions` replace a day's windows (none: closed) and
    win over both. An instance never changes; it remembers the days it has worked out.
    """

    def __init__(
        self,
        hours: Hours,
        holidays: Collection[date],
        zone: str,
        *,
        exceptions: Exceptions | None = None,
    ) -> None:
        self.zone = zone
        self._tz = _zone(zone)
        self._weekly = {_weekday(key): _parsed(windows) for key, windows in hours.items()}
        self._holidays = frozenset(_day(day) for day in holidays)
        self._exceptions = {
            _day(day): _parsed(windows) for day, windows in (exceptions or {}).items()
        }
        self._last_block = self._find_last_block()
        self._days: dict[date, tuple[Span, ...]] = {}
        self._blocks: dict[int, tuple[Span, ...]] = {}

    def add(self, start: datetime, duration: timedelta) -> datetime:
        """Return the UTC moment when `duration` of business time after `start` is used up.

        A period that ends with a window ends there, not at the next opening; zero is `start`.
        Refuses when a hundred years do not hold that much working time.
        """
        if duration < timedelta(0):
            raise NegativeDuration(duration=str(duration))
        at, left = _microseconds(start), duration // _MICROSECOND
        if not left:
            return _moment(at)
        for opens, closes in self._spans(at, at + HORIZON // _MICROSECOND):
            if closes - opens >= left:
                return _moment(opens + left)
            left -= closes - opens
        raise NoWorkingTime(start=start.isoformat())

    def between(self, a: datetime, b: datetime) -> timedelta:
        """Return the business time from `a` to `b`; refuses a > b and over a hundred years."""
        since, until = self._range(a, b)
        used = sum(closes - opens for opens, closes in self._spans(since, until))
        return timedelta(microseconds=used)

    def is_open(self, at: datetime) -> bool:
        """Return whether the desk works at `at`; the moment of closing is no longer open."""
        moment = _microseconds(at)
        return any(o <= moment < c for o, c in self._block(moment // _DAY_US))

    def windows(self, day: date) -> tuple[tuple[datetime, datetime], ...]:
        """Return the windows of a local day as (opens, closes) in UTC, in order, apart."""
        if _day(day).year not in _YEARS:
            raise MomentOutOfReach(moment=day.isoformat())
        return tuple((_moment(opens), _moment(closes)) for opens, closes in self._local(day))

    def explain(self, a: datetime, b: datetime, *, limit: int = 1000) -> list[UsedWindow]:
        """Return the windows that `between(a, b)` used, in order, at most `limit` of them."""
        since, until = self._range(a, b)
        rows: list[UsedWindow] = []
        reached = since  # two local days can share an instant when the clock jumps over midnight
        for day, opens, closes in self._dated(since, until):
            begins, ends = max(opens, reached), min(closes, until)
            if begins >= ends:
                continue
            if len(rows) == limit:
                break
            used = timedelta(microseconds=ends - begins).total_seconds()
            rows.append(UsedWindow(day, _moment(opens), _moment(closes), used))
            reached = ends
        return rows

    def _range(self, a: datetime, b: datetime) -> Span:
        since, until = _microseconds(a), _microseconds(b)
        if since > until:
            raise ReversedSpan(start=a.isoformat(), end=b.isoformat())
        if until - since > HORIZON // _MICROSECOND:
            raise MomentOutOfReach(moment=b.isoformat())
        return since, until

    def _spans(self, since: int, until: int) -> Iterator[Span]:
        """Yield the open spans inside since..until, in order and apart."""
        for number in range(since // _DAY_US, until // _DAY_US + 1):
            if number > self._last_block:
                return
            for opens, closes in self._block(number):
                if opens < until and closes > since:
                    yield max(opens, since), min(closes, until)

    def _find_last_block(self) -> float:
        """Return the last UTC day that can be open at all."""
        if any(self._weekly.values()):
            return inf
        opened = [day for day, windows in self._exceptions.items() if windows]
        return (max(opened) - _EPOCH_DAY).days + 2 if opened else -inf

    def _block(self, number: int) -> tuple[Span, ...]:
        """Return the open spans of one UTC day, counted from 1970."""
        known = self._blocks.get(number)
        if known is None:
            first, last = number * _DAY_US, (number + 1) * _DAY_US
            near = [(max(o, first), min(c, last)) for _, o, c in self._dated(first, last)]
            known = self._blocks[number] = _union(span for span in near if span[0] < span[1])
        return known

    def _dated(self, since: int, until: int) -> list[tuple[date, int, int]]:
        """Return the windows of all local days that can touch since..until, by opening."""
        # A zone is at most 14 hours off, and one has skipped a whole day: two days cover both.
        first, last = since // _DAY_US - 2, until // _DAY_US + 2
        days = (_EPOCH_DAY + timedelta(days=number) for number in range(first, last + 1))
        rows = [(day, opens, closes) for day in days for opens, closes in self._local(day)]
        return sorted(rows, key=lambda row: row[1])

    def _local(self, day: date) -> tuple[Span, ...]:
        known = self._days.get(day)
        if known is None:
            spans = ((self._at(day, o), self._at(day, c)) for o, c in self._minutes(day))
            # A window whose ends fall into a gap of the clock can be empty or reversed.
            known = self._days[day] = _union(span for span in spans if span[0] < span[1])
        return known

    def _minutes(self, day: date) -> tuple[Span, ...]:
        if day in self._exceptions:
            return self._exceptions[day]
        return () if day in self._holidays else self._weekly.get(day.weekday(), ())

    def _at(self, day: date, minute: int) -> int:
        if minute == _DAY_MINUTES:
            day, minute = day + timedelta(days=1), 0
        # fold stays 0: in a gap the offset from before it, in a doubled hour the first one.
        hour, rest = divmod(minute, 60)
        local = datetime(day.year, day.month, day.day, hour, rest, tzinfo=self._tz)
        return (local - _EPOCH) // _MICROSECOND


def _zone(name: str) -> ZoneInfo:
    if not isinstance(name, str):
        raise UnknownZone(zone=str(name))
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise UnknownZone(zone=name) from None


def _weekday(key: int) -> int:
    if not isinstance(key, int) or isinstance(key, bool) or not 0 <= key <= 6:
        raise BadWeekday(weekday=str(key))
    return int(key)


def _day(day: date) -> date:
    if not isinstance(day, date) or isinstance(day, datetime):
        raise BadDay(day=str(day))
    return day


def _parsed(windows: Sequence[Window]) -> tuple[Span, ...]:
    """Return the windows as minutes of the day, sorted, touching ones as one."""
    if isinstance(windows, str) or not isinstance(windows, Sequence):
        raise BadWindow(window=str(windows))
    spans = sorted(_window(window) for window in windows)
    for first, second in pairwise(spans):
        if second[0] < first[1]:
            raise OverlappingWindows(first=_text(first), second=_text(second))
    return _union(spans)


def _window(window: Window) -> Span:
    if isinstance(window, str) or not isinstance(window, Sequence) or len(window) != 2:
        raise BadWindow(window=str(window))
    opens, closes = (_minute(text, window) for text in window)
    if opens >= closes:
        raise ReversedWindow(window=_text((opens, closes)))
    return opens, closes


def _minute(text: str, window: Window) -> int:
    if not isinstance(text, str) or not _CLOCK.fullmatch(text):
        raise BadWindow(window=str(tuple(window)))
    return int(text[:2]) * 60 + int(text[3:])


def _text(span: Span) -> str:
    return "-".join(f"{minute // 60:02}:{minute % 60:02}" for minute in span)


def _union(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Return the spans in order, those that touch or overlap as one."""
    merged: list[Span] = []
    for opens, closes in sorted(spans):
        if merged and opens <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], closes))
        else:
            merged.append((opens, closes))
    return tuple(merged)


def _microseconds(moment: datetime) -> int:
    if moment.utcoffset() is None:
        raise NaiveMoment(moment=moment.isoformat())
    if moment.year not in _YEARS:
        raise MomentOutOfReach(moment=moment.isoformat())
    return (moment - _EPOCH) // _MICROSECOND


def _moment(microseconds: int) -> datetime:
    return _EPOCH + timedelta(microseconds=microseconds)
