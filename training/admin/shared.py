"""What the pages of training have in common."""

from typing import Any, cast

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext, ngettext

from common.admin.lists import Cell
from common.admin.words import NOTHING, day_words, moment_words
from common.domain.actors import Actor
from common.models import User
from training.domain.due import TRAITS, Progress, days_left, progress


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


def progress_words(assignment: Any) -> str:
    """Return how far somebody is, in words."""
    return gettext(TRAITS[progress_of(assignment)].label)


def progress_cell(assignment: Any) -> Cell:
    """Return how far somebody is, with its colour."""
    trait = TRAITS[progress_of(assignment)]
    return Cell(gettext(trait.label), tone=f"label {trait.colour}")


def due_cell(assignment: Any) -> Cell:
    """Return the due day, and while it is open how far away it is."""
    day = day_words(assignment.due_on)
    if assignment.passed_at is not None:
        return Cell(day)
    left = days_left(assignment.due_on, at=timezone.now())
    return Cell(day, small=away_words(left), tone="late" if left < 0 else "")


def away_words(left: int) -> str:
    """Return how far a due day is away."""
    if left < 0:
        return ngettext("%(n)s day late", "%(n)s days late", -left) % {"n": -left}
    if left == 0:
        return gettext("today")
    return ngettext("in %(n)s day", "in %(n)s days", left) % {"n": left}


def score_cell(assignment: Any) -> Cell:
    """Return the score of the best attempt."""
    return Cell(score_words(assignment.best_score))


def passed_cell(assignment: Any) -> Cell:
    """Return when it was passed."""
    return Cell(moment_words(assignment.passed_at))


def score_words(score: int | None) -> str:
    """Return a score as people read it."""
    return NOTHING if score is None else f"{score}%"
