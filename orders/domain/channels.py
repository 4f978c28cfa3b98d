"""What each channel can do, in our words."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from common.errors import Refused, gettext_noop
from orders.domain.refunds import RefundKind


class Refusing(StrEnum):
    """How a channel lets a seller say no."""

    NONE = "NONE"
    BY_DISPATCH = "BY_DISPATCH"
    EXPLICIT = "EXPLICIT"


class Partial(StrEnum):
    """The smallest thing a channel can cancel."""

    LINE = "LINE"
    QUANTITY = "QUANTITY"
    AMOUNT = "AMOUNT"


class Feed(StrEnum):
    """How news come from a channel."""

    NONE = "NONE"
    POLL = "POLL"
    WEBHOOK = "WEBHOOK"


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a channel offers. `answer_hours` is None where it sets no deadline."""

    refund_kind: RefundKind
    refusing: Refusing
    partial: Partial
    feed: Feed
    asynchronous: bool
    answer_hours: int | None = None
    # The buyer asks on the desk's own pages; elsewhere the page says where.
    buyer_asks_here: bool = False


CAPABILITIES: Mapping[str, Capabilities] = MappingProxyType(
    {
        # The shop's own site: the desk's ledger is the system of record.
        "direct": Capabilities(
            refund_kind=RefundKind.DIRECT,
            refusing=Refusing.EXPLICIT,
            partial=Partial.QUANTITY,
            feed=Feed.NONE,
            asynchronous=False,
            buyer_asks_here=True,
        ),
    }
)


class UnknownChannel(Refused):
    """The store names a channel that this desk does not have."""

    code = "unknown_channel"
    wording = gettext_noop("There is no channel '%(channel)s'.")


def capabilities(channel: str) -> Capabilities:
    """Return what the channel can do, or refuse."""
    try:
        return CAPABILITIES[channel]
    except KeyError:
        raise UnknownChannel(channel=channel) from None
