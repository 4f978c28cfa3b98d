"""A request comes in: one claim and one ticket per line, one status page for all."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db import transaction

from common import events
from common.domain.actors import Actor, ActorKind
from common.errors import Refused, gettext_noop
from orders import locks as order_locks
from orders.actions import claims, refunds
from orders.actions.claims import NewClaim
from orders.domain import statutes
from orders.domain.channels import capabilities
from orders.domain.reasons import checked_details, reason_for
from orders.domain.refunds import amount_for
from orders.domain.statutes import RefundCase
from orders.models import Claim, Order, OrderLine, Store
from tickets.actions import calendars, conversation, keys, lifecycle, policies
from tickets.actions.lifecycle import NewTicket
from tickets.domain import tokens
from tickets.domain.events import TicketEvent
from tickets.domain.states import Kind
from tickets.models import BuyerRequest, Ticket

MAX_LINES = 100
MAX_SUBJECT = 200


class NothingChosen(Refused):
    """No line was chosen, or one twice."""

    code = "nothing_chosen"
    wording = gettext_noop("Choose at least one item, each once (at most %(most)s).")
    status = 400


class NotThisOrder(Refused):
    """A line of another order."""

    code = "not_this_order"
    wording = gettext_noop("This item does not belong to the order.")
    status = 400


class AskAtMarketplace(Refused):
    """Buyers of a marketplace cancel there."""

    code = "ask_at_marketplace"
    wording = gettext_noop("Please cancel this order where you bought it.")


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants cancelled: units of one line, and why."""

    line_id: int
    quantity: int
    reason: str
    details: dict[str, str] = field(default_factory=dict)
    # Set by replays, so that the same claim is never made twice.
    source_key: str | None = None


@dataclass(frozen=True, slots=True)
class Contact:
    """Where the buyer is told, in which language, and how the request came."""

    email: str = ""
    locale: str = "ko"
    source: str = BuyerRequest.Source.WEB


@dataclass(frozen=True, slots=True)
class Expectation:
    """What happens next and by when, shown before sending and on the status page."""

    amount: int
    decided_by: datetime
    refund_due_on: date
    article: str


@transaction.atomic
def open_request(
    *, order: Order, wishes: Sequence[Wish], contact: Contact, by: Actor, at: datetime
) -> BuyerRequest:
    """Open one ticket per wish, or none at all."""
    by_buyer = by.kind is ActorKind.BUYER
    if by_buyer and not capabilities(order.store.channel).buyer_asks_here:
        raise AskAtMarketplace()
    lines = _lines(order, wishes)
    request = _new_request(order, contact, at)
    if len(lines) > 1:
        # All before the first number is given: the series of numbers is held until we commit, and
        # whoever waits for it may hold one of our lines.
        order_locks.lock_lines(lines)
    for wish in sorted(wishes, key=lambda w: w.line_id):
        _open_one(request, lines[wish.line_id], wish, by, at)
    events.record(
        TicketEvent.REQUEST_RECEIVED, subject=request, by=by, at=at, source=contact.source
    )
    return request


def _lines(order: Order, wishes: Sequence[Wish]) -> dict[int, OrderLine]:
    ids = {wish.line_id for wish in wishes}
    if not wishes or len(ids) != len(wishes) or len(wishes) > MAX_LINES:
        raise NothingChosen(most=MAX_LINES)
    lines = order.lines.select_related("product").in_bulk(ids)
    if len(lines) != len(ids):
        raise NotThisOrder()
    return lines


def _new_request(order: Order, contact: Contact, at: datetime) -> BuyerRequest:
    public_id = uuid.uuid4()
    return BuyerRequest.objects.create(
        public_id=public_id,
        order=order,
        store=order.store,
        token_digest=tokens.digest_of(keys.status_token(public_id)),
        contact=contact.email or order.email,
        locale=contact.locale,
        source=contact.source,
        requested_at=at,
    )


def _open_one(
    request: BuyerRequest, line: OrderLine, wish: Wish, by: Actor, at: datetime
) -> Ticket:
    by_buyer = by.kind is ActorKind.BUYER
    reason = reason_for(wish.reason, by_buyer=by_buyer)
    try:
        claim = claims.open_claim(
            NewClaim(
                line_id=line.pk,
                quantity=wish.quantity,
                reason=reason,
                origin=_origin(by, request.source),
                details=checked_details(reason, wish.details),
                source_key=wish.source_key,
            ),
            by=by,
            at=at,
        )
    except claims.UnitsTaken as refusal:
        raise claims.UnitsTaken(**refusal.facts | {"tickets": _open_numbers(line)}) from None
    return lifecycle.start(
        NewTicket(
            kind=Kind.CANCELLATION,
            store=request.store,
            order=request.order,
            claim=claim,
            request=request,
            subject=line.product.name[:MAX_SUBJECT],
        ),
        by=by,
        at=at,
    )


def _origin(by: Actor, source: str) -> Claim.Origin:
    if source == BuyerRequest.Source.REPLAY:
        return Claim.Origin.REPLAY
    return Claim.Origin.BUYER if by.kind is ActorKind.BUYER else Claim.Origin.STAFF


def _open_numbers(line: OrderLine) -> str:
    open_tickets = Ticket.objects.open().filter(claim__line=line, claim__closed_at=None)
    return ", ".join(open_tickets.order_by("id").values_list("number", flat=True)[:5]) or "-"


@transaction.atomic
def open_inquiry(
    *, order: Order, subject: str, body: str, contact: Contact, by: Actor, at: datetime
) -> BuyerRequest:
    """Open an inquiry about an order, with its first words."""
    text = conversation.checked(body)
    request = _new_request(order, contact, at)
    ticket = lifecycle.start(
        NewTicket(
            kind=Kind.INQUIRY,
            store=order.store,
            order=order,
            request=request,
            subject=" ".join(subject.split())[:MAX_SUBJECT],
        ),
        by=by,
        at=at,
    )
    conversation.write_public(ticket=ticket, body=text, by=by, at=at)
    events.record(
        TicketEvent.REQUEST_RECEIVED, subject=request, by=by, at=at, source=contact.source
    )
    return request


@transaction.atomic
def open_return_after_shipping(*, ticket: Ticket, by: Actor, at: datetime) -> Ticket:
    """A cancellation whose parcel had left becomes a return of the same units."""
    old = ticket.the_claim
    claim = claims.open_claim(
        NewClaim(
            line_id=old.line_id,
            quantity=old.quantity,
            reason=reason_for(old.reason, by_buyer=False),
            origin=Claim.Origin(old.origin),
            type=Claim.Type.RETURN,
            details=old.details,
        ),
        by=by,
        at=at,
    )
    return lifecycle.start(
        NewTicket(
            kind=Kind.RETURN,
            store=ticket.store,
            order=ticket.order,
            claim=claim,
            request=ticket.request,
            subject=ticket.subject,
            parent=ticket,
        ),
        by=by,
        at=at,
    )


def expectation(*, store: Store, line: OrderLine, quantity: int, at: datetime) -> Expectation:
    """Return what a request sent at `at` would lead to; the line's units must be free."""
    version = calendars.version_for(store)
    target = timedelta(minutes=policies.sla_for(store).decision_minutes)
    due = statutes.refund_due(
        case=RefundCase.NOT_SUPPLIED_WITHDRAWN, trigger_date=calendars.seoul_day(at)
    )
    return Expectation(
        amount=amount_for(refunds.money_of(line), quantity),
        decided_by=calendars.desk_of(version.pk).add(at, target),
        refund_due_on=due.value,
        article=due.article,
    )
