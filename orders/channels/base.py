"""The interface of every channel, keyed by order line. A channel's own words stop at its folder."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from common.errors import Refused, gettext_noop
from orders.domain.channels import Capabilities


class Result(StrEnum):
    """What came of an operation sent to a channel."""

    APPLIED = "APPLIED"
    # A yes that is not final; the channel goes on by itself.
    ACCEPTED = "ACCEPTED"
    ALREADY = "ALREADY"
    REFUSED = "REFUSED"
    UNKNOWN = "UNKNOWN"


@dataclass(frozen=True, slots=True)
class LineRef:
    """Which line, in our ids and the channel's."""

    line_id: int
    channel_line_id: str
    channel_claim_id: str | None = None


@dataclass(frozen=True, slots=True)
class LineSnapshot:
    """A line as the channel shows it now, in our words."""

    ref: LineRef
    quantity: int
    cancelled_quantity: int
    cancelled_amount: int
    shipped: bool = False
    # The claim we want to settle was taken back, or ended by the channel itself.
    withdrawn: bool = False
    forced: bool = False
    # Whether this very operation is done; None where the channel cannot tell.
    operation_done: bool | None = None
    settled_at: datetime | None = None
    raw_state: str = ""

    def as_facts(self) -> dict[str, object]:
        """Return what is worth keeping beside the refund, ready for JSON."""
        facts = asdict(self)
        facts["settled_at"] = self.settled_at.isoformat() if self.settled_at else None
        return facts


@dataclass(frozen=True, slots=True)
class Operation:
    """What to send: identified by `op_id`, so that a channel that knows it does it once."""

    op_id: UUID
    ref: LineRef
    quantity: int
    amount: int
    delivery_amount: int
    reason: str
    # The moment in the past that is replayed; None: it happens now.
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ActionResult:
    """What the channel answered."""

    result: Result
    http_status: int | None = None
    trace_id: str | None = None
    code: str = ""


@dataclass(frozen=True, slots=True)
class Changes:
    """News since a cursor, and the cursor to save once they are stored."""

    lines: Sequence[LineRef] = field(default_factory=tuple)
    cursor: str | None = None


class ChannelError(Refused):
    """The channel could not be asked or did not do it; nothing happened there."""

    code = "channel_error"
    wording = gettext_noop("The channel could not be asked.")
    status = 502


class AuthFailed(ChannelError):
    """Credentials were not accepted (401): proved not done."""


class Forbidden(ChannelError):
    """Address or permission is missing (403): proved not done."""


class Throttled(ChannelError):
    """Too many calls (429): proved not done."""


class Unavailable(ChannelError):
    """Could not be reached for a read."""


class BadRequest(ChannelError):
    """The channel did not understand us."""


class Stale(ChannelError):
    """The line changed meanwhile."""


class Unsupported(ChannelError):
    """This channel has no such operation."""


class Misconfigured(ChannelError):
    """The store's settings cannot work."""


# A write that ended so has certainly not been done.
PROVED_NOT_DONE = (AuthFailed, Forbidden, Throttled)


class Channel(Protocol):
    """What the executor and the sync ask of a channel."""

    slug: str
    capabilities: Capabilities

    def changes(self, cursor: str | None) -> Changes:
        """Return what changed since the cursor."""
        ...

    def fetch(self, refs: Sequence[LineRef], *, op_id: UUID | None = None) -> list[LineSnapshot]:
        """Return the lines as they are now; with `op_id` also whether that operation is done."""
        ...

    def open_claims(self, since: datetime, until: datetime) -> Iterable[LineRef]:
        """Return lines with a claim asked for in this span."""
        ...

    def approve_cancel(self, operation: Operation) -> ActionResult:
        """Give the money back for a claim the buyer made."""
        ...

    def refuse(self, ref: LineRef, *, text: str) -> ActionResult:
        """Say no to a claim, where the channel has that."""
        ...

    def seller_cancel(self, operation: Operation) -> ActionResult:
        """Cancel units by the seller's wish."""
        ...
