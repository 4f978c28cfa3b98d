"""My training: what I have to learn, the quiz, and how it went. For every member of staff."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.urls import URLPattern, reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from common.admin.lists import Cell, Column, Filter, KeysetAdmin
from common.admin.words import moment_words
from common.errors import Refused
from common.problems import say
from orders.querysets import is_staff
from training.actions import attempts
from training.admin import quiz
from training.admin.shared import (
    due_cell,
    me,
    passed_cell,
    person,
    progress_cell,
    progress_words,
    score_cell,
    score_words,
)
from training.models import Attempt, CourseVersion, MyAssignment

NAME = "admin:training_myassignment"


def _course(mine: MyAssignment) -> Cell:
    return Cell(mine.course.title, href=reverse(f"{NAME}_change", args=[mine.pk]))


COLUMNS = (
    Column(_("Course"), _course, "head"),
    Column(_("Due"), due_cell, "nowrap"),
    Column(_("Progress"), progress_cell, "nowrap"),
    Column(_("Best score"), score_cell, "number"),
    Column(_("Passed"), passed_cell, "nowrap"),
)


def _wanted(request: HttpRequest) -> list[tuple[str, Any]]:
    return [("todo", _("to do")), ("passed", _("passed")), ("", _("all"))]


def _by_wanted(rows: Any, value: str, request: HttpRequest) -> Any:
    return rows.filter(passed_at__isnull=value == "todo")


@admin.register(MyAssignment)
class MyAssignmentAdmin(KeysetAdmin):
    """The learner's pages, in the shell that staff work in anyway."""

    key_order = ("due_on", "id")
    columns = COLUMNS
    filters = (Filter("progress", _("Progress"), _wanted, _by_wanted),)
    empty_words = _("Nothing to learn at the moment.")

    def visible(self, request: HttpRequest) -> QuerySet:
        """One's own only, a trainer's too."""
        rows = MyAssignment.objects.own(person(request)).with_progress()
        return rows.select_related("course")

    def may_see(self, request: HttpRequest) -> bool:
        """Every member of staff is a learner."""
        return is_staff(request.user)

    def get_urls(self) -> list[URLPattern]:
        """Add the quiz and its results."""
        name = "training_myassignment"
        return [
            self.post_url("<int:pk>/begin/", self.begin, f"{name}_begin"),
            self.get_url("<int:pk>/quiz/<int:n>/", self.quiz, f"{name}_quiz"),
            self.get_url("<int:pk>/result/<int:n>/", self.result, f"{name}_result"),
            *super().get_urls(),
        ]

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Show the lessons, the attempts so far and the way to the quiz."""
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET", "HEAD"])
        mine = self.get_object(request, object_id)
        tries = list(mine.attempts.select_related("course_version").order_by("n"))
        open_try = next((t for t in tries if t.submitted_at is None), None)
        version = open_try.course_version if open_try else _taught(mine, tries)
        return self.page(
            request,
            "training/learn.html",
            title=version.title,
            original=mine,
            assignment=mine,
            version=version,
            lessons=version.lessons.all(),
            question_count=version.questions.count(),
            attempts=[_attempt_line(t) for t in tries if t.submitted_at],
            open_attempt=open_try,
            due=due_cell(mine),
            state=progress_words(mine),
        )

    def begin(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Begin the quiz, or go on with the open attempt."""
        mine = self.get_object(request, str(pk))
        try:
            attempt = attempts.begin(assignment_id=mine.pk, by=me(request), at=timezone.now())
        except Refused as refusal:
            messages.info(request, say(refusal))
            return redirect(f"{NAME}_change", mine.pk)
        return redirect(f"{NAME}_quiz", mine.pk, attempt.n)

    def quiz(self, request: HttpRequest, pk: int, n: int) -> HttpResponse:
        """Show the questions of an open attempt; take the answers once."""
        attempt = self._attempt(request, pk, n)
        if request.method == "POST":
            return self._submit(request, attempt)
        if attempt.submitted_at is not None:
            return redirect(f"{NAME}_result", pk, n)
        return self._questions(request, attempt, chosen={})

    def result(self, request: HttpRequest, pk: int, n: int) -> HttpResponse:
        """Show what was right and what was not."""
        attempt = self._attempt(request, pk, n)
        if attempt.submitted_at is None:
            return redirect(f"{NAME}_quiz", pk, n)
        title = gettext("Result: %(course)s") % {"course": attempt.course_version.title}
        return self.page(
            request,
            "training/result.html",
            title=title,
            original=title,
            attempt=attempt,
            course_page=reverse(f"{NAME}_change", args=[pk]),
            may_repeat=attempt.assignment.passed_at is None,
            questions=quiz.reviewed(attempt),
        )

    def _attempt(self, request: HttpRequest, pk: int, n: int) -> Attempt:
        mine = self.get_object(request, str(pk))
        rows = mine.attempts.select_related("course_version", "assignment")
        attempt = rows.filter(n=n).first()
        if attempt is None:
            raise Http404
        return attempt

    def _submit(self, request: HttpRequest, attempt: Attempt) -> HttpResponse:
        chosen = quiz.chosen_from(request.POST, attempt.course_version)
        try:
            attempts.submit(
                assignment_id=attempt.assignment_id,
                n=attempt.n,
                answers=chosen,
                by=me(request),
                at=timezone.now(),
            )
        except attempts.AlreadySubmitted as refusal:
            messages.info(request, say(refusal))
        except Refused as refusal:
            return self._questions(request, attempt, chosen=chosen, refusal=refusal)
        return redirect(f"{NAME}_result", attempt.assignment_id, attempt.n)

    def _questions(
        self,
        request: HttpRequest,
        attempt: Attempt,
        *,
        chosen: dict[int, frozenset[int]],
        refusal: Refused | None = None,
    ) -> HttpResponse:
        title = gettext("Quiz: %(course)s") % {"course": attempt.course_version.title}
        return self.page(
            request,
            "training/quiz.html",
            code=refusal.status if refusal else 200,
            title=title,
            original=title,
            attempt=attempt,
            course_page=reverse(f"{NAME}_change", args=[attempt.assignment_id]),
            questions=quiz.offered(attempt.course_version, chosen),
            problem=say(refusal) if refusal else "",
        )


def _taught(mine: MyAssignment, tries: list[Attempt]) -> CourseVersion:
    """Return the version to learn from: the one that was passed, else the one taught now."""
    passed = next((t.course_version for t in tries if t.passed), None)
    return passed or CourseVersion.objects.current_of(mine.course_id).get()


def _attempt_line(attempt: Attempt) -> dict[str, Any]:
    return {
        "n": attempt.n,
        "when": moment_words(attempt.submitted_at),
        "score": score_words(attempt.score),
        "passed": attempt.passed,
    }
