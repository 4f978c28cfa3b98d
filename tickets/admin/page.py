"""Everything one ticket's page shows, gathered with a constant number of queries."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from common.admin.words import ago_words, locale, moment_words
from common.domain.actors import Actor, ActorKind
from common.domain.masking import mask_email, mask_name, mask_phone
from common.domain.money import format_money
from common.models import User
from orders.admin.words import line_facts, refund_words
from orders.domain.grounds import GROUNDS, GroundCode
from orders.domain.reasons import Detail
from orders.models import Membership, Refund
from tickets.actions import canned
from tickets.admin import acts, history, why
from tickets.admin.queue import amount_of, for_rows, ticket_url
from tickets.admin.words import KINDS, reason_label, status_label, verb_label
from tickets.domain.clocks import Level
from tickets.domain.states import TRAITS, Kind, Status
from tickets.models import BuyerRequest, Clock, Message, Proposal, Ticket

MAX_MESSAGES = 200
MAX_EARLIER = 10
DETAILS = {
    Detail.DESCRIPTION.value: _("Description"),
    Detail.WANTED_OPTION.value: _("Wanted option"),
    Detail.RECEIVED_OPTION.value: _("Received option"),
}

SOURCES: dict[str, Any] = {
    BuyerRequest.Source.WEB: _("web page"),
    BuyerRequest.Source.API: _("API"),
    BuyerRequest.Source.MAIL: _("mail"),
    BuyerRequest.Source.CHANNEL: _("marketplace"),
    BuyerRequest.Source.STAFF: _("staff"),
    BuyerRequest.Source.REPLAY: _("replay of past orders"),
}


@dataclass(frozen=True, slots=True)
class Said:
    """A message as the page shows it."""

    who: str
    what: str
    when: str
    body: str
    css: str


@dataclass(frozen=True, slots=True)
class Earlier:
    """Another ticket of the same buyer."""

    number: str
    href: str
    status: str
    about: str
    when: str


def context_of(ticket: Any, user: User, at: datetime) -> dict[str, Any]:
    """Return the page's facts for this reader. `ticket` comes from `for_rows`."""
    by = Actor.staff(user.pk)
    proposal = Proposal.objects.filter(ticket=ticket, outcome=None).first()
    amount = amount_of(ticket)
    money = "" if amount is None else format_money(amount, ticket.store.currency)
    offered = acts.acts_for(ticket, by, proposal, money)
    refund_rows = _refunds(ticket)
    events = history.events_of(ticket, [refund.pk for refund in refund_rows])
    people = colleagues(ticket)
    return {
        "ticket": ticket,
        "status": status_label(ticket.status),
        "colour": TRAITS[Status(ticket.status)].colour,
        "kind": KINDS[Kind(ticket.kind)],
        "amount": money,
        "acts": offered,
        "decisions": acts.decisions_to_propose(offered),
        "grounds": acts.grounds(),
        "may_write": _may_write(ticket, user, people),
        "may_ask": acts.may_ask(ticket, by),
        "messages_": said(ticket),
        "canned": list(canned.offered_for(ticket)[:100]),
        "clocks": why.explain(clocks_of(ticket), events, at),
        "history": history.entries(events, {person.pk: str(person) for person, _roles in people}),
        "people": [person for person, _roles in people],
        "proposal": _proposal(proposal, at),
        "request_facts": request_facts(ticket),
        "line_facts": line_facts(ticket.claim.line, at) if ticket.claim else [],
        "refunds": [refund_words(refund, ticket.store.currency) for refund in refund_rows],
        "buyer_facts": buyer_facts(ticket),
        "earlier": earlier(ticket, user, at),
        "order_url": _order_url(ticket),
    }


def clocks_of(ticket: Ticket) -> list[Any]:
    """Return every clock of the ticket with its warnings."""
    clocks: list[Any] = list(
        Clock.objects.filter(ticket=ticket)
        .select_related("policy_version__policy", "calendar_version")
        .prefetch_related("levels")
    )
    for clock in clocks:
        clock.warnings = [level for level in clock.levels.all() if level.level == Level.WARNING]
    return clocks


def _order_url(ticket: Ticket) -> str:
    if ticket.order_id is None:
        return ""
    return reverse("admin:orders_order_change", args=[ticket.order_id])


def _refunds(ticket: Ticket) -> list[Refund]:
    if ticket.claim_id is None:
        return []
    rows = Refund.objects.filter(claim_id=ticket.claim_id).select_related("approved_by", "made_by")
    return list(rows.order_by("id")[:20])


