"""Clocks as pure values: pauses, levels, outcomes, and which verb moves which."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.domain.calendar import WorkingHours
from tickets.domain import clocks
from tickets.domain.clocks import BadClockMove, ClockKind, Level, Move, Outcome
from tickets.domain.states import Kind, Status, Verb

HALVES = [("09:00", "12:00"), ("13:00", "18:00")]
DESK = WorkingHours(dict.fromkeys(range(5), HALVES), set(), "Asia/Seoul")
HOUR = timedelta(hours=1)
F, N, D, ST = (
    ClockKind.FIRST_REPLY, ClockKind.NEXT_REPLY, ClockKind.DECISION, ClockKind.STATUTE,
)  # fmt: skip


def seoul(day: int, hour: int, minute: int = 0) -> datetime:
    """A moment of November 2026 (the 9th is a Monday)."""
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC) - 9 * HOUR


def decision(at: datetime, hours: int = 9) -> clocks.ClockState:
    return clocks.started(D, at=at, target=hours * HOUR, desk=DESK)


@pytest.mark.parametrize(
    ("_case", "start", "hours", "due"),
    [
        ("over lunch", seoul(9, 11), 2, seoul(9, 14)),
        ("over the weekend", seoul(13, 17), 2, seoul(16, 10)),
        ("received on a Sunday", seoul(15, 12), 4, seoul(16, 14)),
        ("ends with the window", seoul(9, 9), 3, seoul(9, 12)),
    ],
)
def test_started_is_due_after_business_time(_case, start, hours, due):
    assert decision(start, hours).due_at == due


def test_a_pause_keeps_what_was_used():
    clock = clocks.paused(decision(seoul(9, 10)), at=seoul(9, 14), desk=DESK)
    assert (clock.used, clock.due_at, clock.runs) == (3 * HOUR, None, False)

    clock = clocks.resumed(clock, at=seoul(11, 9), desk=DESK)
    # Six of nine hours are left: 09-12 and 13-16.
    assert clock.due_at == seoul(11, 16)


def test_a_pause_before_the_start_has_used_nothing():
    clock = clocks.paused(decision(seoul(9, 10)), at=seoul(9, 9), desk=DESK)
    assert clock.used == timedelta()


@given(
    pauses=st.lists(st.tuples(st.integers(1, 300), st.integers(1, 5000)), max_size=6),
    start=st.integers(0, 60 * 24 * 14),
)
def test_pauses_move_the_deadline_by_exactly_the_business_time_paused(pauses, start):
    at = seoul(2, 0) + timedelta(minutes=start)
    clock = decision(at, hours=40)
    paused_time = timedelta()
    for run, rest in pauses:
        at += timedelta(minutes=run)
        if at >= clock.due_at:
            break
        clock = clocks.paused(clock, at=at, desk=DESK)
        back = at + timedelta(minutes=rest)
        paused_time += DESK.between(at, back)
        at = back
        clock = clocks.resumed(clock, at=at, desk=DESK)
    assert DESK.between(clock.started_at, clock.due_at) == 40 * HOUR + paused_time


def test_warning_comes_at_three_quarters_of_what_was_promised():
    clock = clocks.started(F, at=seoul(9, 9), target=4 * HOUR, desk=DESK)
    found = clocks.levels(clock, since=seoul(9, 9), desk=DESK, warn_percent=75)
    assert found == ((Level.WARNING, seoul(9, 12)), (Level.BREACH, seoul(9, 14)))


def test_warning_after_a_pause_counts_what_was_used_before():
    clock = clocks.started(F, at=seoul(9, 9), target=4 * HOUR, desk=DESK)
    clock = clocks.paused(clock, at=seoul(9, 11), desk=DESK)
    assert clocks.levels(clock, since=seoul(9, 11), desk=DESK, warn_percent=75) == ()
    clock = clocks.resumed(clock, at=seoul(10, 9), desk=DESK)
    found = dict(clocks.levels(clock, since=seoul(10, 9), desk=DESK, warn_percent=75))
    assert found == {Level.WARNING: seoul(10, 10), Level.BREACH: seoul(10, 11)}


def test_the_law_warns_a_day_before_but_never_before_it_starts():
    clock = clocks.fixed(ST, at=seoul(9, 10), due_at=seoul(13, 0))
    found = dict(clocks.levels(clock, since=seoul(9, 10), desk=DESK, warn_percent=75))
    assert found[Level.WARNING] == seoul(12, 0)
    late = clocks.fixed(ST, at=seoul(12, 10), due_at=seoul(13, 0))
    assert clocks.levels(late, since=seoul(12, 10), desk=DESK, warn_percent=75)[0][1] == seoul(
        12, 10
    )


@pytest.mark.parametrize(
    ("_case", "stop", "result"),
    [
        ("a second before", seoul(9, 14) - timedelta(seconds=1), Outcome.MET),
        ("at the due moment", seoul(9, 14), Outcome.MISSED),
        ("after it", seoul(9, 15), Outcome.MISSED),
    ],
)
def test_outcome_is_met_only_before_it_is_due(_case, stop, result):
    clock = clocks.started(F, at=seoul(9, 9), target=4 * HOUR, desk=DESK)
    assert clocks.outcome(clocks.stopped(clock, at=stop)) is result


def test_outcome_of_a_standing_clock_depends_on_what_was_used():
    clock = clocks.paused(decision(seoul(9, 9)), at=seoul(9, 10), desk=DESK)
    assert clocks.outcome(clocks.stopped(clock, at=seoul(27, 10))) is Outcome.MET
    late = clocks.paused(decision(seoul(9, 9), hours=1), at=seoul(9, 11), desk=DESK)
    assert clocks.outcome(clocks.stopped(late, at=seoul(9, 12))) is Outcome.MISSED


def test_impossible_moves_are_refused():
    clock = decision(seoul(9, 9))
    stopped = clocks.stopped(clock, at=seoul(9, 10))
    with pytest.raises(BadClockMove):
        clocks.stopped(stopped, at=seoul(9, 11))
    with pytest.raises(BadClockMove):
        clocks.resumed(clock, at=seoul(9, 11), desk=DESK)
    with pytest.raises(BadClockMove):
        clocks.paused(stopped, at=seoul(9, 11), desk=DESK)


S, V = Status, Verb
ALL = frozenset({F, D, ST})


@pytest.mark.parametrize(
    ("_case", "kind", "verb", "before", "after", "active", "expected"),
    [
        ("open C", "C", V.OPEN, None, S.RECEIVED, [],
         {F: Move.START, D: Move.START, ST: Move.START}),
        ("open R", "R", V.OPEN, None, S.RECEIVED, [], {F: Move.START, D: Move.START}),
        ("open I", "I", V.OPEN, None, S.RECEIVED, [], {F: Move.START}),
        ("take", "C", V.TAKE, S.RECEIVED, S.REVIEWING, ALL, {}),
        ("ask", "C", V.ASK, S.REVIEWING, S.WAITING_BUYER, ALL, {F: Move.STOP, D: Move.PAUSE}),
        ("answer", "C", V.BUYER_REPLIES, S.WAITING_BUYER, S.REVIEWING, [D, ST],
         {D: Move.RESUME, N: Move.START}),
        ("stop waiting", "C", V.STOP_WAITING, S.WAITING_BUYER, S.REVIEWING, [D, ST],
         {D: Move.RESUME}),
        ("approve", "C", V.APPROVE, S.REVIEWING, S.APPROVED, ALL, {F: Move.STOP, D: Move.STOP}),
        ("approve while waiting", "C", V.APPROVE, S.WAITING_BUYER, S.APPROVED, [D, ST],
         {D: Move.STOP}),
        ("approve leaves the next reply", "C", V.APPROVE, S.REVIEWING, S.APPROVED, [N, D, ST],
         {D: Move.STOP}),
        ("refuse", "C", V.REFUSE, S.REVIEWING, S.REFUSED, ALL,
         {F: Move.STOP, D: Move.STOP, ST: Move.STOP}),
        ("propose", "C", V.PROPOSE, S.REVIEWING, S.WAITING_APPROVAL, ALL, {}),
        ("expire", "C", V.EXPIRE, S.WAITING_APPROVAL, S.REVIEWING, ALL, {}),
        ("accept return", "R", V.ACCEPT_RETURN, S.RECEIVED, S.WAITING_GOODS, [F, D],
         {D: Move.PAUSE}),
        ("goods back", "R", V.GOODS_BACK, S.WAITING_GOODS, S.REVIEWING, [F, D],
         {D: Move.RESUME, ST: Move.START}),
        ("goods back once approved", "R", V.GOODS_BACK, S.APPROVED, S.APPROVED, [],
         {ST: Move.START}),
        ("reopen a return", "R", V.REOPEN, S.REFUSED, S.REVIEWING, [],
         {D: Move.START, ST: Move.START}),
        ("goods missing", "R", V.GOODS_MISSING, S.WAITING_GOODS, S.REVIEWING, [F, D],
         {D: Move.RESUME}),
        ("settle", "C", V.SETTLE, S.APPROVED, S.REFUNDED, [ST], {ST: Move.STOP}),
        ("withdraw", "C", V.WITHDRAW, S.WAITING_BUYER, S.WITHDRAWN, ALL,
         {F: Move.STOP, D: Move.STOP, ST: Move.STOP}),
        ("money back", "C", V.REFUND_REFUSED, S.APPROVED, S.REVIEWING, [ST], {D: Move.START}),
        ("undo", "C", V.UNDO, S.APPROVED, S.REVIEWING, [ST], {D: Move.START}),
        ("reopen", "C", V.REOPEN, S.REFUSED, S.REVIEWING, [], {D: Move.START, ST: Move.START}),
        ("reopen inquiry", "I", V.REOPEN, S.RESOLVED, S.REVIEWING, [], {N: Move.START}),
    ],
)  # fmt: skip
def test_moves_follow_the_table(_case, kind, verb, before, after, active, expected):
    found = clocks.moves(Kind(kind), verb, before, after, frozenset(active))
    assert dict(found) == expected


@pytest.mark.parametrize(
    ("_case", "by_person", "by_buyer", "active", "expected"),
    [
        ("a person stops both", True, False, [F, N], {F: Move.STOP, N: Move.STOP}),
        ("the buyer while nobody answered yet", False, True, [F], {}),
        ("the buyer again", False, True, [N], {}),
        ("the buyer after an answer", False, True, [D], {N: Move.START}),
        ("a machine", False, False, [F, N], {}),
    ],
)
def test_message_moves(_case, by_person, by_buyer, active, expected):
    found = clocks.message_moves(by_person=by_person, by_buyer=by_buyer, active=frozenset(active))
    assert dict(found) == expected
