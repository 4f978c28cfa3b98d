"""My training: what I have to learn, the quiz, and how it went. For every member of staff."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from common.errors import Refused
from common.problems import say
from orders.querysets import is_staff
from training.actions import attempts
from training.admin import quiz
from training.admin.shared import (
    PROGRESS_COLOURS,
    TrainingAdmin,
    due_words,
    me,
    moment_words,
    person,
    progress_label,
    score_words,
)
from training.models import Attempt, CourseVersion, MyAssignment

NAME = "admin:training_myassignment"


@admin.register(MyAssignment)
class MyAssignmentAdmin(TrainingAdmin):
    """The learner's pages, in the shell that staff work in anyway."""

    list_display = ("course", "due", "state", "score", "passed")
    list_display_links = ("course",)

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        """One's own only, a trainer's too."""
        rows = MyAssignment.objects.own(person(request)).with_progress()
        return rows.select_related("course").order_by("passed_at", "due_on", "id")

    def get_custom_urls(self) -> tuple:
        """The quiz and its results."""
        return (
            ("<int:pk>/begin/", "training_myassignment_begin", _without_admin(self.begin)),
            ("<int:pk>/quiz/<int:n>/", "training_myassignment_quiz", _without_admin(self.quiz)),
            (
                "<int:pk>/result/<int:n>/",
                "training_myassignment_result",
                _without_admin(self.result),
            ),
        )

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Every member of staff is a learner."""
        return is_staff(request.user)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """The rows themselves are chosen by `get_queryset`."""
        return is_staff(request.user)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """A trainer assigns."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """The quiz changes it, no form does."""
        return False

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
            assignment=mine,
            version=version,
            lessons=version.lessons.all(),
            question_count=version.questions.count(),
            attempts=[_attempt_line(t) for t in tries if t.submitted_at],
            open_attempt=open_try,
            due=due_words(mine),
            state=progress_label(mine),
        )

    def begin(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Begin the quiz, or go on with the open attempt."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
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
        return self.page(
            request,
            "training/quiz.html",
            status=refusal.status if refusal else 200,
            title=gettext("Quiz: %(course)s") % {"course": attempt.course_version.title},
            attempt=attempt,
            course_page=reverse(f"{NAME}_change", args=[attempt.assignment_id]),
            questions=quiz.offered(attempt.course_version, chosen),
            problem=say(refusal) if refusal else "",
        )

    @display(description=_("due"), ordering="due_on")
    def due(self, mine: MyAssignment) -> str:
        """The due day and how far away it is."""
        return due_words(mine)

    @display(description=_("progress"), label=PROGRESS_COLOURS)
    def state(self, mine: MyAssignment) -> tuple[str, str]:
        """How far I am."""
        return progress_label(mine)

    @display(description=_("best score"))
    def score(self, mine: Any) -> str:
        """My best attempt."""
        return score_words(mine.best_score)

    @display(description=_("passed"), ordering="passed_at")
    def passed(self, mine: MyAssignment) -> str:
        """When I passed it."""
        return moment_words(mine.passed_at)


def _without_admin(view: Any) -> Any:
    """Drop the `model_admin` that Unfold hands to its class-based views."""

    def wrapped(request: HttpRequest, model_admin: Any, **kwargs: Any) -> HttpResponse:
        return view(request, **kwargs)

    return wrapped


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
