"""The refund's own life, and how much it is. Pure; the executor and the database obey it."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from types import MappingProxyType

from common.errors import Refused, gettext_noop


class RefundState(StrEnum):
    """Where the money is."""

    PLANNED = "PLANNED"
    SENDING = "SENDING"
    ACCEPTED = "ACCEPTED"
    UNKNOWN = "UNKNOWN"
    NEEDS_HUMAN = "NEEDS_HUMAN"
    CONFIRMED = "CONFIRMED"
    REFUSED = "REFUSED"
    VOID = "VOID"


class RefundKind(StrEnum):
    """How the money goes back. DIRECT, APPROVE and RETURN may be sent again when proved undone."""

    DIRECT = "DIRECT"
    APPROVE = "APPROVE"
    SELLER_CANCEL = "SELLER_CANCEL"
    RETURN = "RETURN"
    OFF_PLATFORM = "OFF_PLATFORM"
    OBSERVED = "OBSERVED"


class Cause(StrEnum):
    """Why a refund ended without money; the ticket's next step follows from it."""

    WITHDRAWN = "WITHDRAWN"
    FORCED = "FORCED"
    SHIPPED = "SHIPPED"
    EXPIRED = "EXPIRED"
    UNDONE = "UNDONE"
    REFUSED = "REFUSED"
    GONE = "GONE"
    TOO_MANY_SENDS = "TOO_MANY_SENDS"


S = RefundState
LIVE = frozenset({S.PLANNED, S.SENDING, S.ACCEPTED, S.UNKNOWN, S.NEEDS_HUMAN})
FINAL = frozenset({S.CONFIRMED, S.REFUSED, S.VOID})
MAX_SENDS = 3

# states.md, "States of a refund". From a state to every state it may go to.
MOVES: Mapping[RefundState, frozenset[RefundState]] = MappingProxyType(
    {
        S.PLANNED: frozenset({S.SENDING, S.CONFIRMED, S.VOID, S.NEEDS_HUMAN}),
        S.SENDING: frozenset({S.ACCEPTED, S.CONFIRMED, S.REFUSED, S.PLANNED, S.VOID, S.UNKNOWN}),
        S.ACCEPTED: frozenset({S.CONFIRMED, S.REFUSED, S.NEEDS_HUMAN}),
        S.UNKNOWN: frozenset({S.CONFIRMED, S.SENDING, S.REFUSED, S.NEEDS_HUMAN}),
        S.NEEDS_HUMAN: frozenset({S.CONFIRMED, S.REFUSED}),
        S.CONFIRMED: frozenset(),
        S.REFUSED: frozenset(),
        S.VOID: frozenset(),
    }
)


class IllegalRefundMove(Refused):
    """The refund's table has no such step."""

    code = "illegal_refund_move"
    wording = gettext_noop("This refund is %(state)s and cannot become %(wanted)s.")


class NothingToRefund(Refused):
    """More was asked for than is left of the line."""

    code = "nothing_to_refund"
    wording = gettext_noop("You asked for %(asked)s units; %(left)s are left on this order line.")


def require_move(state: RefundState, wanted: RefundState) -> None:
    """Refuse a step that the table does not have."""
    if wanted not in MOVES[state]:
        raise IllegalRefundMove(state=state.value, wanted=wanted.value)


@dataclass(frozen=True, slots=True)
class LineMoney:
    """What moved on an order line so far, in units and minor units of the currency."""

    quantity: int
    paid: int
    refunding_quantity: int = 0
    refunding_amount: int = 0
    refunded_quantity: int = 0
    refunded_amount: int = 0

    @property
    def units_left(self) -> int:
        """Units that no refund has taken yet."""
        return self.quantity - self.refunding_quantity - self.refunded_quantity


def refunded_after(money: LineMoney, cancelled: int) -> int:
    """Return what is refunded in sum once `cancelled` units are: floor(paid x k / n)."""
    return money.paid * cancelled // money.quantity


def amount_for(money: LineMoney, quantity: int) -> int:
    """Return what cancelling `quantity` more units gives back, or refuse.

    Cumulative, so that parts add up to the whole whatever the order they come in.
    """
    if isinstance(quantity, bool) or quantity < 1 or quantity > money.units_left:
        raise NothingToRefund(asked=quantity, left=money.units_left)
    gone = money.refunding_quantity + money.refunded_quantity
    due = refunded_after(money, gone + quantity)
    return max(0, due - money.refunding_amount - money.refunded_amount)


@dataclass(frozen=True, slots=True)
class Authorisation:
    """What exactly was approved; the executor sends nothing that differs from it."""

    line_id: int
    claim_id: int
    claim_version: int
    kind: str
    quantity: int
    amount: int
    delivery_amount: int
    reason: str

    @property
    def digest(self) -> str:
        """Return a SHA-256 over every field."""
        text = json.dumps(asdict(self), sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()
