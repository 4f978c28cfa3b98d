"""The life of a ticket: the only writer of `status`."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import F

from common import events
from common.domain.actors import Actor, ActorKind
from orders.actions import claims
from orders.models import Claim, Order, Store
from tickets import locks
from tickets.actions import authority, clocks
from tickets.actions.calendars import SEOUL
from tickets.domain import states
from tickets.domain.clocks import moves
from tickets.domain.events import MOVED, TicketEvent
from tickets.domain.numbers import ticket_number
from tickets.domain.states import TRAITS, Kind, Status, Verb
from tickets.models import BuyerRequest, NumberSeries, Proposal, Ticket

DECISIONS = frozenset({Verb.APPROVE, Verb.REFUSE, Verb.ACCEPTED_ELSEWHERE, Verb.FORCE})
# The refund's own confirmation closes the claim; a parcel or a withdrawal lets the units go.
SETTLED = frozenset({Verb.SETTLE, Verb.FORCE})
# Every column that a move may change.
WRITTEN = (
    "status", "version", "closed_at", "decided_at", "decided_by", "decided_by_kind",
    "auto_approved", "assignee", "last_buyer_at", "next_due_at", "next_check_at",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class NewTicket:
    """What a ticket belongs to when it is opened."""

    kind: Kind
    store: Store
    order: Order | None = None
    claim: Claim | None = None
    request: BuyerRequest | None = None
    subject: str = ""
    parent: Ticket | None = None


@transaction.atomic
def start(new: NewTicket, *, by: Actor, at: datetime) -> Ticket:
    """Open a ticket in RECEIVED with its clocks."""
    ticket = Ticket(
        number=_next_number(new.kind, at.astimezone(SEOUL).year),
        kind=new.kind,
        store=new.store,
        order=new.order,
        claim=new.claim,
        request=new.request,
        subject=new.subject,
        parent=new.parent,
        received_at=at,
        last_buyer_at=at if by.kind is ActorKind.BUYER else None,
    )
    status = states.require(new.kind, None, Verb.OPEN, authority.parties_of(by, ticket))
    ticket.status = status
    ticket.save()
    steps = moves(new.kind, Verb.OPEN, None, status, frozenset())
    clocks.apply(ticket, steps, at=at, running={}, is_new=True)
    ticket.save(update_fields=["next_due_at", "next_check_at"])
    events.record(TicketEvent.OPENED, subject=ticket, by=by, at=at, status=status, kind=new.kind)
    return ticket


def _next_number(kind: Kind, year: int) -> str:
    series = NumberSeries.objects.filter(kind=kind, year=year)
    if not series.update(last=F("last") + 1):
        NumberSeries.objects.get_or_create(kind=kind, year=year)
        series.update(last=F("last") + 1)
    n = series.values_list("last", flat=True).get()
    return ticket_number(kind, year, n)


@dataclass(frozen=True, slots=True)
class ProposalEnd:
    """How the proposal that waited came to its end, and by whose decision."""

    result: str = Proposal.Result.VOID
    decided_by_id: int | None = None


# Nobody decided it: whatever moved the ticket made it void.
VOIDED = ProposalEnd()


@transaction.atomic
def move(
    *,
    ticket_id: int,
    verb: Verb,
    by: Actor,
    at: datetime,
    proposal: ProposalEnd = VOIDED,
    **data: object,
) -> Ticket:
    """Move a ticket along its life; refuse what the table lacks or does not allow this actor.

    `data` (ids, codes) is kept with the event. What a verb needs beyond the table is checked
    by the action that calls this under the same lock.
    """
    ticket = locks.lock_ticket(ticket_id)  # what the page showed may be stale by now
    return move_held(ticket=ticket, verb=verb, by=by, at=at, proposal=proposal, **data)


def move_held(
    *,
    ticket: Ticket,
    verb: Verb,
    by: Actor,
    at: datetime,
    proposal: ProposalEnd = VOIDED,
    **data: object,
) -> Ticket:
    """Move a ticket as `move` does; the caller locked it in this transaction and changed nothing.

    For actions that have just read it themselves, so that it is not read twice.
    """
    before = Status(ticket.status)
    parties = authority.parties_of(by, ticket)
    after = states.require(Kind(ticket.kind), before, verb, parties)
    if before is Status.WAITING_APPROVAL and after is not before:
        _close_proposal(ticket, proposal, at)
    _write(ticket, _Change(verb, before, after), by, at)
    events.record(MOVED[verb], subject=ticket, by=by, at=at, before=before, after=after, **data)
    if not TRAITS[after].is_open:
        _after_closing(ticket, verb, by, at)
    elif verb is Verb.REOPEN and ticket.request_id is not None:
        BuyerRequest.objects.filter(pk=ticket.request_id).update(resolved_at=None)
    return ticket


@dataclass(frozen=True, slots=True)
class _Change:
    verb: Verb
    before: Status
    after: Status


def _write(ticket: Ticket, change: _Change, by: Actor, at: datetime) -> None:
    verb, before, after = change.verb, change.before, change.after
    ticket.status = after
    ticket.version += 1
    ticket.closed_at = None if TRAITS[after].is_open else at
    if verb in DECISIONS or (verb is Verb.SETTLE and before is not Status.APPROVED):
        ticket.decided_at, ticket.decided_by_id = at, by.user_id
        ticket.decided_by_kind = by.kind
        ticket.auto_approved = ticket.auto_approved or by.kind is ActorKind.RULE
    if verb is Verb.TAKE:
        ticket.assignee_id = by.user_id
    if by.kind is ActorKind.BUYER:
        ticket.last_buyer_at = at
    running = clocks.active(ticket)
    steps = moves(Kind(ticket.kind), verb, before, after, frozenset(running))
    clocks.apply(ticket, steps, at=at, running=running)
    ticket.save(update_fields=WRITTEN)


def _close_proposal(ticket: Ticket, end: ProposalEnd, at: datetime) -> None:
    Proposal.objects.filter(ticket=ticket, outcome=None).update(
        outcome=end.result, decided_at=at, decided_by_id=end.decided_by_id
    )


def _after_closing(ticket: Ticket, verb: Verb, by: Actor, at: datetime) -> None:
    if ticket.claim_id is not None and verb not in SETTLED:
        claims.close_claim(claim_id=ticket.claim_id, by=by, at=at, cause=ticket.status)
    # A cancellation whose parcel left goes on as a return: the request is not at its end.
    if ticket.request_id is not None and verb is not Verb.SHIPPED:
        _resolve_request(ticket.request_id, ticket, by, at)


def _resolve_request(request_id: int, ticket: Ticket, by: Actor, at: datetime) -> None:
    """The closing of a request's last open ticket resolves it, once."""
    request = locks.lock_request(request_id)
    if request.resolved_at is not None:
        return
    tickets = list(request.tickets.values_list("kind", "status"))
    if any(TRAITS[Status(status)].is_open for _, status in tickets):
        return
    BuyerRequest.objects.filter(pk=request.pk).update(resolved_at=at)
    outcomes = {status for kind, status in tickets if kind != Kind.INQUIRY}
    outcome = Status.REFUNDED if Status.REFUNDED in outcomes else ticket.status
    events.record(
        TicketEvent.REQUEST_RESOLVED,
        subject=request,
        by=by,
        at=at,
        outcome=outcome,
        ticket_id=ticket.pk,
        source=request.source,
    )
