"""Claims: they hold units of an order line until they are closed."""

from dataclasses import dataclass, field
from datetime import date, datetime

from django.db import transaction
from django.db.models import F

from common import events
from common.domain.actors import Actor
from common.errors import Refused, gettext_noop
from orders import locks
from orders.domain.events import OrderEvent
from orders.domain.reasons import Reason
from orders.models import Claim, OrderLine, Shipment


class UnitsTaken(Refused):
    """Another open claim or a refund has these units."""

    code = "units_taken"
    wording = gettext_noop(
        "You asked for %(asked)s units; %(free)s are free. An open request has the others: "
        "%(tickets)s"
    )


class AlreadyShipped(Refused):
    """A shipped line is returned, not cancelled."""

    code = "already_shipped"
    wording = gettext_noop("This item has been shipped. It can be returned, not cancelled.")


class ClaimedAtChannel(Refused):
    """The marketplace already has a claim on the line."""

    code = "claimed_at_channel"
    wording = gettext_noop("There is already a claim on this item at the marketplace: %(state)s.")


class BadQuantity(Refused):
    """Not a number of units somebody can ask for."""

    code = "bad_quantity"
    wording = gettext_noop("Choose between 1 and %(most)s units.")
    status = 400


class NoAmount(Refused):
    """Nobody knows what was paid for the line."""

    code = "no_amount"
    wording = gettext_noop("The amount paid for this item is not known; ask the shop.")


@dataclass(frozen=True, slots=True)
class NewClaim:
    """What is claimed: units of a line, why, in whose words and on whose behalf."""

    line_id: int
    quantity: int
    reason: Reason
    origin: Claim.Origin
    type: Claim.Type = Claim.Type.CANCEL
    details: dict[str, str] = field(default_factory=dict)
    # Set by replays and imports, so that the same claim is never made twice.
    source_key: str | None = None


@transaction.atomic
def open_claim(new: NewClaim, *, by: Actor, at: datetime) -> Claim:
    """Hold the claimed units of the line; refuse units that are not free."""
    line = locks.lock_line(new.line_id)
    _check(line, new.quantity, new.type)
    OrderLine.objects.filter(pk=line.pk).update(claimed_qty=F("claimed_qty") + new.quantity)
    claim = Claim.objects.create(
        store_id=line.order.store_id,
        line=line,
        type=new.type,
        source_key=new.source_key,
        quantity=new.quantity,
        reason=new.reason.code,
        reason_by=new.origin,
        fault=new.reason.fault,
        details=new.details,
        requested_at=at,
        origin=new.origin,
    )
    events.record(
        OrderEvent.CLAIM_OPENED, subject=claim, by=by, at=at, line=line.pk, quantity=new.quantity
    )
    return claim


def _check(line: OrderLine, quantity: int, claim_type: Claim.Type) -> None:
    if isinstance(quantity, bool) or not 1 <= quantity <= line.quantity:
        raise BadQuantity(most=line.quantity)
    if line.paid is None:
        raise NoAmount()
    if line.claimed_at_channel:
        raise ClaimedAtChannel(state=line.claimed_at_channel)
    if claim_type is Claim.Type.CANCEL and line.dispatched_at is not None:
        raise AlreadyShipped()
    if quantity > line.units_free:
        raise UnitsTaken(asked=quantity, free=line.units_free, tickets="")


def hindrance(line: OrderLine) -> Refused | None:
    """Return why no unit of the line can be cancelled now, None when one can; for showing only."""
    try:
        _check(line, 1, Claim.Type.CANCEL)
    except Refused as refusal:
        return refusal
    return None


@transaction.atomic
def close_claim(*, claim_id: int, by: Actor, at: datetime, cause: str) -> bool:
    """Let the claim's units go; False when it was closed before."""
    claim = Claim.objects.only("line_id").get(pk=claim_id)
    line = locks.lock_line(claim.line_id)
    claim = locks.lock_claim(claim_id)
    if claim.closed_at is not None:
        return False
    OrderLine.objects.filter(pk=line.pk).update(claimed_qty=F("claimed_qty") - claim.quantity)
    Claim.objects.filter(pk=claim.pk).update(closed_at=at)
    events.record(OrderEvent.CLAIM_CLOSED, subject=claim, by=by, at=at, cause=cause)
    return True


@transaction.atomic
def reopen_claim(*, claim_id: int, by: Actor, at: datetime) -> Claim:
    """Hold the units again, or refuse when somebody else has them by now."""
    claim = Claim.objects.only("line_id").get(pk=claim_id)
    line = locks.lock_line(claim.line_id)
    claim = locks.lock_claim(claim_id)
    if claim.closed_at is None:
        return claim
    _check(line, claim.quantity, Claim.Type(claim.type))
    OrderLine.objects.filter(pk=line.pk).update(claimed_qty=F("claimed_qty") + claim.quantity)
    Claim.objects.filter(pk=claim.pk).update(closed_at=None)
    claim.closed_at = None
    events.record(
        OrderEvent.CLAIM_OPENED, subject=claim, by=by, at=at, line=line.pk, quantity=claim.quantity
    )
    return claim


def note_goods_back(*, claim_id: int, on: date) -> None:
    """Set the day the goods came back."""
    Claim.objects.filter(pk=claim_id).update(goods_back_on=on)


def parcel_under_way(line_id: int) -> bool:
    """Tell whether the desk is announcing a parcel for this line right now."""
    return Shipment.objects.filter(line_id=line_id, state__in=Shipment.LIVE).exists()
