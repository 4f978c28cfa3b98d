"""What buyers answered, for those who may read it. Nothing here can be changed."""

from typing import Any, cast

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.defaultfilters import truncatechars
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from common.admin.lists import Cell, Column, Filter, KeysetAdmin
from common.admin.words import locale, moment_words
from common.models import User
from feedback.domain.scores import MIN_SOLID, Share, csat
from feedback.domain.surveys import CSAT_WORDS
from feedback.models import Response
from orders.access import desk_stores, works_at_desk
from orders.domain.reasons import REASONS, ReasonCode

SHOWN_OF_COMMENT = 160
COLOURS = {1: "red", 2: "amber", 3: "grey", 4: "green", 5: "green"}


def words_of(rating: int | None) -> str:
    """Return a rating as number and words."""
    return f"{rating} · {gettext(CSAT_WORDS[rating])}" if rating else ""


def _reason(response: Response) -> str:
    return REASONS[ReasonCode(response.invitation.reason)].label(locale())


def _agent(response: Response) -> str:
    return str(response.invitation.agent or gettext("automatic rule"))


def _answered(response: Response) -> Cell:
    page = reverse("admin:feedback_response_change", args=[response.pk])
    return Cell(moment_words(response.submitted_at), href=page)


def _rating(response: Any) -> Cell:
    return Cell(words_of(response.rating), tone=f"label {COLOURS.get(response.rating, 'grey')}")


def _comment(response: Any) -> Cell:
    return Cell(truncatechars(response.comment or "", SHOWN_OF_COMMENT))


COLUMNS = (
    Column(_("Answered"), _answered, "nowrap"),
    Column(_("Answer"), _rating, "nowrap"),
    Column(_("Comment"), _comment),
    Column(_("Ticket"), lambda row: Cell(row.invitation.ticket.number), "head"),
    Column(_("Reason"), lambda row: Cell(_reason(row))),
    Column(_("Accountable"), lambda row: Cell(_agent(row))),
    Column(_("Store"), lambda row: Cell(row.invitation.store.name)),
)


def _ratings(request: HttpRequest) -> list[tuple[str, Any]]:
    return [("", _("all answers")), *((str(n), words_of(n)) for n in CSAT_WORDS)]


def _reasons(request: HttpRequest) -> list[tuple[str, Any]]:
    offered = [(code.value, reason.label(locale())) for code, reason in REASONS.items()]
    return [("", _("all reasons")), *offered]


def _stores(request: HttpRequest) -> list[tuple[str, Any]]:
    return [("", _("all stores")), *((s.slug, s.name) for s in desk_stores(request))]


FILTERS = (
    Filter("rating", _("Answer"), _ratings, lambda rows, n, _r: rows.filter(rating=int(n))),
    Filter("reason", _("Reason"), _reasons, lambda rows, v, _r: rows.filter(invitation__reason=v)),
    Filter(
        "store", _("Store"), _stores, lambda rows, v, _r: rows.filter(invitation__store__slug=v)
    ),
)


@admin.register(Response)
class ResponseAdmin(KeysetAdmin):
    """Leads and managers read all of their stores, an agent what concerns them."""

    key_order = ("-submitted_at", "-id")
    columns = COLUMNS
    filters = FILTERS
    search_label = _("Ticket number or accountable person")
    empty_words = _("No buyer has answered yet.")
    fields = ("answered", "answer", "comment", "ticket", "reason", "agent")

    def visible(self, request: HttpRequest) -> QuerySet:
        """Start from what this person may see."""
        return Response.objects.visible_to(cast(User, request.user)).with_answers()

    def may_see(self, request: HttpRequest) -> bool:
        """Everybody who works with tickets somewhere; the rows are chosen by `visible`."""
        return works_at_desk(request)

    def found(self, rows: Any, words: str) -> Any:
        """Search by ticket and by who decided."""
        numbers = rows.filter(invitation__ticket__number__icontains=words)
        return numbers | rows.filter(invitation__agent__name__icontains=words)

    def filled(self, rows: Any) -> Any:
        """Fetch what the lines show."""
        return rows.select_related("invitation__ticket", "invitation__agent", "invitation__store")

    def page(
        self, request: HttpRequest, template: str, *, code: int = 200, **context: Any
    ) -> HttpResponse:
        """Put the score of exactly the ratings that the filters leave above the list."""
        if "asked" in context:
            template = "admin/feedback/ratings.html"
            counts = self.kept(request, context["asked"]).rating_counts()
            context["score"] = _in_percent(csat(counts))
        return super().page(request, template, code=code, **context)

    def kept(self, request: HttpRequest, asked: Any) -> Any:
        """Return all the rows of which the list shows a page."""
        rows = self.get_queryset(request)
        for item in self.filters:
            value = asked.values[item.parameter]
            rows = item.keep(rows, value, request) if value else rows
        return self.found(rows, asked.search) if asked.search else rows

    @display(description=_("Answered"))
    def answered(self, response: Response) -> str:
        """The moment in the shop's zone."""
        return moment_words(response.submitted_at)

    @display(description=_("Answer"))
    def answer(self, response: Any) -> str:
        """The rating as number and words."""
        return words_of(response.rating)

    @display(description=_("Comment"))
    def comment(self, response: Any) -> str:
        """The whole comment as written."""
        return response.comment or ""

    @display(description=_("Ticket"))
    def ticket(self, response: Response) -> str:
        """The ticket whose refund it is about."""
        return response.invitation.ticket.number

    @display(description=_("Reason"))
    def reason(self, response: Response) -> str:
        """The reason of the cancellation as it was then."""
        return _reason(response)

    @display(description=_("Accountable"))
    def agent(self, response: Response) -> str:
        """Who decided; a rule has no name here."""
        return _agent(response)


def _in_percent(share: Share) -> dict[str, Any]:
    """Return the score as the summary shows it: whole percents, never a share without its n."""
    shown: dict[str, Any] = {"n": share.n, "least": MIN_SOLID, "is_solid": share.is_solid}
    if share.value is not None and share.interval is not None:
        ends = (share.value, share.interval.low, share.interval.high)
        shown["share"], shown["low"], shown["high"] = (f"{end:.0%}" for end in ends)
    return shown
