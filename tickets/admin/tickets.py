"""The queue and the ticket's page. Every button calls one action; nothing else writes."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from common import slots
from common.admin.lists import KeysetAdmin
from common.admin.words import moment_words
from common.domain.actors import Actor
from common.errors import Refused
from orders.access import person, works_at_desk
from orders.admin.notices import undelivered
from orders.models import Order
from tickets.actions import canned, conversation, desk, proving, verbs
from tickets.admin import acts, page, queue
from tickets.admin.words import say, status_label, verb_label
from tickets.domain.states import Verb
from tickets.models import CannedResponseVersion, Ticket

NAME = "tickets_ticket"
# The slot at the end of a ticket's page.
BELOW = "ticket.below"


@admin.register(Ticket)
class TicketAdmin(KeysetAdmin):
    """Tickets are moved by verbs, answered in the conversation, and never edited."""

    key_order = ("next_due_at", "id")
    columns = queue.COLUMNS
    filters = queue.FILTERS
    title = _("Queue")
    search_label = _("Ticket number, order number or buyer")
    empty_words = _("No tickets here. Nothing waits with these filters.")
    fields = ("number",)

    def visible(self, request: HttpRequest) -> Any:
        """Tickets of the stores the reader works in."""
        return Ticket.objects.visible_to(person(request))

    def may_see(self, request: HttpRequest) -> bool:
        """Whoever works with orders; trainers and learners do not."""
        return works_at_desk(request)

    def found(self, rows: Any, words: str) -> Any:
        """Search by numbers and name, in what the reader may see."""
        return queue.search(rows, words)

    def filled(self, rows: Any) -> Any:
        """Fetch what the lines show."""
        return queue.for_rows(rows)

    def prepared(self, rows: list[Any], request: HttpRequest) -> list[Any]:
        """Give the columns the moment beside each ticket."""
        return queue.lines(rows, timezone.now())

    def notices(self, request: HttpRequest) -> list[Any]:
        """Tell those who can help that mail did not go out."""
        return undelivered(request)

    def get_urls(self) -> list:
        """Add the ticket's own addresses, one per verb."""
        pk = "<int:pk>/"
        return [
            self.post_url(pk + "do/<slug:verb>/", self.perform_view, f"{NAME}_do"),
            self.post_url(pk + "reply/", self.reply_view, f"{NAME}_reply"),
            self.post_url(pk + "note/", self.note_view, f"{NAME}_note"),
            self.post_url(pk + "assign/", self.assign_view, f"{NAME}_assign"),
            self.post_url("link/<int:pk>/", self.link_view, f"{NAME}_link"),
            self.get_url(pk + "canned/", self.canned_view, f"{NAME}_canned"),
            *super().get_urls(),
        ]

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Show the ticket; no form of Django's changes it."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        if request.method != "GET":
            raise PermissionDenied
        typed = {}
        if chosen := acts.whole(request.GET.get("canned")):
            ticket = self.ticket(request, acts.whole(object_id))
            typed = {"text": self._filled(request, ticket, chosen), "canned": chosen}
        return self.show(request, acts.whole(object_id), typed=typed)

    def ticket(self, request: HttpRequest, pk: int | None) -> Ticket:
        """Return the ticket if the reader may see it, else 404."""
        if not self.may_see(request):
            raise PermissionDenied
        return get_object_or_404(page.full(self.visible(request)), pk=pk)

    def show(
        self,
        request: HttpRequest,
        pk: int | None,
        *,
        typed: dict[str, Any] | None = None,
        problem: str = "",
        code: int = 200,
    ) -> HttpResponse:
        """Return the ticket's page, with what was typed when something was refused."""
        ticket = self.ticket(request, pk)
        facts = page.context_of(ticket, person(request), timezone.now())
        return self.page(
            request,
            "admin/tickets/page.html",
            code=code,
            title=ticket.number,
            typed=_kept(typed or {}, facts["acts"]),
            problem=problem,
            is_ticket_page=True,
            below=slots.render(BELOW, request, ticket=ticket),
            **facts,
        )

    def attempt(
        self, request: HttpRequest, pk: int, act: Callable[[Ticket, Actor], str]
    ) -> HttpResponse:
        """Do one thing and say what came of it; a refusal shows the page as it is now."""
        ticket = self.ticket(request, pk)
        try:
            done = act(ticket, Actor.staff(person(request).pk))
        except Refused as refusal:
            return self.show(
                request,
                pk,
                typed=request.POST.dict(),
                problem=say(refusal, ticket.store.currency),
                code=refusal.status,
            )
        messages.success(request, done)
        return self.back(ticket)

    def back(self, ticket: Ticket) -> HttpResponseRedirect:
        """Return to the ticket's page."""
        return redirect(queue.ticket_url(ticket))

    def perform_view(self, request: HttpRequest, pk: int, verb: str) -> HttpResponse:
        """Do one verb."""
        if verb not in set(Verb):
            raise Http404

        def act(ticket: Ticket, by: Actor) -> str:
            moved = verbs.perform(
                ticket_id=ticket.pk,
                verb=Verb(verb),
                by=by,
                at=timezone.now(),
                terms=acts.terms_from(request.POST),
            )
            words = {"verb": verb_label(verb), "status": status_label(moved.status)}
            return gettext("%(verb)s: done. The ticket is now: %(status)s.") % words

        return self.attempt(request, pk, act)

    def reply_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Answer the buyer."""

        def act(ticket: Ticket, by: Actor) -> str:
            conversation.reply(
                ticket_id=ticket.pk,
                body=request.POST.get("text", ""),
                canned_version_id=self._chosen(request, ticket),
                by=by,
                at=timezone.now(),
            )
            return gettext("Reply sent.")

        return self.attempt(request, pk, act)

    def note_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Write an internal note."""

        def act(ticket: Ticket, by: Actor) -> str:
            body = request.POST.get("text", "")
            conversation.note(ticket_id=ticket.pk, body=body, by=by, at=timezone.now())
            return gettext("Note saved.")

        return self.attempt(request, pk, act)

    def assign_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Give the ticket to somebody of its store, or to nobody."""

        def act(ticket: Ticket, by: Actor) -> str:
            people = {person.pk for person, _roles in page.colleagues(ticket)}
            given = acts.whole(request.POST.get("assignee"))
            if given is not None and given not in people:
                raise Http404
            desk.assign(ticket_id=ticket.pk, user_id=given, by=by, at=timezone.now())
            return gettext("Assigned.")

        return self.attempt(request, pk, act)

    def link_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Make the link that the seller sends to the buyer, and show it once."""
        if not self.may_see(request):
            raise PermissionDenied
        order = get_object_or_404(Order.objects.visible_to(person(request)), pk=pk)
        by = Actor.staff(person(request).pk)
        try:
            proof = proving.make_link(order=order, by=by, at=timezone.now())
        except Refused as refusal:
            messages.error(request, say(refusal))
            return redirect("admin:orders_order_change", pk)
        return self.page(
            request,
            "admin/tickets/link.html",
            title=gettext("Link for order %(number)s") % {"number": order.number},
            order=order,
            address=f"{settings.SITE_URL}/o/{proof.token}/",
            until=moment_words(proof.expires_at),
        )

    def canned_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Return a canned response filled from this ticket, as plain text."""
        ticket = self.ticket(request, pk)
        chosen = acts.whole(request.GET.get("canned"))
        text = self._filled(request, ticket, chosen) if chosen else ""
        return HttpResponse(text, content_type="text/plain; charset=utf-8")

    def _filled(self, request: HttpRequest, ticket: Ticket, chosen: int) -> str:
        version = get_object_or_404(canned.offered_for(ticket), pk=chosen)
        return canned.fill(version=version, ticket=ticket, agent=person(request))

    def _chosen(self, request: HttpRequest, ticket: Ticket) -> int | None:
        """Return the canned response that was chosen, None for one that is not offered."""
        chosen = acts.whole(request.POST.get("canned"))
        offered: Any = canned.offered_for(ticket)
        version: CannedResponseVersion | None = offered.filter(pk=chosen).first()
        return version.pk if version else None


def _kept(typed: dict[str, Any], offered: list[acts.Act]) -> dict[str, Any]:
    """Return what was typed; a text whose form is gone moves into the reply, nothing is lost."""
    if typed.get("act") in {act.verb for act in offered}:
        return typed
    return {name: value for name, value in typed.items() if name != "act"}
