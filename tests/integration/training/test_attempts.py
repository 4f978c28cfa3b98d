"""Taking the quiz: one open attempt, one result, graded at once."""

import pytest
from django.db import Error as DatabaseError
from django.db import IntegrityError, transaction
from django.utils import timezone

from common.models import Event
from tests.factories.cast import staff
from tests.factories.courses import (
    assigned,
    right_answers,
    wrong_answers,
)
from training.actions import attempts, courses
from training.domain.events import TrainingEvent
from training.domain.grading import AnswersMissing, ChoiceUnknown
from training.models import Assignment, Attempt, Question


@pytest.fixture
def mine(cast):
    return assigned(cast.trainer, cast.agent)


def begin(mine, by=None):
    return attempts.begin(assignment_id=mine.pk, by=staff(by or mine.user), at=timezone.now())


def submit(attempt, answers, by=None):
    return attempts.submit(
        assignment_id=attempt.assignment_id,
        n=attempt.n,
        answers=answers,
        by=staff(by or attempt.assignment.user),
        at=timezone.now(),
    )


def state():
    return list(Attempt.objects.values()), list(Assignment.objects.values())


def test_begin_twice_goes_on_with_the_open_attempt(mine):
    assert begin(mine) == begin(mine)
    assert Event.objects.filter(name=TrainingEvent.ATTEMPT_BEGUN).count() == 1


def test_submit_right_answers_passes(mine):
    done = submit(attempt := begin(mine), right_answers(attempt.course_version))
    assert (done.score, done.passed) == (100, True)
    mine.refresh_from_db()
    assert mine.passed_at == done.submitted_at
    assert Event.objects.get(name=TrainingEvent.PASSED).data == {
        "n": 1, "score": 100, "version_id": attempt.course_version_id,
    }  # fmt: skip


def test_submit_wrong_answers_may_be_repeated(mine):
    first = begin(mine)
    assert not submit(first, wrong_answers(first.course_version)).passed
    mine.refresh_from_db()
    assert mine.passed_at is None
    second = begin(mine)
    assert second.n == 2
    assert submit(second, right_answers(second.course_version)).passed


def test_submit_twice_keeps_the_first_result(mine):
    attempt = begin(mine)
    submit(attempt, wrong_answers(attempt.course_version))
    before = state()
    with pytest.raises(attempts.AlreadySubmitted):
        submit(attempt, right_answers(attempt.course_version))
    assert state() == before
    assert Event.objects.filter(name=TrainingEvent.ATTEMPT_SUBMITTED).count() == 1


def test_of_two_at_once_the_second_is_refused(mine, monkeypatch):
    """The other tab hands in just before this one takes the lock."""
    attempt = begin(mine)
    lock = attempts.locks.lock_assignment

    def other_tab_first(pk):
        monkeypatch.setattr(attempts.locks, "lock_assignment", lock)
        submit(attempt, wrong_answers(attempt.course_version))
        return lock(pk)

    monkeypatch.setattr(attempts.locks, "lock_assignment", other_tab_first)
    with pytest.raises(attempts.AlreadySubmitted):
        submit(attempt, right_answers(attempt.course_version))


def test_submit_refuses_open_questions_and_foreign_choices(mine):
    attempt = begin(mine)
    good = right_answers(attempt.course_version)
    first = next(iter(good))
    before = state()
    with pytest.raises(AnswersMissing):
        submit(attempt, good | {first: frozenset()})
    with pytest.raises(ChoiceUnknown):
        submit(attempt, good | {first: frozenset({-1})})
    assert state() == before


def test_submit_keeps_only_answers_to_this_quiz(mine):
    attempt = begin(mine)
    good = right_answers(attempt.course_version)
    done = submit(attempt, good | {999_999: frozenset({1})})
    assert done.answers == {str(question): sorted(chosen) for question, chosen in good.items()}


def test_quiz_belongs_to_its_learner(mine, cast):
    attempt = begin(mine)
    before = state()
    for other in (cast.trainer, cast.lead):
        with pytest.raises(attempts.NotYours):
            begin(mine, by=other)
        with pytest.raises(attempts.NotYours):
            submit(attempt, right_answers(attempt.course_version), by=other)
    assert state() == before


def test_begin_after_passing_is_refused(mine):
    attempt = begin(mine)
    submit(attempt, right_answers(attempt.course_version))
    with pytest.raises(attempts.AlreadyPassed):
        begin(mine)
    assert Attempt.objects.count() == 1


def test_submit_without_begin_is_refused(mine):
    with pytest.raises(attempts.NoSuchAttempt):
        attempts.submit(
            assignment_id=mine.pk, n=1, answers={}, by=staff(mine.user), at=timezone.now()
        )
    assert not Attempt.objects.exists()


def test_open_attempt_is_graded_by_the_version_it_was_begun_with(mine, cast):
    attempt = begin(mine)
    by, at = staff(cast.trainer), timezone.now()
    newer = courses.revise(course_id=mine.course_id, by=by, at=at)
    Question.objects.filter(version=newer).update(text="anders")
    courses.publish(version_id=newer.pk, by=by, at=at)

    done = submit(attempt, right_answers(attempt.course_version))

    assert done.passed
    assert done.course_version.number == 1


def test_result_never_changes(mine):
    attempt = begin(mine)
    submit(attempt, wrong_answers(attempt.course_version))
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Attempt.objects.update(score=100, passed=True)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Attempt.objects.all()._raw_delete("default")


def test_database_keeps_one_open_attempt_and_whole_results(mine):
    attempt = begin(mine)
    with pytest.raises(IntegrityError), transaction.atomic():
        Attempt.objects.create(
            assignment=mine, course_version=attempt.course_version, n=2, started_at=timezone.now()
        )
    for wrong in (
        {"score": 10},
        {"submitted_at": timezone.now()},
        {"submitted_at": timezone.now(), "score": 101, "passed": True},
        {"n": 0},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Attempt.objects.filter(pk=attempt.pk).update(**wrong)
