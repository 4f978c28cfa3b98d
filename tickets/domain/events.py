"""What happened to tickets: past facts, by name."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from tickets.domain.states import Verb


class TicketEvent(StrEnum):
    """Names of the facts that tickets record."""

    OPENED = "ticket.opened"
    TAKEN = "ticket.taken"
    ASKED = "ticket.asked"
    BUYER_REPLIED = "ticket.buyer_replied"
    WAITING_STOPPED = "ticket.waiting_stopped"
    APPROVED = "ticket.approved"
    REFUSED = "ticket.refused"
    PROPOSED = "ticket.proposed"
    DECLINED = "ticket.declined"
    RECALLED = "ticket.recalled"
    PROPOSAL_EXPIRED = "ticket.proposal_expired"
    PROPOSAL_VOIDED = "ticket.proposal_voided"
    RETURN_ACCEPTED = "ticket.return_accepted"
    GOODS_CAME_BACK = "ticket.goods_came_back"
    GOODS_WENT_MISSING = "ticket.goods_went_missing"
    WITHDRAWN = "ticket.withdrawn"
    CONVERTED = "ticket.converted"
    FORCED = "ticket.forced"
    ACCEPTED_ELSEWHERE = "ticket.accepted_elsewhere"
    REFUNDED = "ticket.refunded"
    REFUND_REFUSED = "ticket.refund_refused"
    UNDONE = "ticket.undone"
    AMENDED = "ticket.amended"
    SHIPPED_ANYWAY = "ticket.shipped_anyway"
    REOPENED = "ticket.reopened"
    RESOLVED = "ticket.resolved"
    MERGED = "ticket.merged"
    UNMERGED = "ticket.unmerged"
    ASSIGNED = "ticket.assigned"
    MESSAGE_WRITTEN = "message.written"
    NOTE_WRITTEN = "note.written"
    CLOCK_WARNED = "clock.warned"
    CLOCK_BREACHED = "clock.breached"
    STATUTE_INSIDE_PROPOSAL = "proposal.statute_inside"
    REQUEST_RECEIVED = "request.received"
    REQUEST_RESOLVED = "request.resolved"


E, V = TicketEvent, Verb
MOVED: Mapping[Verb, TicketEvent] = MappingProxyType(
    {
        V.OPEN: E.OPENED,
        V.TAKE: E.TAKEN,
        V.ASK: E.ASKED,
        V.BUYER_REPLIES: E.BUYER_REPLIED,
        V.STOP_WAITING: E.WAITING_STOPPED,
        V.APPROVE: E.APPROVED,
        V.REFUSE: E.REFUSED,
        V.PROPOSE: E.PROPOSED,
        V.DECLINE: E.DECLINED,
        V.RECALL: E.RECALLED,
        V.EXPIRE: E.PROPOSAL_EXPIRED,
        V.VOID: E.PROPOSAL_VOIDED,
        V.ACCEPT_RETURN: E.RETURN_ACCEPTED,
        V.GOODS_BACK: E.GOODS_CAME_BACK,
        V.GOODS_MISSING: E.GOODS_WENT_MISSING,
        V.WITHDRAW: E.WITHDRAWN,
        V.SHIPPED: E.CONVERTED,
        V.FORCE: E.FORCED,
        V.ACCEPTED_ELSEWHERE: E.ACCEPTED_ELSEWHERE,
        V.SETTLE: E.REFUNDED,
        V.REFUND_REFUSED: E.REFUND_REFUSED,
        V.UNDO: E.UNDONE,
        V.AMEND: E.AMENDED,
        V.SHIP_ANYWAY: E.SHIPPED_ANYWAY,
        V.REOPEN: E.REOPENED,
        V.RESOLVE: E.RESOLVED,
        V.MERGE: E.MERGED,
        V.UNMERGE: E.UNMERGED,
    }
)


class CannedEvent(StrEnum):
    """Names of the facts about prepared answers."""

    PUBLISHED = "canned.published"
    SWITCHED = "canned.switched"
