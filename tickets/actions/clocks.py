"""The rows of the clocks: moved by the table's steps and by messages, never by hand."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta

from django.db.models import Count, F, Min

from orders.domain import statutes
from orders.domain.reasons import ReasonCode
from orders.domain.statutes import RefundCase, Statutory
from tickets.actions import calendars, policies
from tickets.domain import clocks
from tickets.domain.clocks import ClockKind, ClockState, Desk, Move, Outcome
from tickets.domain.states import Kind
from tickets.models import Clock, ClockLevel, SLAPolicyVersion, Ticket

TARGETS = {
    ClockKind.FIRST_REPLY: "first_reply_minutes",
    ClockKind.NEXT_REPLY: "next_reply_minutes",
    ClockKind.DECISION: "decision_minutes",
}


def active(ticket: Ticket) -> dict[ClockKind, Clock]:
    """Return the ticket's clocks that are not stopped."""
    rows = Clock.objects.filter(ticket=ticket, stopped_at=None)
    return {ClockKind(row.kind): row for row in rows}


def apply(
    ticket: Ticket,
    steps: Iterable[tuple[ClockKind, Move]],
    *,
    at: datetime,
    running: dict[ClockKind, Clock],
    is_new: bool = False,
) -> None:
    """Carry out what a step does to the clocks and set the ticket's next deadline.

    Sets `next_due_at` and `next_check_at` on `ticket`; the caller, who holds its lock, saves.
    `is_new`: the ticket has had no clocks before.
    """
    kinds: dict[Move, list[ClockKind]] = {move: [] for move in Move}
    for kind, move in steps:
        kinds[move].append(kind)
    if not any(kinds.values()):
        return
    unmarked = ticket.next_check_at is not None and ticket.next_check_at <= at
    _stop([running.pop(kind) for kind in kinds[Move.STOP]], at, unmarked=unmarked)
    for kind in kinds[Move.PAUSE]:
        _pause(running[kind], at)
    for kind in kinds[Move.RESUME]:
        _resume(running[kind], at)
    rounds = {} if is_new else _rounds(ticket, kinds[Move.START])
    running |= _start(ticket, kinds[Move.START], rounds, at)
    refresh(ticket, running)


def refresh(ticket: Ticket, running: dict[ClockKind, Clock]) -> None:
    """Set the nearest due moment and the nearest unfired level on the ticket."""
    due = [row.due_at for row in running.values() if row.due_at]
    ticket.next_due_at = min(due, default=None)
    going = [row.pk for row in running.values() if row.paused_at is None]
    unfired = ClockLevel.objects.filter(clock__in=going, fired_at=None)
    ticket.next_check_at = unfired.aggregate(at=Min("at"))["at"] if going else None


def _state(row: Clock) -> ClockState:
    return ClockState(
        kind=ClockKind(row.kind),
        started_at=row.started_at,
        target=timedelta(seconds=row.target_s) if row.target_s is not None else None,
        used=timedelta(seconds=row.used_s),
        due_at=row.due_at,
        paused_at=row.paused_at,
        stopped_at=row.stopped_at,
    )


def _start(
    ticket: Ticket, kinds: Sequence[ClockKind], rounds: Mapping[str, int], at: datetime
) -> dict[ClockKind, Clock]:
    """Write the clocks of these kinds and their levels, in one statement each."""
    if _goods_are_out(ticket):
        kinds = [kind for kind in kinds if kind is not ClockKind.STATUTE]
    if not kinds:
        return {}
    calendar = calendars.version_for(ticket.store)
    desk = calendars.desk_of(calendar.pk)
    policy = policies.sla_for(ticket.store)
    rows, levels = {}, []
    for kind in kinds:
        if kind is ClockKind.STATUTE:
            state, article = statute(ticket, at)
        else:
            target = timedelta(minutes=getattr(policy, TARGETS[kind]))
            state, article = clocks.started(kind, at=at, target=target, desk=desk), ""
        row = rows[kind] = Clock(
            ticket=ticket,
            kind=kind,
            round=rounds.get(kind, 0) + 1,
            policy_version=policy if state.target is not None else None,
            calendar_version=calendar,
            started_at=state.started_at,
            target_s=int(state.target.total_seconds()) if state.target is not None else None,
            due_at=state.due_at,
            article=article,
        )
        moments = clocks.levels(state, since=at, desk=desk, warn_percent=policy.warn_percent)
        levels += [ClockLevel(clock=row, level=level, at=moment) for level, moment in moments]
    Clock.objects.bulk_create(rows.values())
    ClockLevel.objects.bulk_create(levels)
    return rows


