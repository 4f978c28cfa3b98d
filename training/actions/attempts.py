"""Taking a quiz: begun, handed in once, graded at once."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from common import events
from common.domain.actors import Actor
from common.errors import Refused, gettext_noop
from training import locks
from training.domain.courses import QuestionKind
from training.domain.events import TrainingEvent
from training.domain.grading import Grade, Key, grade
from training.models import Attempt, CourseVersion


class NotYours(Refused):
    """Only the learner takes the quiz."""

    code = "not_your_assignment"
    wording = gettext_noop("This course was assigned to somebody else.")
    status = 404


class AlreadyPassed(Refused):
    """There is nothing left to prove."""

    code = "already_passed"
    wording = gettext_noop("You have passed this course.")


class AlreadySubmitted(Refused):
    """The attempt was handed in before; its result stands."""

    code = "already_submitted"
    wording = gettext_noop("This attempt was already handed in. Its result stands.")


class NoSuchAttempt(Refused):
    """The quiz was not begun."""

    code = "no_such_attempt"
    wording = gettext_noop("Begin the quiz first.")
    status = 404


@transaction.atomic
def begin(*, assignment_id: int, by: Actor, at: datetime) -> Attempt:
    """Return the open attempt, begun now unless there is one already."""
    assignment = locks.lock_assignment(assignment_id)
    if assignment.user_id != by.user_id:
        raise NotYours()
    if assignment.passed_at is not None:
        raise AlreadyPassed()
    last = assignment.attempts.order_by("-n").first()
    if last is not None and last.submitted_at is None:
        return last
    attempt = Attempt.objects.create(
        assignment=assignment,
        course_version=CourseVersion.objects.current_of(assignment.course_id).get(),
        n=last.n + 1 if last else 1,
        started_at=at,
    )
    events.record(TrainingEvent.ATTEMPT_BEGUN, subject=assignment, by=by, at=at, n=attempt.n)
    return attempt


@transaction.atomic
def submit(
    *, assignment_id: int, n: int, answers: Mapping[int, frozenset[int]], by: Actor, at: datetime
) -> Attempt:
    """Grade attempt `n` by the choices made per question id and keep the result; or refuse."""
    assignment = locks.lock_assignment(assignment_id)  # of two at once, the second waits here
    if assignment.user_id != by.user_id:
        raise NotYours()
    attempt = assignment.attempts.filter(n=n).select_related("course_version").first()
    if attempt is None:
        raise NoSuchAttempt()
    if attempt.submitted_at is not None:
        raise AlreadySubmitted()
    version = attempt.course_version
    keys = keys_of(version)
    result = grade(keys, answers, pass_mark=version.pass_mark)
    attempt.answers = {str(key.question): sorted(answers[key.question]) for key in keys}
    attempt.submitted_at, attempt.score, attempt.passed = at, result.score, result.passed
    attempt.save(update_fields=["answers", "submitted_at", "score", "passed"])
    _record(attempt, result, by, at)
    if result.passed:
        assignment.passed_at = at
        assignment.save(update_fields=["passed_at"])
    return attempt


def _record(attempt: Attempt, result: Grade, by: Actor, at: datetime) -> None:
    facts = {"n": attempt.n, "score": result.score, "version_id": attempt.course_version_id}
    events.record(
        TrainingEvent.ATTEMPT_SUBMITTED, subject=attempt.assignment, by=by, at=at, **facts
    )
    if result.passed:
        events.record(TrainingEvent.PASSED, subject=attempt.assignment, by=by, at=at, **facts)


def keys_of(version: CourseVersion) -> list[Key]:
    """Return the questions of a version with their right choices, in order."""
    return [
        Key(
            question=question.pk,
            kind=QuestionKind(question.kind),
            offered=frozenset(choice.pk for choice in question.choices.all()),
            right=frozenset(choice.pk for choice in question.choices.all() if choice.is_right),
        )
        for question in version.questions.prefetch_related("choices")
    ]
