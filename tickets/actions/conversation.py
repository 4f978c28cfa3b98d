"""What is said on a ticket: replies, notes, questions, the buyer's words."""

from datetime import datetime, timedelta

from django.db import transaction

from common import events
from common.domain.actors import Actor, ActorKind
from common.errors import Refused, gettext_noop
from tickets import locks
from tickets.actions import authority, clocks, lifecycle, policies
from tickets.domain import states
from tickets.domain.clocks import message_moves
from tickets.domain.events import TicketEvent
from tickets.domain.states import TRAITS, Party, Status, Verb
from tickets.models import Message, Ticket

MAX_LENGTH = 10_000


class EmptyText(Refused):
    """Nothing was said."""

    code = "empty_text"
    wording = gettext_noop("Write something first.")
    status = 400


class TextTooLong(Refused):
    """The text does not fit."""

    code = "text_too_long"
    wording = gettext_noop("Please use at most %(most)s characters.")
    status = 400


class TicketClosed(Refused):
    """A closed ticket takes no more messages from the desk."""

    code = "ticket_closed"
    wording = gettext_noop("This ticket is closed (%(status)s).")


def checked(body: str) -> str:
    """Return the text without control characters and outer space, or refuse it."""
    text = "".join(c for c in body if c in "\n\t" or ord(c) >= 32).strip()
    if not text:
        raise EmptyText()
    if len(text) > MAX_LENGTH:
        raise TextTooLong(most=MAX_LENGTH)
    return text


@transaction.atomic
def reply(
    *, ticket_id: int, body: str, canned_version_id: int | None = None, by: Actor, at: datetime
) -> Message:
    """Answer the buyer; the reply clocks stop. On a closed ticket it is still delivered."""
    ticket = locks.lock_ticket(ticket_id)
    _require_staff(ticket, by, "reply")
    return write_public(ticket=ticket, body=body, by=by, at=at, canned_version_id=canned_version_id)


@transaction.atomic
def note(*, ticket_id: int, body: str, by: Actor, at: datetime) -> Message:
    """Write something that only staff see; no clock moves."""
    ticket = locks.lock_ticket(ticket_id)
    _require_staff(ticket, by, "note")
    return write_note(ticket=ticket, body=body, by=by, at=at)


@transaction.atomic
def ask(
    *, ticket_id: int, body: str, canned_version_id: int | None = None, by: Actor, at: datetime
) -> Ticket:
    """Ask the buyer something and wait for the answer; DECISION stands still, the law runs."""
    ticket = locks.lock_ticket(ticket_id)
    states.require(
        states.Kind(ticket.kind), Status(ticket.status), Verb.ASK, authority.parties_of(by, ticket)
    )
    _add(ticket, Message.Visibility.PUBLIC, body, by, at, canned_version_id)
    return lifecycle.move(ticket_id=ticket_id, verb=Verb.ASK, by=by, at=at)


@transaction.atomic
def buyer_writes(*, ticket_id: int, body: str, at: datetime, channel: str = "WEB") -> Message:
    """Take the buyer's words in; an answer we waited for sends the ticket back into review.

    On a resolved inquiry it reopens it; on any other closed ticket the words are refused here,
    and the page offers a new inquiry.
    """
    ticket = locks.lock_ticket(ticket_id)
    by = Actor.buyer()
    status = Status(ticket.status)
    if not TRAITS[status].is_open and not _may_reopen(ticket, at):
        raise TicketClosed(status=status.value)
    message = _add(ticket, Message.Visibility.PUBLIC, body, by, at, channel=channel)
    if status is Status.WAITING_BUYER:
        lifecycle.move(ticket_id=ticket_id, verb=Verb.BUYER_REPLIES, by=by, at=at)
    elif status is Status.RESOLVED:
        lifecycle.move(ticket_id=ticket_id, verb=Verb.REOPEN, by=by, at=at)
    else:
        _move_reply_clocks(ticket, by, at)
    return message


def _may_reopen(ticket: Ticket, at: datetime) -> bool:
    """Tell whether the buyer's words take a resolved inquiry up again: for some days only."""
    if ticket.status != Status.RESOLVED or ticket.closed_at is None:
        return False
    return at <= ticket.closed_at + timedelta(days=policies.decision_for(ticket.store).reopen_days)


def write_public(
    *, ticket: Ticket, body: str, by: Actor, at: datetime, canned_version_id: int | None = None
) -> Message:
    """Write to the buyer on a ticket whose lock the caller holds."""
    message = _add(ticket, Message.Visibility.PUBLIC, body, by, at, canned_version_id)
    _move_reply_clocks(ticket, by, at)
    return message


def write_note(*, ticket: Ticket, body: str, by: Actor, at: datetime) -> Message:
    """Write a note on a ticket whose lock the caller holds."""
    return _add(ticket, Message.Visibility.NOTE, body, by, at)


def _require_staff(ticket: Ticket, by: Actor, what: str) -> None:
    if not authority.parties_of(by, ticket) & {Party.AGENT, Party.LEAD}:
        raise states.NotAllowed(verb=what)


def _add(  # noqa: PLR0913 - one row's columns
    ticket: Ticket,
    visibility: Message.Visibility,
    body: str,
    by: Actor,
    at: datetime,
    canned_version_id: int | None = None,
    channel: str = "WEB",
) -> Message:
    message = Message.objects.create(
        ticket=ticket,
        store_id=ticket.store_id,
        author_kind=by.kind,
        user_id=by.user_id,
        visibility=visibility,
        channel=channel,
        body=checked(body),
        canned_version_id=canned_version_id,
        at=at,
    )
    is_public = visibility is Message.Visibility.PUBLIC
    events.record(
        TicketEvent.MESSAGE_WRITTEN if is_public else TicketEvent.NOTE_WRITTEN,
        subject=ticket,
        by=by,
        at=at,
        message=message.pk,
        author=by.kind,
    )
    return message


def _move_reply_clocks(ticket: Ticket, by: Actor, at: datetime) -> None:
    running = clocks.active(ticket)
    steps = message_moves(
        by_person=by.kind is ActorKind.STAFF,
        by_buyer=by.kind is ActorKind.BUYER,
        active=frozenset(running),
    )
    clocks.apply(ticket, steps, at=at, running=running)
    if by.kind is ActorKind.BUYER:
        ticket.last_buyer_at = at
    ticket.save(update_fields=["next_due_at", "next_check_at", "last_buyer_at"])
