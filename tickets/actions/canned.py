"""Prepared answers: offered in a ticket, filled with that ticket's facts."""

from datetime import timedelta

from django.db.models import Q, QuerySet
from django.utils import translation
from django.utils.formats import date_format

from common.domain.money import format_money
from common.models import User
from orders.actions import refunds
from orders.domain.refunds import NothingToRefund
from tickets.actions import keys
from tickets.actions.calendars import SEOUL
from tickets.domain import canned
from tickets.domain.clocks import ClockKind
from tickets.models import CannedResponseVersion, Clock, Ticket


def offered_for(ticket: Ticket) -> QuerySet[CannedResponseVersion]:
    """Return the newest published version of each active answer of the ticket's store."""
    newest = (
        CannedResponseVersion.objects.published()
        .filter(response__is_active=True)
        .filter(Q(response__store=ticket.store_id) | Q(response__store=None))
        .order_by("response__name", "response_id", "-number")
        .select_related("response")
    )
    seen: dict[int, int] = {}
    for version in newest[:500]:
        seen.setdefault(version.response_id, version.pk)
    return newest.filter(pk__in=seen.values())


def fill(*, version: CannedResponseVersion, ticket: Ticket, agent: User) -> str:
    """Return the answer in the buyer's language with this ticket's facts."""
    locale = ticket.request.locale if ticket.request else "ko"
    text = version.text_en if locale.startswith("en") and version.text_en else version.text_ko
    with translation.override(locale):
        return canned.fill(text, facts_of(ticket, agent))


def facts_of(ticket: Ticket, agent: User) -> dict[str, str]:
    """Return the value of every placeholder; what this ticket does not have is empty."""
    claim, order = ticket.claim, ticket.order
    facts = dict.fromkeys(canned.PLACEHOLDERS, "")
    facts |= {
        "ticket_number": ticket.number,
        "store_name": ticket.store.name,
        "agent_name": agent.name,
        "status_link": keys.status_link(ticket.request) if ticket.request else "",
    }
    if order is not None:
        facts |= {"buyer_name": order.buyer_name, "order_number": order.number}
    if claim is not None:
        facts |= {
            "product_name": claim.line.product.name,
            "quantity": str(claim.quantity),
            "amount": format_money(amount_of(ticket), ticket.store.currency),
        }
    return facts | _deadlines(ticket)


def amount_of(ticket: Ticket) -> int:
    """Return what this claim gave back, or would give back now."""
    refund = ticket.the_claim.refunds.exclude(state__in=("VOID", "REFUSED")).order_by("-id").first()
    if refund is not None:
        return refund.amount + refund.delivery_amount
    try:
        return refunds.expected_amount(ticket.the_claim)
    except NothingToRefund:
        return 0


def _deadlines(ticket: Ticket) -> dict[str, str]:
    clocks = {row.kind: row for row in Clock.objects.filter(ticket=ticket).order_by("round")}
    facts: dict[str, str] = {}
    statute, decision = clocks.get(ClockKind.STATUTE), clocks.get(ClockKind.DECISION)
    if statute and statute.due_at:
        # Due at 24:00: the last day is the one before that midnight.
        last_day = (statute.due_at - timedelta(seconds=1)).astimezone(SEOUL)
        facts["refund_due_on"] = date_format(last_day, "DATE_FORMAT")
    if decision and decision.due_at:
        facts["decision_due_at"] = date_format(decision.due_at.astimezone(SEOUL), "DATETIME_FORMAT")
    return facts
