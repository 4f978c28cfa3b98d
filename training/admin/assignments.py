"""The trainer's overview: who has to pass what, and how far they are."""

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from common.admin.lists import Cell, Column, Filter, KeysetAdmin
from common.admin.words import NOTHING, day_words, moment_words
from orders.access import has_role
from orders.models import Role
from training.admin.shared import (
    due_cell,
    passed_cell,
    person,
    progress_cell,
    progress_words,
    score_cell,
    score_words,
)
from training.domain.due import TRAITS, Progress, day_of
from training.models import Assignment, Course

MOST_COURSES = 200
OFFERED = (Progress.NOT_BEGUN, Progress.UNDER_WAY, Progress.LATE, Progress.PASSED)


def _learner(assignment: Assignment) -> Cell:
    page = reverse("admin:training_assignment_change", args=[assignment.pk])
    return Cell(str(assignment.user), href=page)


COLUMNS = (
    Column(_("Learner"), _learner, "head"),
    Column(_("Course"), lambda row: Cell(row.course.title), "wide"),
    Column(_("Due"), due_cell, "nowrap"),
    Column(_("Progress"), progress_cell, "nowrap"),
    Column(_("Best score"), score_cell, "number"),
    Column(_("Passed"), passed_cell, "nowrap"),
    Column(_("Assigned by"), lambda row: Cell(str(row.assigned_by or NOTHING))),
)


def _progresses(request: HttpRequest) -> list[tuple[str, Any]]:
    return [("", _("all")), *((found.value, gettext(TRAITS[found].label)) for found in OFFERED)]


def by_progress(rows: Any, value: str, request: HttpRequest | None = None) -> Any:
    """Keep the assignments in this state today."""
    today = day_of(timezone.now())
    if value == Progress.PASSED:
        return rows.filter(passed_at__isnull=False)
    if value == Progress.LATE:
        return rows.late(today)
    return rows.open().filter(due_on__gte=today, has_begun=value == Progress.UNDER_WAY)


def _courses(request: HttpRequest) -> list[tuple[str, Any]]:
    rows = Course.objects.order_by("title", "id").values_list("pk", "title")[:MOST_COURSES]
    return [("", _("all courses")), *((str(pk), title) for pk, title in rows)]


FILTERS = (
    Filter("progress", _("Progress"), _progresses, by_progress),
    Filter("course", _("Course"), _courses, lambda rows, pk, _r: rows.filter(course=int(pk))),
)


@admin.register(Assignment)
class AssignmentAdmin(KeysetAdmin):
    """Read only: people are assigned from the course, and pass by themselves."""

    key_order = ("-due_on", "-id")
    columns = COLUMNS
    filters = FILTERS
    search_label = _("Person or course")
    empty_words = _("Nobody here. Open a published course and assign people to it.")
    fields = ("learner", "course", "due", "state", "score", "passed", "attempts", "assigned_by")

    def visible(self, request: HttpRequest) -> QuerySet:
        """Start from what this person may see."""
        rows = Assignment.objects.visible_to(person(request)).with_progress()
        return rows.select_related("user", "course", "assigned_by")

    def may_see(self, request: HttpRequest) -> bool:
        """Trainers; others have "my training"."""
        return has_role(request, Role.TRAINER)

    def found(self, rows: Any, words: str) -> Any:
        """Search by person and course."""
        return rows.filter(Q(user__name__icontains=words) | Q(course__title__icontains=words))

    def notices(self, request: HttpRequest) -> list[Any]:
        """Tell how many are late, whatever the filters show."""
        today = day_of(timezone.now())
        late = Assignment.objects.visible_to(person(request)).late(today).count()
        if not late:
            return []
        words = ngettext("%(n)s assignment is late", "%(n)s assignments are late", late)
        return [{"text": words % {"n": late}, "href": f"?progress={Progress.LATE}"}]

    @display(description=_("Learner"))
    def learner(self, assignment: Assignment) -> str:
        """Who has to pass it."""
        return str(assignment.user)

    @display(description=_("Due"))
    def due(self, assignment: Assignment) -> str:
        """The due day."""
        return day_words(assignment.due_on)

    @display(description=_("Progress"))
    def state(self, assignment: Assignment) -> str:
        """How far they are."""
        return progress_words(assignment)

    @display(description=_("Best score"))
    def score(self, assignment: Any) -> str:
        """The best attempt."""
        return score_words(assignment.best_score)

    @display(description=_("Passed"))
    def passed(self, assignment: Assignment) -> str:
        """When it was passed."""
        return moment_words(assignment.passed_at)

    @display(description=_("Attempts"))
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
        return format_html_join("", "<div>{}. {} · {} · {}</div>", lines) or NOTHING
