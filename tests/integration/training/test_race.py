"""Two tabs at the same moment. Real threads, both databases."""

import threading
import time

import pytest
from django.db import IntegrityError, connection
from django.utils import timezone

from common.errors import Refused
from tests.factories.cast import make_cast, staff
from tests.factories.courses import assigned, draft, right_answers, wrong_answers
from training.actions import attempts, courses
from training.models import Assignment, Attempt, CourseVersion, Lesson

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*acts):
    """Run the acts from threads that start together; return what each of them got."""
    gate = threading.Barrier(len(acts), timeout=20)
    got = []

    def run(act):
        gate.wait()
        try:
            act()
            got.append("done")
        except (Refused, IntegrityError) as error:
            got.append(type(error).__name__)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(got)


@pytest.fixture
def mine():
    cast = make_cast()
    return assigned(cast.trainer, cast.agent)


@pytest.fixture
def slow(monkeypatch):
    """Hold every hand-in for a moment between looking and writing."""
    keys_of = attempts.keys_of

    def dawdle(version):
        time.sleep(0.2)
        return keys_of(version)

    monkeypatch.setattr(attempts, "keys_of", dawdle)


def hand_in(mine, answers):
    def act():
        attempts.submit(
            assignment_id=mine.pk, n=1, answers=answers, by=staff(mine.user), at=timezone.now()
        )

    return act


def begin(mine):
    return attempts.begin(assignment_id=mine.pk, by=staff(mine.user), at=timezone.now())


def test_two_hand_ins_give_one_result(mine, slow):
    version = begin(mine).course_version
    got = at_once(hand_in(mine, right_answers(version)), hand_in(mine, wrong_answers(version)))
    assert got == ["AlreadySubmitted", "done"]
    attempt = Attempt.objects.get()
    assert (Assignment.objects.get().passed_at is not None) == attempt.passed


@pytest.mark.postgres
def test_without_the_lock_two_hand_ins_are_not_told_apart(mine, slow, monkeypatch):
    """The control: what the lock is for. The trigger alone refuses the second write."""
    version = begin(mine).course_version
    monkeypatch.setattr(attempts.locks, "lock_assignment", lambda pk: Assignment.objects.get(pk=pk))
    got = at_once(hand_in(mine, right_answers(version)), hand_in(mine, wrong_answers(version)))
    assert got == ["IntegrityError", "done"]


def test_two_begins_give_one_attempt(mine):
    assert at_once(lambda: begin(mine), lambda: begin(mine)) == ["done", "done"]
    assert Attempt.objects.count() == 1


@pytest.mark.postgres
def test_lesson_added_while_the_course_is_published_is_either_in_it_or_refused(monkeypatch):
    """The trigger waits for the publisher; without that the lesson would slip in afterwards."""
    trainer = make_cast().trainer
    version = draft(trainer)
    sketches = courses._sketches

    def dawdle(held):
        time.sleep(0.3)
        return sketches(held)

    monkeypatch.setattr(courses, "_sketches", dawdle)

    def publish():
        courses.publish(version_id=version.pk, by=staff(trainer), at=timezone.now())

    def add_lesson():
        time.sleep(0.1)  # the publisher holds the version by now
        Lesson.objects.create(version=version, position=2, title="zu spät", body="x")

    assert at_once(publish, add_lesson) == ["IntegrityError", "done"]
    assert CourseVersion.objects.get().published_at is not None
    assert Lesson.objects.count() == 1
