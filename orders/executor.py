"""The refund executor: claim, read, commit the intent, call, settle. No transaction spans a call.

A kill at any line leaves the row in a state from which the next worker goes on: PLANNED is
read and sent; SENDING under an expired lease is UNKNOWN; UNKNOWN is read back and only sent
again when the channel proves that the operation is not done. No Celery retry ever does this.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from django.db import Error as DatabaseError
from django.db import transaction

from common import leases
from orders.actions import refunds
from orders.channels.base import (
    PROVED_NOT_DONE,
    ActionResult,
    Channel,
    ChannelError,
    LineRef,
    LineSnapshot,
    Operation,
    Result,
)
from orders.channels.registry import channel_for
from orders.domain import protocol
from orders.domain.protocol import Do, Next, Reading
from orders.domain.refunds import Cause, IllegalRefundMove, RefundState
from orders.models import Claim, Refund

log = structlog.get_logger("orders.executor")

WAIT_AFTER_FAILED_READ = timedelta(seconds=15)


@dataclass(frozen=True, slots=True)
class Run:
    """One refund under our lease, its channel, and the moment to write (None: now)."""

    refund: Refund
    channel: Channel
    ref: LineRef
    moment: datetime | None

    @property
    def at(self) -> datetime:
        """Return when things happen: database time, or the replayed moment."""
        return self.moment or leases.db_now()


def run_due(*, limit: int = 20) -> int:
    """Advance every refund that is due; return how many were looked at."""
    looked_at = 0
    for refund in leases.claim(Refund.objects.due(leases.db_now()), limit=limit):
        try:
            advance(refund)
        except Exception:
            # It waits for the end of its lease; the others do not wait for it.
            log.exception("refund_failed", refund=refund.pk)
        looked_at += 1
    return looked_at


def execute(refund: Refund, *, at: datetime) -> None:
    """Advance one refund inline, as of `at`: for replays of history."""
    if leases.take(refund, now=leases.db_now()):
        advance(refund, moment=at)


def advance(refund: Refund, *, moment: datetime | None = None) -> None:
    """Do the next steps of one refund whose lease we hold."""
    step = STEPS.get(RefundState(refund.state))
    if step is None:
        return  # taken back between the look at what is due and our lease
    claim = Claim.objects.select_related("store", "line").get(pk=refund.claim_id)
    refund.claim = claim
    run = Run(
        refund=refund,
        channel=channel_for(claim.store),
        ref=LineRef(claim.line_id, claim.line.line_key, claim.channel_claim_id),
        moment=moment,
    )
    try:
        step(run)
    except IllegalRefundMove:
        # The buyer withdrew between our read and our write: the row has moved on without us.
        log.info("refund_moved_meanwhile", refund=refund.pk)


def _read(run: Run) -> LineSnapshot | None:
    """Look at the line; a failed look is tried again later and changes nothing."""
    try:
        return run.channel.fetch([run.ref], op_id=run.refund.op_id)[0]
    except ChannelError as error:
        _keep(run, RefundState(run.refund.state), WAIT_AFTER_FAILED_READ, why=error.code)
        return None


def _reading(run: Run, snapshot: LineSnapshot) -> Reading:
    # A return is of what was shipped; only a cancellation must not be.
    is_cancel = run.refund.claim.type == Claim.Type.CANCEL
    return Reading(
        done=snapshot.operation_done,
        withdrawn=snapshot.withdrawn,
        forced=snapshot.forced,
        shipped=snapshot.shipped and is_cancel,
    )


def _from_planned(run: Run) -> None:
    snapshot = _read(run)
    if snapshot is None:
        return
    refund = run.refund
    next_ = protocol.before_sending(
        _reading(run, snapshot),
        authorised=refunds.authorisation_of(refund).digest == refund.digest,
        expired=run.at >= refund.expires_at,
    )
    _do(run, next_, snapshot)


def _from_unknown(run: Run) -> None:
    """A worker died or an answer was lost: read back, then decide."""
    refund = run.refund
    if refund.state == RefundState.SENDING:
        refunds.mark_unknown(refund_id=refund.pk, fence=refund.fence)
        refund.state = RefundState.UNKNOWN
    snapshot = _read(run)
    if snapshot is None:
        return
    sends = refund.tries.count()
    _do(run, protocol.after_reading_unknown(_reading(run, snapshot), sends=sends), snapshot)


def _from_accepted(run: Run) -> None:
    """The channel said yes and goes on by itself: look again until it is done."""
    snapshot = _read(run)
    if snapshot is not None and snapshot.operation_done:
        _do(run, Next(Do.CONFIRM), snapshot)
    elif snapshot is not None:
        _keep(run, RefundState.ACCEPTED, WAIT_AFTER_FAILED_READ)


STEPS = {
    RefundState.PLANNED: _from_planned,
    RefundState.SENDING: _from_unknown,
    RefundState.UNKNOWN: _from_unknown,
    RefundState.ACCEPTED: _from_accepted,
}


def _do(run: Run, next_: Next, snapshot: LineSnapshot) -> None:
    refund, fence = run.refund, run.refund.fence
    if next_.do is Do.CONFIRM:
        refunds.confirm(refund_id=refund.pk, fence=fence, at=snapshot.settled_at or run.at)
    elif next_.do is Do.VOID:
        _end(run, refunds.void, next_.cause or Cause.GONE)
    elif next_.do is Do.REFUSE:
        _end(run, refunds.refuse, next_.cause or Cause.REFUSED)
    elif next_.do is Do.SEND:
        _send(run, snapshot)
    else:
        _keep(run, RefundState.NEEDS_HUMAN, timedelta(), why=next_.do)


def _end(run: Run, end: Callable[..., Refund | None], cause: Cause) -> None:
    end(
        refund_id=run.refund.pk,
        fence=run.refund.fence,
        cause=cause,
        by=refunds.EXECUTOR,
        at=run.at,
    )


def _send(run: Run, snapshot: LineSnapshot) -> None:
    """Commit the intent, then call, then settle; each its own transaction."""
    refund = refunds.begin_sending(
        refund_id=run.refund.pk, fence=run.refund.fence, before=snapshot.as_facts(), at=run.at
    )
    if refund is None:
        return
    try:
        answer = run.channel.approve_cancel(_operation(run, refund))
    except PROVED_NOT_DONE as error:
        _not_done(run, protocol.after_proved_not_done(refund.tries.count()), error)
    except (ChannelError, DatabaseError, OSError) as error:
        log.warning("refund_unknown", refund=refund.pk, why=type(error).__name__)
        _keep(run, RefundState.UNKNOWN, timedelta(), why=type(error).__name__)
    else:
        _settle(run, answer)


def _operation(run: Run, refund: Refund) -> Operation:
    return Operation(
        op_id=refund.op_id,
        ref=run.ref,
        quantity=refund.quantity,
        amount=refund.amount,
        delivery_amount=refund.delivery_amount,
        reason=run.refund.claim.reason,
        at=run.moment,
    )


def _settle(run: Run, answer: ActionResult) -> None:
    refund, fence = run.refund, run.refund.fence
    with transaction.atomic():
        refunds.note_answer(
            refund_id=refund.pk,
            fence=fence,
            result=answer.result,
            http_status=answer.http_status,
            trace_id=answer.trace_id,
        )
        if answer.result in (Result.APPLIED, Result.ALREADY):
            refunds.confirm(refund_id=refund.pk, fence=fence, at=run.at)
        elif answer.result is Result.REFUSED:
            _end(run, refunds.refuse, Cause.REFUSED)
        elif answer.result is Result.ACCEPTED:
            _keep(run, RefundState.ACCEPTED, WAIT_AFTER_FAILED_READ)
        else:
            _keep(run, RefundState.UNKNOWN, timedelta(), why=answer.code)


def _not_done(run: Run, next_: Next, error: ChannelError) -> None:
    log.warning("refund_proved_not_done", refund=run.refund.pk, why=type(error).__name__)
    refunds.note_answer(
        refund_id=run.refund.pk,
        fence=run.refund.fence,
        result=type(error).__name__,
        http_status=None,
        trace_id=None,
    )
    if next_.do is Do.VOID:
        _end(run, refunds.void, Cause.TOO_MANY_SENDS)
    else:
        _keep(run, RefundState.PLANNED, next_.wait, why=type(error).__name__)


def _keep(run: Run, state: RefundState, wait: timedelta, why: str = "") -> None:
    refunds.set_state(
        refund_id=run.refund.pk,
        fence=run.refund.fence,
        state=state,
        next_at=run.at + wait,
        why=why,
    )
