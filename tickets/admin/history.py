"""What happened to a ticket, in words: who, what, when."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from common.admin.words import moment_words
from common.domain.actors import ActorKind
from common.models import Event
from orders.domain.events import OrderEvent
from orders.domain.grounds import GROUNDS, GroundCode
from tickets.admin.words import CLOCKS, locale, verb_label
from tickets.domain.clocks import ClockKind
from tickets.domain.events import TicketEvent as E
from tickets.models import Ticket

MAX_EVENTS = 300
WORDS: dict[str, Any] = {
    E.OPENED: _("Received"),
    E.TAKEN: _("Review started"),
    E.ASKED: _("Asked the buyer"),
    E.BUYER_REPLIED: _("The buyer answered"),
    E.WAITING_STOPPED: _("Went on without an answer"),
    E.APPROVED: _("Approved"),
    E.REFUSED: _("Refused"),
    E.PROPOSED: _("Proposed to another person"),
    E.DECLINED: _("Proposal declined"),
    E.RECALLED: _("Proposal taken back"),
    E.PROPOSAL_EXPIRED: _("Proposal expired"),
    E.PROPOSAL_VOIDED: _("Proposal void: the request changed"),
    E.RETURN_ACCEPTED: _("Return accepted, waiting for the goods"),
    E.GOODS_CAME_BACK: _("Goods came back"),
    E.GOODS_WENT_MISSING: _("Went on without the goods"),
    E.WITHDRAWN: _("Withdrawn by the buyer"),
    E.CONVERTED: _("Shipped: became a return"),
    E.FORCED: _("Cancelled by the marketplace"),
    E.ACCEPTED_ELSEWHERE: _("Approved in the seller centre"),
    E.REFUNDED: _("Refunded"),
    E.REFUND_REFUSED: _("The refund did not happen"),
    E.UNDONE: _("Approval undone"),
    E.AMENDED: _("Request changed"),
    E.SHIPPED_ANYWAY: _("Shipped anyway"),
    E.REOPENED: _("Reopened"),
    E.RESOLVED: _("Resolved"),
    E.MERGED: _("Merged"),
    E.UNMERGED: _("Unmerged"),
    E.ASSIGNED: _("Assigned"),
    E.MESSAGE_WRITTEN: _("Message"),
    E.NOTE_WRITTEN: _("Internal note"),
    E.CLOCK_WARNED: _("Deadline near"),
    E.CLOCK_BREACHED: _("Deadline missed"),
    E.STATUTE_INSIDE_PROPOSAL: _("A legal date falls due while this waits for approval"),
    OrderEvent.REFUND_PLANNED: _("Refund planned"),
    OrderEvent.REFUND_SENT: _("Refund sent"),
    OrderEvent.REFUND_CONFIRMED: _("Refund confirmed"),
    OrderEvent.REFUND_REFUSED: _("Refund refused"),
    OrderEvent.REFUND_VOID: _("Refund not done"),
    OrderEvent.REFUND_NEEDS_HUMAN: _("The refund needs a person"),
}
ACTORS = {
    ActorKind.BUYER: _("Buyer"),
    ActorKind.CHANNEL: _("Marketplace"),
    ActorKind.SYSTEM: _("Desk"),
    ActorKind.RULE: _("Rule"),
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the history."""

    when: str
    who: str
    what: str


def events_of(ticket: Ticket, refund_ids: Sequence[int]) -> list[Event]:
    """Return what happened to a ticket and to its refunds, oldest first."""
    about = Q(subject_type="tickets.ticket", subject_id=ticket.pk)
    if refund_ids:
        about |= Q(subject_type="orders.refund", subject_id__in=refund_ids)
    newest = Event.objects.filter(about).select_related("actor_user").order_by("-id")
    return list(reversed(newest[:MAX_EVENTS]))


def entries(events: Sequence[Event], names: dict[int, str]) -> list[Entry]:
    """Return the history, newest first. `names`: people by id, for what was assigned."""
    return [
        Entry(moment_words(event.happened_at), who(event), _what(event, names))
        for event in reversed(events)
    ]


def who(event: Event) -> str:
    """Return who did it."""
    if event.actor_user is not None:
        return str(event.actor_user)
    kind = ActorKind(event.actor_kind)
    words = str(ACTORS.get(kind, kind.value))
    return f"{words} {event.actor_ref}" if kind is ActorKind.RULE else words


def _what(event: Event, names: dict[int, str]) -> str:
    words = str(WORDS.get(event.name, event.name))
    detail = _detail(event, names)
    return f"{words}: {detail}" if detail else words


def _detail(event: Event, names: dict[int, str]) -> str:
    data: dict[str, Any] = event.data
    if event.name == E.ASSIGNED:
        return names.get(data.get("assignee") or 0, gettext("nobody"))
    if "clock" in data and data["clock"] in ClockKind.__members__:
        return str(CLOCKS[ClockKind(data["clock"])])
    if data.get("ground") in GroundCode.__members__:
        return GROUNDS[GroundCode(data["ground"])].label(locale())
    if event.name == E.PROPOSED:
        return verb_label(data.get("decision", ""))
    if event.name == E.APPROVED and data.get("single_person_shop"):
        return gettext("one-person shop")
    return ""
