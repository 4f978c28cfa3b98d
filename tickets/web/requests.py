"""The status page of a request, and the page right after sending it."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from common import slots
from tickets.actions import keys
from tickets.models import Ticket
from tickets.web import again, once, progress, session
from tickets.web.again import Typed
from tickets.web.forms import TextForm
from tickets.web.pages import reads

AFTER = "request.after"


@reads
def show(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show where each ticket of the request stands."""
    buyer_request = session.request_from_session(request, public_id)
    views = progress.of_request(buyer_request, at=timezone.now())
    typed = again.take(request)
    context = {
        "store": buyer_request.store,
        "buyer_request": buyer_request,
        "items": [(view, _form(view.ticket, typed)) for view in views],
        "after": slots.render(AFTER, request, buyer_request=buyer_request),
        "held_order": session.holds_order(request, buyer_request),
    }
    return render(request, "tickets/request.html", context)


def _form(ticket: Ticket, typed: Typed) -> TextForm:
    """Return the ticket's form, with what was typed in it when it could not be taken."""
    return TextForm(
        typed.data if typed.form == ticket.number else None,
        initial={"key": once.new_key()},
        # Several forms on one page: their fields need names of their own for labels.
        auto_id=f"{ticket.number}-%s",
    )


@reads
def sent(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Say that it has arrived: the numbers, and the address to come back to."""
    buyer_request = session.request_from_session(request, public_id)
    context = {
        "store": buyer_request.store,
        "buyer_request": buyer_request,
        "tickets": buyer_request.tickets.select_related("claim").order_by("id"),
        "link": keys.status_link(buyer_request),
    }
    return render(request, "tickets/sent.html", context)