def _goods_are_out(ticket: Ticket) -> bool:
    """Tell whether a return's goods have not come back: until then no law sets a date."""
    return ticket.kind == Kind.RETURN and ticket.the_claim.goods_back_on is None


def _rounds(ticket: Ticket, kinds: Sequence[ClockKind]) -> dict[str, int]:
    """Return how many clocks of each kind the ticket has had."""
    if not kinds:
        return {}
    had = Clock.objects.filter(ticket=ticket, kind__in=kinds)
    return dict(had.values_list("kind").annotate(n=Count("id")))


def statute(ticket: Ticket, at: datetime) -> tuple[ClockState, str]:
    """Return the law's clock of a claim and the article it stands on.

    Sold out counts from payment (§15②); goods that came back from that day (§18②1); else from
    the day the withdrawal was sent (§17④, §18②3).
    """
    started_at, due = _statutory(ticket, at)
    due_at = statutes.refund_due_moment(due.value)
    state = clocks.fixed(ClockKind.STATUTE, at=started_at, due_at=due_at)
    return state, due.article


def _statutory(ticket: Ticket, at: datetime) -> tuple[datetime, Statutory]:
    claim = ticket.claim
    if claim is None:
        raise ValueError("an inquiry has no statutory clock")
    if ticket.kind == Kind.RETURN:
        back_on = claim.goods_back_on or calendars.seoul_day(at)
        began = datetime.combine(back_on, datetime.min.time(), calendars.SEOUL).astimezone(UTC)
        return began, statutes.refund_due(case=RefundCase.GOODS_RETURNED, trigger_date=back_on)
    paid_at = claim.line.order.paid_at
    if claim.reason == ReasonCode.SOLD_OUT and paid_at is not None:
        paid_on = calendars.seoul_day(paid_at)
        return paid_at, statutes.supply_failure_refund_due(paid_on=paid_on)
    sent_on = calendars.seoul_day(claim.requested_at)
    return claim.requested_at, statutes.refund_due(
        case=RefundCase.NOT_SUPPLIED_WITHDRAWN, trigger_date=sent_on
    )


def _desk(row: Clock) -> Desk:
    return calendars.desk_of(row.calendar_version_id)


def _pause(row: Clock, at: datetime) -> None:
    state = clocks.paused(_state(row), at=at, desk=_desk(row))
    row.paused_at, row.due_at = state.paused_at, None
    row.used_s = int(state.used.total_seconds())
    row.save(update_fields=["paused_at", "due_at", "used_s"])


def _resume(row: Clock, at: datetime) -> None:
    state = clocks.resumed(_state(row), at=at, desk=_desk(row))
    row.paused_at, row.due_at = None, state.due_at
    row.save(update_fields=["paused_at", "due_at"])
    moments = clocks.levels(
        state, since=at, desk=_desk(row), warn_percent=_warn_percent(row.policy_version)
    )
    for level, moment in moments:
        ClockLevel.objects.filter(clock=row, level=level, fired_at=None).update(at=moment)


def _warn_percent(policy: SLAPolicyVersion | None) -> int:
    return policy.warn_percent if policy else 100


def _stop(rows: Sequence[Clock], at: datetime, *, unmarked: bool) -> None:
    """End clocks; a level that nobody marked in time is marked as what it was: past.

    `unmarked`: the ticket has such levels.
    """
    for row in rows:
        state = clocks.stopped(_state(row), at=at)
        row.stopped_at, row.outcome = at, clocks.outcome(state)
    met = [row.pk for row in rows if row.outcome == Outcome.MET]
    if met:
        Clock.objects.filter(pk__in=met).update(stopped_at=at, outcome=Outcome.MET)
    for row in rows:
        if row.outcome == Outcome.MISSED:
            row.breached_at = row.breached_at or row.due_at
            row.save(update_fields=["stopped_at", "outcome", "breached_at"])
    past = [row.pk for row in rows if row.due_at is not None]
    if past and unmarked:
        ClockLevel.objects.filter(clock__in=past, fired_at=None, at__lte=at).update(
            fired_at=F("at"), action="seen_at_stop"
        )
