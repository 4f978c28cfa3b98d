"""Deadlines: started, paused, resumed and stopped by what happens, never counted down.

All moments are aware; what comes out is UTC. `desk` is the business calendar of the clock.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from common.errors import Refused, gettext_noop
from tickets.domain.states import TRAITS, Kind, Phase, Status, Verb


class ClockKind(StrEnum):
    """The three families: the support promise, the law, the marketplace."""

    FIRST_REPLY = "FIRST_REPLY"
    NEXT_REPLY = "NEXT_REPLY"
    DECISION = "DECISION"
    STATUTE = "STATUTE"
    DISPATCH = "DISPATCH"


class Move(StrEnum):
    """What happens to a clock."""

    START = "START"
    PAUSE = "PAUSE"
    RESUME = "RESUME"
    STOP = "STOP"


class Outcome(StrEnum):
    """How a stopped clock ended."""

    MET = "MET"
    MISSED = "MISSED"


class Level(StrEnum):
    """When somebody is told."""

    WARNING = "WARNING"
    BREACH = "BREACH"


class Desk(Protocol):
    """Business time, as WorkingHours gives it."""

    def add(self, start: datetime, duration: timedelta) -> datetime: ...
    def between(self, a: datetime, b: datetime) -> timedelta: ...


class BadClockMove(Refused):
    """A clock cannot do this now; a bug of ours, never a person's mistake."""

    code = "bad_clock_move"
    wording = gettext_noop("The clock cannot %(move)s now.")


SUPPORT = frozenset({ClockKind.FIRST_REPLY, ClockKind.NEXT_REPLY, ClockKind.DECISION})
REPLIES = frozenset({ClockKind.FIRST_REPLY, ClockKind.NEXT_REPLY})
_ENDS_FIRST_REPLY = frozenset({Verb.ASK, Verb.APPROVE, Verb.REFUSE})


@dataclass(frozen=True, slots=True)
class ClockState:
    """A clock at one moment. `used` is business time used up to the last pause."""

    kind: ClockKind
    started_at: datetime
    target: timedelta | None = None
    used: timedelta = timedelta()
    due_at: datetime | None = None
    paused_at: datetime | None = None
    stopped_at: datetime | None = None

    @property
    def runs(self) -> bool:
        """Neither paused nor stopped."""
        return self.paused_at is None and self.stopped_at is None


def started(kind: ClockKind, *, at: datetime, target: timedelta, desk: Desk) -> ClockState:
    """Return a clock of the support promise that starts at `at`."""
    return ClockState(kind=kind, started_at=at, target=target, due_at=desk.add(at, target))


def fixed(kind: ClockKind, *, at: datetime, due_at: datetime) -> ClockState:
    """Return a clock whose due moment the law or the marketplace sets; it never pauses."""
    return ClockState(kind=kind, started_at=at, due_at=due_at)


def paused(clock: ClockState, *, at: datetime, desk: Desk) -> ClockState:
    """Stand still from `at`; what was used up stays used up."""
    if not clock.runs or clock.target is None or clock.due_at is None:
        raise BadClockMove(move=Move.PAUSE.value)
    left = desk.between(at, clock.due_at) if at < clock.due_at else timedelta()
    # Two machines' clocks may differ: a pause just before the start has used nothing.
    used = max(timedelta(), clock.target - left)
    return replace(clock, paused_at=at, used=used, due_at=None)


def resumed(clock: ClockState, *, at: datetime, desk: Desk) -> ClockState:
    """Run again from `at` with what is left."""
    if clock.paused_at is None or clock.target is None or clock.stopped_at is not None:
        raise BadClockMove(move=Move.RESUME.value)
    due_at = desk.add(at, clock.target - clock.used)
    return replace(clock, paused_at=None, due_at=due_at)


def stopped(clock: ClockState, *, at: datetime) -> ClockState:
    """End the clock at `at`."""
    if clock.stopped_at is not None:
        raise BadClockMove(move=Move.STOP.value)
    return replace(clock, stopped_at=at)


