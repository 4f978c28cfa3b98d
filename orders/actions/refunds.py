"""Refunds: planned with their authorisation, moved under the executor's fence, settled once."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Sum

from common import events, wake
from common.domain.actors import Actor
from common.errors import Refused, gettext_noop
from orders import locks
from orders.actions import stock
from orders.domain.channels import capabilities
from orders.domain.events import OrderEvent
from orders.domain.refunds import (
    Authorisation,
    Cause,
    LineMoney,
    NothingToRefund,
    RefundState,
    amount_for,
    require_move,
)
from orders.domain.stock import EntryKind
from orders.models import Claim, Order, OrderLine, Refund, RefundAttempt

EXECUTOR = Actor.system("refunds")


class MoneyUnderWay(Refused):
    """The refund is already being sent."""

    code = "money_under_way"
    wording = gettext_noop("The refund is already on its way and cannot be taken back.")


class AnotherRefund(Refused):
    """The line's other refund is not at its end: the books know one at a time."""

    code = "another_refund"
    wording = gettext_noop(
        "Another refund of this item is on its way. Decide again when it has arrived."
    )


@dataclass(frozen=True, slots=True)
class Authority:
    """Who said yes: one or two people, or a version of a rule."""

    approved_by_id: int | None = None
    made_by_id: int | None = None
    rule: str = ""
    single_person_shop: bool = False
    valid_for: timedelta = timedelta(hours=72)


def money_of(line: OrderLine) -> LineMoney:
    """Return the line's sums as plain numbers; a line without an amount has nothing to refund."""
    if line.paid is None:
        raise NothingToRefund(asked=1, left=0)
    return LineMoney(
        quantity=line.quantity,
        paid=line.paid,
        refunding_quantity=line.refunding_qty,
        refunding_amount=line.refunding_amount,
        refunded_quantity=line.refunded_qty,
        refunded_amount=line.refunded_amount,
    )


def expected_amount(claim: Claim) -> int:
    """Return what approving this claim would give back now, delivery fee not included."""
    return amount_for(money_of(claim.line), claim.quantity)


def expected_total(claim: Claim) -> int:
    """Return what approving this claim would give back now, with the delivery fee that goes too."""
    line = claim.line
    return expected_amount(claim) + _delivery_due(line.order, claim.quantity)


def authorisation_of(refund: Refund) -> Authorisation:
    """Return what this refund is allowed to do, from the rows as they are now."""
    return Authorisation(
        line_id=refund.line_id,
        claim_id=refund.claim_id,
        claim_version=refund.claim.version,
        kind=refund.kind,
        quantity=refund.quantity,
        amount=refund.amount,
        delivery_amount=refund.delivery_amount,
        reason=refund.claim.reason,
    )


def hold(claim: Claim) -> None:
    """Hold the order and the line of a claim, so that what it would give back stays the same.

    Call it before the claim's line is read, in the transaction that plans the refund.
    """
    locks.hold(Order, OrderLine.objects.values_list("order_id", flat=True).get(pk=claim.line_id))
    locks.hold(OrderLine, claim.line_id)


@transaction.atomic
def plan(*, claim_id: int, authority: Authority, by: Actor, at: datetime) -> Refund:
    """Write the approved refund down; money and units count as on their way from now on."""
    order_id, line_id = Claim.objects.values_list("line__order_id", "line_id").get(pk=claim_id)
    locks.hold(Order, order_id)
    line = locks.lock_line(line_id)
    claim = locks.lock_claim(claim_id)
    if line.refunding_qty:  # where every live refund counts its units
        raise AnotherRefund()
    amount = amount_for(money_of(line), claim.quantity)
    refund = Refund(
        claim=claim,
        line=line,
        kind=capabilities(claim.store.channel).refund_kind,
        quantity=claim.quantity,
        amount=amount,
        delivery_amount=_delivery_due(line.order, claim.quantity),
        made_by_id=authority.made_by_id,
        approved_by_id=authority.approved_by_id,
        single_person_shop=authority.single_person_shop,
        rule=authority.rule,
        authorised_at=at,
        expires_at=at + authority.valid_for,
    )
    refund.digest = authorisation_of(refund).digest
    refund.save()
    _count(refund, refunding=+1)
    events.record(
        OrderEvent.REFUND_PLANNED,
        subject=refund,
        by=by,
        at=at,
        digest=refund.digest,
        claim=claim.pk,
    )
    wake.after_commit("orders.tasks.run_due_refunds")
    return refund


