"""The plain verbs of the desk: take, assign, stop waiting, goods, reopen, resolve, withdraw."""

from datetime import date, datetime, timedelta

from django.db import transaction

from common import events
from common.domain.actors import Actor, ActorKind
from common.errors import Refused, gettext_noop
from common.models import User
from orders.actions import claims, refunds
from orders.domain.refunds import Cause
from tickets import locks
from tickets.actions import authority, decisions, lifecycle, policies
from tickets.actions.calendars import seoul_day
from tickets.domain import states
from tickets.domain.events import TicketEvent
from tickets.domain.states import Kind, Party, Status, Verb
from tickets.models import Ticket


class NotInStore(Refused):
    """Only people of the store can have its tickets."""

    code = "assignee_not_in_store"
    wording = gettext_noop("%(name)s does not work in this store.")


class TooLateToReopen(Refused):
    """The time in which a buyer may ask again is over."""

    code = "too_late_to_reopen"
    wording = gettext_noop("This can be reopened for %(days)s days after it was closed.")


class DayInFuture(Refused):
    """Goods cannot have come back tomorrow."""

    code = "day_in_future"
    wording = gettext_noop("This day has not come yet.")
    status = 400


def take(*, ticket_id: int, by: Actor, at: datetime) -> Ticket:
    """Begin the review of a new ticket; it becomes the taker's."""
    return lifecycle.move(ticket_id=ticket_id, verb=Verb.TAKE, by=by, at=at)


@transaction.atomic
def assign(
    *, ticket_id: int, user_id: int | None, by: Actor, at: datetime, seen_version: int | None = None
) -> Ticket:
    """Give the ticket to somebody of its store, or to nobody. Never changes the status."""
    ticket = locks.lock_ticket(ticket_id)
    decisions.require_version(ticket, seen_version)
    if not authority.parties_of(by, ticket) & {Party.AGENT, Party.LEAD}:
        raise states.NotAllowed(verb="assign")
    if user_id is not None and not authority.roles_in(ticket.store_id, user_id):
        raise NotInStore(name=str(User.objects.get(pk=user_id)))
    ticket.assignee_id = user_id
    ticket.version += 1
    ticket.save(update_fields=["assignee", "version"])
    events.record(TicketEvent.ASSIGNED, subject=ticket, by=by, at=at, assignee=user_id)
    return ticket


def stop_waiting(*, ticket_id: int, by: Actor, at: datetime) -> Ticket:
    """Go on without the buyer's answer; silence never refuses."""
    return lifecycle.move(ticket_id=ticket_id, verb=Verb.STOP_WAITING, by=by, at=at)


def resolve(*, ticket_id: int, by: Actor, at: datetime) -> Ticket:
    """Close an inquiry."""
    return lifecycle.move(ticket_id=ticket_id, verb=Verb.RESOLVE, by=by, at=at)


def accept_return(*, ticket_id: int, by: Actor, at: datetime) -> Ticket:
    """Let the buyer send the goods back."""
    return lifecycle.move(ticket_id=ticket_id, verb=Verb.ACCEPT_RETURN, by=by, at=at)


@transaction.atomic
def goods_back(*, ticket_id: int, on: date, by: Actor, at: datetime) -> Ticket:
    """Book returned goods in; the law's three business days count from that day (§18②1)."""
    ticket = locks.lock_ticket(ticket_id)
    if on > seoul_day(at):
        raise DayInFuture()
    states.require(
        Kind(ticket.kind),
        Status(ticket.status),
        Verb.GOODS_BACK,
        authority.parties_of(by, ticket),
    )
    claims.note_goods_back(claim_id=ticket.the_claim.pk, on=on)
    return lifecycle.move(ticket_id=ticket_id, verb=Verb.GOODS_BACK, by=by, at=at, on=str(on))


def goods_missing(*, ticket_id: int, by: Actor, at: datetime) -> Ticket:
    """Go on with a return whose goods have not come."""
    return lifecycle.move(ticket_id=ticket_id, verb=Verb.GOODS_MISSING, by=by, at=at)


@transaction.atomic
def reopen(*, ticket_id: int, by: Actor, at: datetime) -> Ticket:
    """Take a refused claim or a resolved inquiry up again; refuse when its units are gone."""
    ticket = locks.lock_ticket(ticket_id)
    days = policies.decision_for(ticket.store).reopen_days
    is_late = ticket.closed_at is not None and at > ticket.closed_at + timedelta(days=days)
    if by.kind is ActorKind.BUYER and is_late:
        raise TooLateToReopen(days=days)
    parties = authority.parties_of(by, ticket)
    states.require(Kind(ticket.kind), Status(ticket.status), Verb.REOPEN, parties)
    if ticket.claim_id is not None:
        claims.reopen_claim(claim_id=ticket.claim_id, by=by, at=at)
    return lifecycle.move(ticket_id=ticket_id, verb=Verb.REOPEN, by=by, at=at)


@transaction.atomic
def withdraw(*, ticket_id: int, by: Actor, at: datetime) -> Ticket:
    """The buyer keeps the order after all; possible until the refund is being sent."""
    ticket = locks.lock_ticket(ticket_id)
    parties = authority.parties_of(by, ticket)
    states.require(Kind(ticket.kind), Status(ticket.status), Verb.WITHDRAW, parties)
    if ticket.status == Status.APPROVED:
        refunds.take_back(claim_id=ticket.the_claim.pk, cause=Cause.WITHDRAWN, by=by, at=at)
    return lifecycle.move(ticket_id=ticket_id, verb=Verb.WITHDRAW, by=by, at=at)