def outcome(clock: ClockState) -> Outcome | None:
    """Tell how it ended: met when stopped before it was due, or standing with time left."""
    if clock.stopped_at is None:
        return None
    if clock.due_at is None:
        in_time = clock.target is None or clock.used < clock.target
    else:
        in_time = clock.stopped_at < clock.due_at
    return Outcome.MET if in_time else Outcome.MISSED


def levels(
    clock: ClockState, *, since: datetime, desk: Desk, warn_percent: int
) -> tuple[tuple[Level, datetime], ...]:
    """Return when to warn and when it is breached; nothing while the clock stands still.

    `since` is when it was last started or resumed. The support clocks warn after
    `warn_percent` of their target, the law's a day before it is due.
    """
    if clock.due_at is None:
        return ()
    if clock.target is None:
        warn_at = max(clock.started_at, clock.due_at - timedelta(days=1))
    else:
        share = clock.target * warn_percent / 100
        warn_at = desk.add(since, max(timedelta(), share - clock.used))
    return ((Level.WARNING, min(warn_at, clock.due_at)), (Level.BREACH, clock.due_at))


def moves(
    kind: Kind, verb: Verb, before: Status | None, after: Status, active: frozenset[ClockKind]
) -> tuple[tuple[ClockKind, Move], ...]:
    """Return what a step of the table does to the clocks. `active`: not yet stopped.

    Source: the column "clocks" of the states table.
    """
    if not TRAITS[after].is_open:
        return tuple((clock, Move.STOP) for clock in sorted(active))
    found = [*_reply_moves(kind, verb, before, active)]
    if kind is not Kind.INQUIRY:
        found += _decision_moves(before, after)
    found += _statute_moves(kind, verb, active)
    return tuple(found)


def _reply_moves(
    kind: Kind, verb: Verb, before: Status | None, active: frozenset[ClockKind]
) -> list[tuple[ClockKind, Move]]:
    if verb is Verb.OPEN:
        return [(ClockKind.FIRST_REPLY, Move.START)]
    if verb is Verb.ASK:
        return [(clock, Move.STOP) for clock in sorted(REPLIES & active)]
    if verb in _ENDS_FIRST_REPLY:
        return [(ClockKind.FIRST_REPLY, Move.STOP)] if ClockKind.FIRST_REPLY in active else []
    asked_again = verb is Verb.REOPEN and kind is Kind.INQUIRY
    if (verb is Verb.BUYER_REPLIES or asked_again) and not REPLIES & active:
        return [(ClockKind.NEXT_REPLY, Move.START)]
    return []


def _decision_moves(before: Status | None, after: Status) -> list[tuple[ClockKind, Move]]:
    was = TRAITS[before].decision if before else Phase.STOPPED
    now = TRAITS[after].decision
    steps = {
        (Phase.STOPPED, Phase.RUNS): Move.START,
        (Phase.RUNS, Phase.STANDS): Move.PAUSE,
        (Phase.STANDS, Phase.RUNS): Move.RESUME,
        (Phase.RUNS, Phase.STOPPED): Move.STOP,
        (Phase.STANDS, Phase.STOPPED): Move.STOP,
    }
    return [(ClockKind.DECISION, steps[was, now])] if (was, now) in steps else []


def _statute_moves(
    kind: Kind, verb: Verb, active: frozenset[ClockKind]
) -> list[tuple[ClockKind, Move]]:
    if ClockKind.STATUTE in active:
        return []
    starts = {
        Kind.CANCELLATION: {Verb.OPEN, Verb.REOPEN},
        # Refused before the goods were back: the rows say that there was no such clock.
        Kind.RETURN: {Verb.GOODS_BACK, Verb.REOPEN},
        Kind.INQUIRY: set(),
    }
    return [(ClockKind.STATUTE, Move.START)] if verb in starts[kind] else []


def message_moves(
    *, by_person: bool, by_buyer: bool, active: frozenset[ClockKind]
) -> tuple[tuple[ClockKind, Move], ...]:
    """Return what a public message does to the reply clocks.

    A person's message stops both; a buyer's starts NEXT_REPLY when none of them runs; what
    a machine writes does nothing.
    """
    if by_person:
        return tuple((clock, Move.STOP) for clock in sorted(REPLIES & active))
    if by_buyer and not REPLIES & active:
        return ((ClockKind.NEXT_REPLY, Move.START),)
    return ()