def _delivery_due(order: Order, quantity: int) -> int:
    """Return the delivery fee that goes back with these units.

    All of what is left of it when they are the order's last and nothing was shipped (§18②3:
    what was paid is returned), else nothing.
    """
    left = order.delivery_paid - order.delivery_refunding - order.delivery_refunded
    lines = order.lines.all()
    if left <= 0 or lines.filter(dispatched_at__isnull=False).exists():
        return 0
    sums = lines.aggregate(all=Sum("quantity"), gone=Sum(F("refunding_qty") + F("refunded_qty")))
    return left if sums["all"] - sums["gone"] == quantity else 0


def _count(refund: Refund, *, refunding: int = 0, refunded: int = 0) -> None:
    """Move the line's and the order's sums in one statement each; the database checks them."""
    changes = {
        "refunding_qty": F("refunding_qty") + refunding * refund.quantity,
        "refunding_amount": F("refunding_amount") + refunding * refund.amount,
    }
    if refunded:
        changes |= {
            "refunded_qty": F("refunded_qty") + refunded * refund.quantity,
            "refunded_amount": F("refunded_amount") + refunded * refund.amount,
            "claimed_qty": F("claimed_qty") - refunded * refund.quantity,
        }
    OrderLine.objects.filter(pk=refund.line_id).update(**changes)
    if refund.delivery_amount:
        Order.objects.filter(lines=refund.line_id).update(
            delivery_refunding=F("delivery_refunding") + refunding * refund.delivery_amount,
            delivery_refunded=F("delivery_refunded") + refunded * refund.delivery_amount,
        )


def _locked(refund_id: int, fence: int | None) -> Refund | None:
    """Lock the refund with what it belongs to; None when the lease went to another."""
    refund = locks.lock_refund(refund_id)
    return refund if fence is None or refund.fence == fence else None


@transaction.atomic
def begin_sending(*, refund_id: int, fence: int, before: dict, at: datetime) -> Refund | None:
    """Commit that the operation is about to be sent; None when the fence is no longer ours."""
    refund = _locked(refund_id, fence)
    if refund is None:
        return None
    require_move(RefundState(refund.state), RefundState.SENDING)
    n = refund.tries.count() + 1
    RefundAttempt.objects.create(refund=refund, n=n, fence=fence, sent_at=at)
    refund.state, refund.before, refund.sent_at = RefundState.SENDING, before, at
    refund.save(update_fields=["state", "before", "sent_at"])
    events.record(OrderEvent.REFUND_SENT, subject=refund, by=EXECUTOR, at=at, n=n)
    return refund


@transaction.atomic
def note_answer(
    *, refund_id: int, fence: int, result: str, http_status: int | None, trace_id: str | None
) -> None:
    """Keep what the channel answered to the try made under this fence."""
    RefundAttempt.objects.filter(refund_id=refund_id, fence=fence, result=None).update(
        result=result, http_status=http_status, trace_id=trace_id
    )


