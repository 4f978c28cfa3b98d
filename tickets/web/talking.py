"""What a buyer does on the status page: answer, withdraw, ask to look again."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from common.addresses import address_of
from common.domain.actors import Actor
from tickets.actions import conversation, limits, verbs
from tickets.actions.verbs import Terms
from tickets.domain.states import IllegalTransition, Status, Verb
from tickets.models import BuyerRequest, Ticket
from tickets.web import again, once, progress, session, words
from tickets.web.forms import TextForm
from tickets.web.pages import reads_and_writes, writes


@writes
def answer(request: HttpRequest, public_id: UUID, ticket_id: UUID) -> HttpResponse:
    """Take the buyer's words in, once per page shown."""
    buyer_request, ticket = _ticket(request, public_id, ticket_id)
    page = _page(buyer_request, ticket)
    form = TextForm(request.POST)
    if not form.is_valid():
        return again.keep(request, page, form=ticket.number)
    try:
        _write(request, ticket, form.cleaned_data)
    except conversation.TicketClosed as refusal:
        # Closed while it was being written: the words go on as a question.
        question = reverse("tickets:request-question", kwargs={"public_id": public_id})
        return again.keep(request, question, field="text", problem=words.said(refusal))
    return redirect(page)


def _write(request: HttpRequest, ticket: Ticket, given: dict[str, str]) -> None:
    now = timezone.now()
    scope = f"web-answer:{ticket.pk}"
    limits.count_message(address=address_of(request), request_pk=ticket.request_id, at=now)

    def work() -> UUID:
        conversation.buyer_writes(ticket_id=ticket.pk, body=given["text"], at=now)
        return ticket.public_id

    once.do(scope=scope, key=given["key"], words=given["text"], at=now, work=work)


@reads_and_writes
def confirm(request: HttpRequest, public_id: UUID, ticket_id: UUID, verb: Verb) -> HttpResponse:
    """Ask once more, then withdraw the request or have the shop look at it again."""
    buyer_request, ticket = _ticket(request, public_id, ticket_id)
    if _is_done(ticket, verb):
        return redirect(_page(buyer_request, ticket))
    if request.method == "POST":
        now = timezone.now()
        limits.count_message(address=address_of(request), request_pk=buyer_request.pk, at=now)
        verbs.perform(ticket_id=ticket.pk, verb=verb, by=Actor.buyer(), at=now, terms=Terms())
        return redirect(_page(buyer_request, ticket))
    view = next(
        v for v in progress.of_request(buyer_request, at=timezone.now()) if v.ticket.pk == ticket.pk
    )
    if not (view.can_withdraw if verb is Verb.WITHDRAW else view.can_reopen):
        raise IllegalTransition(status=ticket.status, verb=verb.value)
    context = {
        "store": buyer_request.store,
        "buyer_request": buyer_request,
        "view": view,
        "is_withdrawal": verb is Verb.WITHDRAW,
    }
    return render(request, "tickets/confirm.html", context)


def _ticket(request: HttpRequest, public_id: UUID, ticket_id: UUID) -> tuple[BuyerRequest, Ticket]:
    buyer_request = session.request_from_session(request, public_id)
    return buyer_request, get_object_or_404(buyer_request.tickets, public_id=ticket_id)


def _is_done(ticket: Ticket, verb: Verb) -> bool:
    """Tell whether an earlier click has done it already."""
    return ticket.status == Status.WITHDRAWN if verb is Verb.WITHDRAW else ticket.is_open


def _page(buyer_request: BuyerRequest, ticket: Ticket) -> str:
    page = reverse("tickets:request", kwargs={"public_id": buyer_request.public_id})
    return f"{page}#{ticket.number}"
