"""The queue: what to do next, nearest deadline first."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Prefetch, Q
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.admin.lists import Cell, Column, Filter
from common.admin.words import NOTHING, due_words, locale
from common.domain.masking import mask_name
from common.domain.money import format_money
from orders.actions import refunds
from orders.admin.columns import STORE_FILTER
from orders.domain.refunds import NothingToRefund
from orders.models import Refund
from tickets.admin.words import CLOCKS, KINDS, clock_due_words, reason_label, status_label
from tickets.domain.clocks import ClockKind, Level
from tickets.domain.states import OPEN_STATUSES, TRAITS, Kind, Status
from tickets.models import Clock, ClockLevel, Ticket

ENDED_WITHOUT_MONEY = ("VOID", "REFUSED")
LATE, NEAR = "late", "near"


def for_rows(rows: Any) -> Any:
    """Fetch what the lines show with a constant number of queries."""
    running = Clock.objects.filter(stopped_at=None, paused_at=None).prefetch_related(
        Prefetch(
            "levels",
            queryset=ClockLevel.objects.filter(level=Level.WARNING),
            to_attr="warnings",
        )
    )
    paid_back = Refund.objects.exclude(state__in=ENDED_WITHOUT_MONEY).order_by("-id")
    return rows.for_queue().prefetch_related(
        Prefetch("clocks", queryset=running.order_by("due_at", "id"), to_attr="running"),
        Prefetch("claim__refunds", queryset=paid_back, to_attr="counting"),
    )


@dataclass(frozen=True, slots=True)
class Line:
    """One ticket of the list and the moment the list was made."""

    ticket: Any
    at: datetime


def lines(tickets: Iterable[Ticket], at: datetime) -> list[Line]:
    """Return the lines of the list."""
    return [Line(ticket, at) for ticket in tickets]


def amount_of(ticket: Any) -> int | None:
    """Return what the claim gave back or would give back now; no query for rows of `for_rows`."""
    if ticket.claim is None:
        return None
    for refund in ticket.claim.counting:
        return refund.amount + refund.delivery_amount
    try:
        return refunds.expected_amount(ticket.claim)
    except NothingToRefund:
        return 0


def clock_tone(clock: Any, at: datetime) -> str:
    """Return "late" past the deadline, "near" past its warning, else nothing."""
    if clock.due_at <= at:
        return LATE
    warned = any(level.at <= at for level in clock.warnings)
    return NEAR if warned else ""


def ticket_url(ticket: Ticket) -> str:
    """Return the address of a ticket's page."""
    return reverse("admin:tickets_ticket_change", args=[ticket.pk])


def _clock(line: Line) -> Cell:
    ticket = line.ticket
    if not ticket.running:
        return Cell(_("closed") if ticket.closed_at else _("no deadline"))
    clock = ticket.running[0]
    away = due_words(clock.due_at, line.at)
    return Cell(
        clock_due_words(clock.kind, clock.due_at),
        small=f"{CLOCKS[ClockKind(clock.kind)]} · {away}",
        tone=clock_tone(clock, line.at),
    )


def _status(line: Line) -> Cell:
    trait = TRAITS[Status(line.ticket.status)]
    return Cell(trait.label(locale()), tone=f"label {trait.colour}")


def _number(line: Line) -> Cell:
    ticket = line.ticket
    return Cell(ticket.number, href=ticket_url(ticket))


def _reason(line: Line) -> Cell:
    ticket = line.ticket
    if ticket.claim is None:
        return Cell(ticket.subject or KINDS[Kind(ticket.kind)])
    return Cell(reason_label(ticket.claim.reason))


def _amount(line: Line) -> Cell:
    amount = amount_of(line.ticket)
    if amount is None:
        return Cell("")
    return Cell(format_money(amount, line.ticket.store.currency))


def _buyer(line: Line) -> Cell:
    order = line.ticket.order
    return Cell(mask_name(order.buyer_name) if order else "")


def _product(line: Line) -> Cell:
    claim = line.ticket.claim
    if claim is None:
        return Cell("")
    return Cell(f"{claim.quantity} × {claim.line.product.name}")


def _stock(line: Line) -> Cell:
    if line.ticket.claim is None:
        return Cell("")
    product = line.ticket.claim.line.product
    if not product.tracks_stock:
        return Cell(NOTHING)
    if product.shortage:
        return Cell(str(-product.shortage), tone=LATE)
    return Cell(str(product.on_hand))


def _assignee(line: Line) -> Cell:
    return Cell(str(line.ticket.assignee) if line.ticket.assignee else _("nobody"))


COLUMNS = (
    Column(_("Deadline"), _clock, "nowrap"),
    Column(_("Status"), _status, "nowrap"),
    Column(_("Number"), _number, "head"),
    Column(_("Reason"), _reason, "wide"),
    Column(_("Amount"), _amount, "number"),
    Column(_("Buyer"), _buyer, "nowrap"),
    Column(_("Product"), _product, "wide"),
    Column(_("Stock"), _stock, "number"),
    Column(_("Assignee"), _assignee, "nowrap"),
)


def _states(request: HttpRequest) -> list[tuple[str, Any]]:
    # Whoever searches, or asks for one status, looks beyond what is open.
    beyond = any(request.GET.get(name, "").strip() for name in ("q", "status"))
    choices = [("open", _("open")), ("closed", _("closed"))]
    every = ("all", _("open and closed"))
    return [every, *choices] if beyond else [*choices, every]


def _by_state(rows: Any, value: str, request: HttpRequest) -> Any:
    if value == "all":
        return rows
    return rows.open() if value == "open" else rows.exclude(status__in=OPEN_STATUSES)


def _statuses(request: HttpRequest) -> list[tuple[str, Any]]:
    return [("", _("all statuses")), *((s.value, status_label(s)) for s in Status)]


def _assignees(request: HttpRequest) -> list[tuple[str, Any]]:
    return [("", _("anybody")), ("me", _("me")), ("nobody", _("nobody"))]


def _by_assignee(rows: Any, value: str, request: HttpRequest) -> Any:
    return rows.filter(assignee=request.user.pk if value == "me" else None)


def _kinds(request: HttpRequest) -> list[tuple[str, Any]]:
    return [("", _("all kinds")), *((k.value, label) for k, label in KINDS.items())]


def _lateness(request: HttpRequest) -> list[tuple[str, Any]]:
    return [("", _("any deadline")), ("late", _("late")), ("running", _("not late"))]


def _by_lateness(rows: Any, value: str, request: HttpRequest) -> Any:
    at = timezone.now()
    return rows.filter(next_due_at__lte=at) if value == "late" else rows.filter(next_due_at__gt=at)


FILTERS = (
    Filter("state", _("Open or closed"), _states, _by_state),
    Filter("status", _("Status"), _statuses, lambda rows, value, _r: rows.filter(status=value)),
    Filter("assignee", _("Assignee"), _assignees, _by_assignee),
    Filter("kind", _("Kind"), _kinds, lambda rows, value, _r: rows.filter(kind=value)),
    Filter("late", _("Deadline"), _lateness, _by_lateness),
    STORE_FILTER,
)


def search(rows: Any, words: str) -> Any:
    """Return the tickets with this number, order number or buyer's name."""
    return rows.filter(
        Q(number__icontains=words)
        | Q(order__number__istartswith=words)
        | Q(order__buyer_name__icontains=words)
    )
