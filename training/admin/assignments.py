"""The trainer's overview: who has to pass what, and how far they are."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from training.admin.shared import (
    PROGRESS_COLOURS,
    TrainingAdmin,
    due_words,
    moment_words,
    person,
    progress_label,
    score_words,
)
from training.domain.due import TRAITS, Progress, day_of
from training.models import Assignment
from training.querysets import is_trainer


class ProgressFilter(admin.SimpleListFilter):
    """How far people are."""

    title = _("progress")
    parameter_name = "progress"
    offered = (Progress.NOT_BEGUN, Progress.UNDER_WAY, Progress.LATE, Progress.PASSED)

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Offer the words that the list shows."""
        return [(found.value, gettext(TRAITS[found].label)) for found in self.offered]

    def queryset(self, request: HttpRequest, queryset: Any) -> QuerySet:
        """Keep the assignments in this state."""
        today = day_of(timezone.now())
        chosen = self.value()
        if chosen == Progress.PASSED:
            return queryset.filter(passed_at__isnull=False)
        if chosen == Progress.LATE:
            return queryset.late(today)
        if chosen in (Progress.NOT_BEGUN, Progress.UNDER_WAY):
            begun = chosen == Progress.UNDER_WAY
            return queryset.open().filter(due_on__gte=today, has_begun=begun)
        return queryset


@admin.register(Assignment)
class AssignmentAdmin(TrainingAdmin):
    """Read only: people are assigned from the course, and pass by themselves."""

    list_display = ("learner", "course", "due", "state", "score", "passed", "assigned_by")
    list_filter = (ProgressFilter, "course")
    search_fields = ("user__name", "user__email", "course__title")
    search_help_text = _("Person or course")
    fields = ("learner", "course", "due", "state", "score", "passed", "attempts", "assigned_by")
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        """Start from what this person may see."""
        rows = Assignment.objects.visible_to(person(request)).with_progress()
        return rows.select_related("user", "course", "assigned_by").order_by("due_on", "id")

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Shown to trainers; others have "my training"."""
        return is_trainer(request.user)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """The rows themselves are chosen by `get_queryset`."""
        return is_trainer(request.user)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """People are assigned from the course."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody sets a result by hand."""
        return False

    @display(description=_("learner"), ordering="user__name")
    def learner(self, assignment: Assignment) -> str:
        """Who has to pass it."""
        return str(assignment.user)

    @display(description=_("due"), ordering="due_on")
    def due(self, assignment: Assignment) -> str:
        """The due day and how far away it is."""
        return due_words(assignment)

    @display(description=_("progress"), label=PROGRESS_COLOURS)
    def state(self, assignment: Assignment) -> tuple[str, str]:
        """How far they are."""
        return progress_label(assignment)

    @display(description=_("best score"))
    def score(self, assignment: Any) -> str:
        """The best attempt."""
        return score_words(assignment.best_score)

    @display(description=_("passed"), ordering="passed_at")
    def passed(self, assignment: Assignment) -> str:
        """When it was passed."""
        return moment_words(assignment.passed_at)

    @display(description=_("attempts"))
    def attempts(self, assignment: Assignment) -> str:
        """Each attempt with its result."""
        lines = (
            (
                attempt.n,
                attempt.course_version,
                moment_words(attempt.submitted_at),
                score_words(attempt.score),
            )
            for attempt in assignment.attempts.select_related("course_version").order_by("n")
        )
        return format_html_join("", "<div>{}. {} · {} · {}</div>", lines) or "-"
