"""What buyers answered, for those who may read it. Nothing here can be changed."""

from typing import Any, cast
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib import admin
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.template.defaultfilters import truncatechars
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin
from unfold.decorators import display

from common.models import User
from feedback.domain.scores import MIN_SOLID, Share, csat
from feedback.domain.surveys import CSAT_WORDS
from feedback.models import Response
from orders.domain.reasons import REASONS, ReasonCode
from orders.models import Store
from orders.querysets import is_staff

SHOWN_OF_COMMENT = 80


class RatingFilter(admin.SimpleListFilter):
    """One of the five answers."""

    title = _("answer")
    parameter_name = "rating"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Offer the five in words."""
        return [(str(number), gettext(words)) for number, words in CSAT_WORDS.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        """Keep the ratings with this answer."""
        chosen = self.value()
        return (
            queryset.filter(rating=int(chosen)) if chosen in dict(self.lookup_choices) else queryset
        )


class ReasonFilter(admin.SimpleListFilter):
    """Why the buyer had cancelled."""

    title = _("reason")
    parameter_name = "reason"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Offer the reasons by their labels."""
        return [
            (code.value, reason.label(get_language() or "ko")) for code, reason in REASONS.items()
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        """Keep the ratings after this reason."""
        return queryset.filter(invitation__reason=self.value()) if self.value() else queryset


@admin.register(Response)
class ResponseAdmin(ModelAdmin):
    """Leads and managers read all of their stores, an agent what concerns them."""

    list_display = ("answered", "words", "shown_comment", "ticket", "why", "agent", "store")
    list_filter = (RatingFilter, ReasonFilter)
    search_fields = ("invitation__ticket__number",)
    search_help_text = _("Ticket number")
    list_per_page = 25
    show_full_result_count = False
    list_before_template = "admin/feedback/response/summary.html"
    actions = None
    fields = ("answered", "words", "whole_comment", "ticket", "why", "agent", "store")
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        """Start from what this person may see."""
        rows = Response.objects.visible_to(_person(request)).with_answers()
        return rows.select_related(
            "invitation__ticket", "invitation__agent", "invitation__store"
        ).order_by("-submitted_at", "-id")

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> Any:
        """Answer 404 for what is hidden."""
        found = super().get_object(request, object_id, from_field)
        if found is None:
            raise Http404
        return found

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show the score of exactly the ratings that the filters leave."""
        answer = super().changelist_view(request, extra_context)
        context = getattr(answer, "context_data", None) or {}
        if "cl" in context:
            share = csat(context["cl"].queryset.rating_counts())
            context["score"] = _in_percent(share)
        return answer

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Shown to everybody who works with tickets somewhere."""
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """The rows themselves are chosen by `get_queryset`."""
        return is_staff(request.user) and Store.objects.visible_to(_person(request)).exists()

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Buyers answer, nobody else."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """An answer stands."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """An answer stays."""
        return False

    @display(description=_("answered"), ordering="submitted_at")
    def answered(self, response: Response) -> str:
        """The moment in the shop's zone."""
        zone = ZoneInfo(settings.BUSINESS_ZONE)
        return date_format(timezone.localtime(response.submitted_at, zone), "SHORT_DATETIME_FORMAT")

    @display(
        description=_("answer"),
        label={1: "danger", 2: "warning", 3: "info", 4: "success", 5: "success"},
    )
    def words(self, response: Any) -> tuple[int, str] | None:
        """The rating as number and words."""
        if response.rating is None:
            return None
        return response.rating, f"{response.rating} · {gettext(CSAT_WORDS[response.rating])}"

    @display(description=_("comment"))
    def shown_comment(self, response: Any) -> str:
        """The beginning of the comment."""
        return truncatechars(response.comment or "", SHOWN_OF_COMMENT)

    @display(description=_("comment"))
    def whole_comment(self, response: Any) -> str:
        """The comment as written."""
        return response.comment or ""

    @display(description=_("ticket"), ordering="invitation__ticket__number")
    def ticket(self, response: Response) -> str:
        """The ticket whose closing was the resolution."""
        return response.invitation.ticket.number

    @display(description=_("reason"))
    def why(self, response: Response) -> str:
        """The reason of the cancellation as it was then."""
        return REASONS[ReasonCode(response.invitation.reason)].label(get_language() or "ko")

    @display(description=_("accountable"))
    def agent(self, response: Response) -> str:
        """Who decided; a rule has no name here."""
        return str(response.invitation.agent or gettext("automatic rule"))

    @display(description=_("store"))
    def store(self, response: Response) -> str:
        """The store."""
        return response.invitation.store.name


def _person(request: HttpRequest) -> User:
    return cast(User, request.user)


def _in_percent(share: Share) -> dict[str, Any]:
    """Return the score as the summary shows it: whole percents, never a share without its n."""
    shown: dict[str, Any] = {"n": share.n, "least": MIN_SOLID, "is_solid": share.is_solid}
    if share.value is not None and share.interval is not None:
        ends = (share.value, share.interval.low, share.interval.high)
        shown["share"], shown["low"], shown["high"] = (f"{end:.0%}" for end in ends)
    return shown
