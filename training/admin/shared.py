"""What the pages of training have in common."""

from datetime import date, datetime
from typing import Any, cast

from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext, ngettext
from unfold.admin import ModelAdmin

from common.domain.actors import Actor
from common.models import User
from training.domain.due import SEOUL, TRAITS, Progress, days_left, progress
from training.models import Assignment


class TrainingAdmin(ModelAdmin):
    """Nothing is deleted here, and what is hidden answers 404."""

    actions = None
    list_per_page = 25
    show_full_result_count = False

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> Any:
        """Return the row, or 404 instead of the admin's redirect."""
        found = super().get_object(request, object_id, from_field)
        if found is None:
            raise Http404
        return found

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nothing is deleted."""
        return False

    def page(
        self, request: HttpRequest, template: str, *, status: int = 200, **context: Any
    ) -> HttpResponse:
        """Return a page of our own in the admin's shell."""
        shell = self.admin_site.each_context(request) | {"opts": self.opts}
        return TemplateResponse(request, template, shell | context, status=status)


def person(request: HttpRequest) -> User:
    """Return who looks at the page; the admin site lets only staff in."""
    return cast(User, request.user)


def me(request: HttpRequest) -> Actor:
    """Return who acts."""
    return Actor.staff(person(request).pk)


def progress_of(assignment: Any) -> Progress:
    """Return how far somebody is; the row comes from `with_progress`."""
    return progress(
        assignment.due_on,
        at=timezone.now(),
        has_begun=assignment.has_begun,
        passed_at=assignment.passed_at,
    )


def progress_label(assignment: Any) -> tuple[str, str]:
    """Return the progress and its words, for a coloured label."""
    found = progress_of(assignment)
    return found.value, gettext(TRAITS[found].label)


PROGRESS_COLOURS = {found.value: trait.colour for found, trait in TRAITS.items()}


def due_words(assignment: Assignment) -> str:
    """Return the due day, and while it is open how far away it is."""
    day = day_words(assignment.due_on)
    if assignment.passed_at is not None:
        return day
    left = days_left(assignment.due_on, at=timezone.now())
    if left < 0:
        away = ngettext("%(n)s day late", "%(n)s days late", -left) % {"n": -left}
    elif left == 0:
        away = gettext("today")
    else:
        away = ngettext("in %(n)s day", "in %(n)s days", left) % {"n": left}
    return f"{day} · {away}"


def score_words(score: int | None) -> str:
    """Return a score as people read it."""
    return "-" if score is None else f"{score}%"


def day_words(day: date) -> str:
    """Return a day in the reader's language."""
    return date_format(day, "DATE_FORMAT")


def moment_words(moment: datetime | None) -> str:
    """Return a moment in the shop's zone, "-" when there is none."""
    if moment is None:
        return "-"
    return date_format(moment.astimezone(SEOUL), "SHORT_DATETIME_FORMAT")
