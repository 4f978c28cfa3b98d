"""Why this deadline: what a clock counted, what it skipped, and on which rule it stands."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.utils.translation import gettext

from common.admin.words import day_words, due_words, local, moment_words, span_words
from common.domain.holidays_kr import FIRST_YEAR, LAST_YEAR, public_holidays
from common.models import CalendarVersion, Event
from tickets.actions import calendars
from tickets.admin.queue import clock_tone
from tickets.admin.words import CLOCKS, clock_due_words
from tickets.domain.clocks import ClockKind, Outcome
from tickets.domain.states import TRAITS, Phase, Status

MAX_DAYS = 40


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch in which a clock ran; `until` None while it still does."""

    since: datetime
    until: datetime | None


@dataclass(frozen=True, slots=True)
class Why:
    """One clock of the ticket page, in words."""

    name: str
    state: str
    due: str
    tone: str
    started: str
    rule: str
    target: str = ""
    used: str = ""
    windows: list[str] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)
    pauses: list[str] = field(default_factory=list)


def explain(clocks: Sequence[Any], events: Sequence[Event], at: datetime) -> list[Why]:
    """Return the clocks of a ticket, running ones first."""
    ordered = sorted(clocks, key=lambda c: (c.stopped_at is not None, c.due_at or at, c.pk))
    return [_why(clock, events, at) for clock in ordered]


def _why(clock: Any, events: Sequence[Event], at: datetime) -> Why:
    runs = runs_of(clock, events)
    ends_at = clock.due_at or clock.paused_at or clock.stopped_at or at
    facts: dict[str, Any] = {"skipped": _skipped(clock, runs[0].since, ends_at)}
    if clock.target_s is not None:
        desk = calendars.desk_of(clock.calendar_version_id)
        facts |= {
            "target": span_words(timedelta(seconds=clock.target_s)),
            "used": _used(clock, runs, at),
            "windows": _windows(desk, runs, ends_at),
            "pauses": _pauses(runs),
        }
    return Why(
        name=_name(clock),
        state=_state(clock, at),
        due=clock_due_words(clock.kind, clock.due_at) if clock.due_at else "",
        tone=clock_tone(clock, at) if _runs(clock) else "",
        started=moment_words(clock.started_at),
        rule=_rule(clock),
        **facts,
    )


def runs_of(clock: Any, events: Sequence[Event]) -> list[Run]:
    """Return when the clock ran, read from the ticket's own events.

    Only DECISION ever stands still: while the status the ticket was in says so.
    """
    runs, since = [], clock.started_at
    standing = False
    for event in events if clock.kind == ClockKind.DECISION else ():
        phase = _phase_after(event)
        inside = clock.started_at <= event.happened_at <= (clock.stopped_at or event.happened_at)
        if phase is None or not inside:
            continue
        if phase is Phase.STANDS and not standing:
            runs.append(Run(since, event.happened_at))
            standing = True
        elif phase is Phase.RUNS and standing:
            since, standing = event.happened_at, False
    return runs if standing else [*runs, Run(since, clock.stopped_at)]


def _phase_after(event: Event) -> Phase | None:
    after = event.data.get("after")
    return TRAITS[Status(after)].decision if after in Status.__members__ else None


def _runs(clock: Any) -> bool:
    return clock.stopped_at is None and clock.paused_at is None


def _name(clock: Any) -> str:
    name = str(CLOCKS[ClockKind(clock.kind)])
    return name if clock.round == 1 else f"{name} ({clock.round})"


def _state(clock: Any, at: datetime) -> str:
    if clock.stopped_at is not None:
        when = {"when": moment_words(clock.stopped_at)}
        if clock.outcome == Outcome.MET:
            return gettext("met on %(when)s") % when
        return gettext("missed; ended on %(when)s") % when
    if clock.paused_at is not None:
        return gettext("stands still since %(when)s") % {"when": moment_words(clock.paused_at)}
    return due_words(clock.due_at, at)


def _rule(clock: Any) -> str:
    if clock.article:
        return clock.article
    return str(clock.policy_version) if clock.policy_version else ""


def _used(clock: Any, runs: Sequence[Run], at: datetime) -> str:
    desk = calendars.desk_of(clock.calendar_version_id)
    spent = timedelta()
    for run in runs:
        until = run.until or at
        if until > run.since:
            spent += desk.between(run.since, until)
    left = timedelta(seconds=clock.target_s) - spent
    if left <= timedelta():
        return span_words(spent)
    return gettext("%(used)s, %(left)s left") % {
        "used": span_words(spent),
        "left": span_words(left),
    }


def _windows(desk: Any, runs: Sequence[Run], ends_at: datetime) -> list[str]:
    """Return the business hours counted, a line per day, up to the due moment."""
    days: dict[date, list[str]] = {}
    seconds: dict[date, float] = {}
    for run in runs:
        last = run.until if run is not runs[-1] and run.until else max(ends_at, run.since)
        for window in desk.explain(run.since, last, limit=3 * MAX_DAYS):
            opens, closes = max(window.opens_at, run.since), min(window.closes_at, last)
            span = f"{local(opens):%H:%M}–{local(closes):%H:%M}"
            days.setdefault(window.day, []).append(span)
            seconds[window.day] = seconds.get(window.day, 0) + window.used_s
    lines = [
        f"{day_words(day)} {', '.join(spans)} = {span_words(timedelta(seconds=seconds[day]))}"
        for day, spans in sorted(days.items())
    ]
    return lines[:MAX_DAYS]


def _pauses(runs: Sequence[Run]) -> list[str]:
    """Return the stretches between the runs."""
    found = []
    for number, run in enumerate(runs):
        if run.until is None:
            continue
        following = runs[number + 1].since if number + 1 < len(runs) else None
        if following is not None:
            found.append(f"{moment_words(run.until)} – {moment_words(following)}")
    return found


def _skipped(clock: Any, since: datetime, until: datetime) -> list[str]:
    """Return the holidays and dated exceptions between two moments, by name."""
    version: CalendarVersion = clock.calendar_version
    first, last = local(since).date(), local(until).date()
    found = []
    for number in range(min((last - first).days, 400) + 1):
        day = first + timedelta(days=number)
        if name := _day_off(version, day):
            found.append(f"{day_words(day)} {name}")
    return found


def _day_off(version: CalendarVersion, day: date) -> str:
    exception = version.days.get(day.isoformat())
    if exception is not None:
        return "" if exception["windows"] else str(exception.get("source", ""))
    if not version.public_holidays or not FIRST_YEAR <= day.year <= LAST_YEAR:
        return ""
    return public_holidays(day.year).get(day, "")