@transaction.atomic
def confirm(
    *, refund_id: int, fence: int | None, at: datetime, settled_by: str = "EXECUTOR"
) -> Refund | None:
    """The money went: counters, claim, restock and event in one transaction."""
    refund = _locked(refund_id, fence)
    if refund is None or refund.state == RefundState.CONFIRMED:
        return None
    require_move(RefundState(refund.state), RefundState.CONFIRMED)
    refund.state, refund.settled_at, refund.settled_by = RefundState.CONFIRMED, at, settled_by
    refund.lease_until = None
    refund.save(update_fields=["state", "settled_at", "settled_by", "lease_until"])
    _count(refund, refunding=-1, refunded=+1)
    Claim.objects.filter(pk=refund.claim_id).update(closed_at=at)
    _restock(refund, at)
    events.record(
        OrderEvent.REFUND_CONFIRMED, subject=refund, by=EXECUTOR, at=at, claim=refund.claim_id
    )
    return refund


def _restock(refund: Refund, at: datetime) -> None:
    """Put undispatched units of a counted product back, once per refund."""
    product_id = (
        OrderLine.objects.filter(pk=refund.line_id, dispatched_at=None, product__tracks_stock=True)
        .values_list("product_id", flat=True)
        .first()
    )
    if product_id is not None:
        stock.enter(
            product_id=product_id,
            kind=EntryKind.RESTOCK,
            quantity=refund.quantity,
            at=at,
            refund=refund,
        )


@transaction.atomic
def void(
    *, refund_id: int, cause: Cause, by: Actor, at: datetime, fence: int | None = None
) -> Refund | None:
    """End a refund that was never done; money and units are no longer on their way."""
    return _end(refund_id, fence, RefundState.VOID, OrderEvent.REFUND_VOID, cause, by, at)


@transaction.atomic
def take_back(*, claim_id: int, cause: Cause, by: Actor, at: datetime) -> None:
    """End the refund planned for a claim before it is sent; refuse once it is under way."""
    refund = Refund.objects.live().filter(claim_id=claim_id).first()
    if refund is None:
        raise MoneyUnderWay()
    # Under the lock: a worker may have begun to send since we looked.
    locked = _locked(refund.pk, None)
    if locked is None or locked.state != RefundState.PLANNED:
        raise MoneyUnderWay()
    void(refund_id=refund.pk, cause=cause, by=by, at=at)


@transaction.atomic
def refuse(
    *, refund_id: int, cause: Cause, by: Actor, at: datetime, fence: int | None = None
) -> Refund | None:
    """The channel's business answer is no."""
    return _end(refund_id, fence, RefundState.REFUSED, OrderEvent.REFUND_REFUSED, cause, by, at)


def _end(refund_id, fence, state, event, cause, by, at) -> Refund | None:  # noqa: PLR0913
    refund = _locked(refund_id, fence)
    if refund is None or refund.state == state:
        return None
    require_move(RefundState(refund.state), state)
    refund.state, refund.cause, refund.lease_until = state, cause, None
    refund.save(update_fields=["state", "cause", "lease_until"])
    _count(refund, refunding=-1)
    events.record(event, subject=refund, by=by, at=at, cause=cause, claim=refund.claim_id)
    return refund


def mark_unknown(*, refund_id: int, fence: int) -> None:
    """A SENDING refund came back to us: nobody knows whether it was done. Keeps the lease."""
    Refund.objects.filter(pk=refund_id, fence=fence, state=RefundState.SENDING).update(
        state=RefundState.UNKNOWN
    )


@transaction.atomic
def set_state(
    *, refund_id: int, fence: int, state: RefundState, next_at: datetime | None, why: str = ""
) -> None:
    """Move a live refund to another live state and let the lease go."""
    refund = _locked(refund_id, fence)
    if refund is None:
        return
    if refund.state != state:
        require_move(RefundState(refund.state), state)
    refund.state, refund.next_at, refund.last_error = state, next_at, why[:200]
    refund.lease_until = None
    refund.save(update_fields=["state", "next_at", "last_error", "lease_until"])
    if state is RefundState.NEEDS_HUMAN:
        events.record(
            OrderEvent.REFUND_NEEDS_HUMAN,
            subject=refund,
            by=EXECUTOR,
            at=refund.next_at or refund.authorised_at,
            why=why,
        )
