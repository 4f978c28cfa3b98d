"""What tickets show on an order's page: its tickets, and the button for the buyer's link."""

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils import timezone

from common.admin.words import ago_words
from orders.access import DECIDERS, has_role_in, person
from orders.models import Order
from tickets.admin.queue import ticket_url
from tickets.admin.words import status_label
from tickets.models import Ticket

MAX_TICKETS = 100


def tools(request: HttpRequest, *, order: Order) -> str:
    """Return the button that makes the buyer's signed link, for those who may."""
    if not has_role_in(request, order.store_id, *DECIDERS):
        return ""
    return render_to_string("admin/tickets/order_tools.html", {"order": order}, request)


def below(request: HttpRequest, *, order: Order) -> str:
    """Return the tickets of the order."""
    at = timezone.now()
    rows = Ticket.objects.visible_to(person(request)).filter(order=order)
    rows = rows.select_related("claim__line__product").order_by("-received_at", "-id")
    shown = [
        {
            "number": row.number,
            "href": ticket_url(row),
            "status": status_label(row.status),
            "about": row.claim.line.product.name if row.claim else row.subject,
            "when": ago_words(row.received_at, at),
        }
        for row in rows[:MAX_TICKETS]
    ]
    return render_to_string("admin/tickets/order_tickets.html", {"tickets": shown}, request)