def colleagues(ticket: Ticket) -> list[tuple[User, set[str]]]:
    """Return the active people of the ticket's store with their roles, by name."""
    rows = (
        Membership.objects.filter(
            store_id=ticket.store_id, user__is_active=True, user__is_staff=True
        )
        .select_related("user")
        .order_by("user__name", "user_id")[:500]
    )
    found: dict[int, tuple[User, set[str]]] = {}
    for row in rows:
        found.setdefault(row.user_id, (row.user, set()))[1].add(row.role)
    return [entry for entry in found.values() if entry[1] & {"AGENT", "LEAD"}]


def _may_write(ticket: Ticket, user: User, people: Sequence[tuple[User, set[str]]]) -> bool:
    return any(person.pk == user.pk for person, _roles in people)


def said(ticket: Ticket) -> list[Said]:
    """Return the conversation, oldest first."""
    rows = Message.objects.filter(ticket=ticket).select_related("user").order_by("-id")
    return [_said(message) for message in reversed(rows[:MAX_MESSAGES])]


def _said(message: Message) -> Said:
    is_note = message.visibility == Message.Visibility.NOTE
    is_buyer = message.author_kind == ActorKind.BUYER
    kind = ActorKind(message.author_kind)
    who = str(message.user) if message.user else str(history.ACTORS.get(kind, kind.value))
    return Said(
        who=who,
        what=gettext("internal note") if is_note else "",
        when=moment_words(message.at),
        body=message.body,
        css="is-note" if is_note else "is-buyer" if is_buyer else "is-desk",
    )


def _proposal(proposal: Proposal | None, at: datetime) -> dict[str, Any] | None:
    """Return what waits for a second person."""
    if proposal is None:
        return None
    ground = proposal.terms.get("ground", "")
    known = GROUNDS[GroundCode(ground)] if ground in GroundCode.__members__ else None
    return {
        "decision": verb_label(proposal.decision),
        "by": str(proposal.proposed_by),
        "at": moment_words(proposal.proposed_at),
        "until": moment_words(proposal.expires_at),
        "is_over": proposal.expires_at <= at,
        "ground": f"{known.label(locale())} ({known.article})" if known else "",
        "text": proposal.terms.get("text", ""),
        "note": proposal.note,
        "digest": proposal.digest[:12],
    }


def request_facts(ticket: Ticket) -> list[tuple[str, str]]:
    """Return what was asked for, and how."""
    facts = [(gettext("Received"), moment_words(ticket.received_at))]
    claim = ticket.claim
    if claim is not None:
        facts.append((gettext("Reason"), reason_label(claim.reason)))
        facts.append((gettext("Quantity"), str(claim.quantity)))
        facts += [(str(DETAILS.get(name, name)), str(text)) for name, text in claim.details.items()]
        if claim.goods_back_on:
            facts.append((gettext("Goods came back on"), claim.goods_back_on.isoformat()))
    if ticket.request is not None:
        facts.append((gettext("Came by"), str(SOURCES[ticket.request.source])))
    if ticket.refusal_ground in GroundCode.__members__:
        ground = GROUNDS[GroundCode(ticket.refusal_ground)]
        facts.append((gettext("Refused because"), f"{ground.label(locale())} ({ground.article})"))
    return facts


def buyer_facts(ticket: Ticket) -> list[tuple[str, str]]:
    """Return the buyer, masked."""
    order = ticket.order
    if order is None:
        return []
    shown = (
        (gettext("Name"), mask_name(order.buyer_name)),
        (gettext("Phone"), mask_phone(order.phone)),
        (gettext("E-mail"), mask_email(order.email)),
    )
    return [(label, value) for label, value in shown if value]


def earlier(ticket: Ticket, user: User, at: datetime) -> list[Earlier]:
    """Return other tickets of this order or of the same phone in the store, newest first."""
    order = ticket.order
    if order is None:
        return []
    same = Q(order_id=order.pk)
    if order.phone_tail_hmac and order.buyer_name:
        # Four digits alone are many people's.
        same |= Q(
            store_id=ticket.store_id,
            order__phone_tail_hmac=order.phone_tail_hmac,
            order__buyer_name=order.buyer_name,
        )
    rows = Ticket.objects.visible_to(user).filter(same).exclude(pk=ticket.pk)
    rows = rows.select_related("claim__line__product").order_by("-received_at", "-id")
    return [_earlier(row, at) for row in rows[:MAX_EARLIER]]


def _earlier(row: Ticket, at: datetime) -> Earlier:
    about = f"{row.claim.line.product.name} ×{row.claim.quantity}" if row.claim else row.subject
    return Earlier(
        number=row.number,
        href=ticket_url(row),
        status=status_label(row.status),
        about=about,
        when=ago_words(row.received_at, at),
    )


def full(rows: Any) -> Any:
    """Fetch what the page of one ticket shows."""
    return for_rows(rows).select_related(
        "store", "assignee", "request", "order", "claim__line__product", "claim__line__order"
    )
