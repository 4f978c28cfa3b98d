"""The order's page: its lines and what each may still do."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from common.domain.masking import mask_name
from orders.domain.channels import capabilities
from tickets.actions.calendars import seoul_day
from tickets.web import lines, session
from tickets.web.pages import reads


@reads
def show(request: HttpRequest) -> HttpResponse:
    """Show the order that this browser holds, with the requests about it."""
    order = session.order_from_session(request)
    views, tickets = lines.of_order(order, today=seoul_day(timezone.now()))
    context = {
        "store": order.store,
        "order": order,
        "buyer": mask_name(order.buyer_name),
        "lines": views,
        "tickets": tickets,
        "can_cancel": any(line.can_cancel for line in views),
        "asks_here": capabilities(order.store.channel).buyer_asks_here,
    }
    return render(request, "tickets/order.html", context)
