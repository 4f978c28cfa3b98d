"""Courses: written, published once they can be passed, frozen from then on."""

import pytest
from django.db import Error as DatabaseError
from django.db import IntegrityError, transaction
from django.utils import timezone

from common.models import Event
from tests.factories.cast import staff
from tests.factories.courses import MULTIPLE, SINGLE, draft, published
from training.actions import courses
from training.actions.rights import NotATrainer
from training.domain.courses import NoQuestion, NoRightChoice, SeveralRightChoices
from training.domain.events import TrainingEvent
from training.models import Choice, Course, CourseVersion, Lesson, Question

ROLES = ("agent", "lead", "manager", "operator", "other_agent")


def publish(version, by):
    return courses.publish(version_id=version.pk, by=staff(by), at=timezone.now())


def events_of(name):
    return Event.objects.filter(name=name)


def test_publish_freezes_and_tells(cast):
    version = publish(draft(cast.trainer), cast.trainer)
    version.refresh_from_db()
    assert version.published_at is not None
    event = events_of(TrainingEvent.COURSE_PUBLISHED).get()
    assert (event.subject_id, event.actor_user) == (version.pk, cast.trainer)


@pytest.mark.parametrize(
    ("quiz", "refusal"),
    [
        ((), NoQuestion),
        (((SINGLE, "?", ("a", "b")),), NoRightChoice),
        (((MULTIPLE, "?", ("a", "b")),), NoRightChoice),
        (((SINGLE, "?", ("*a", "*b")),), SeveralRightChoices),
    ],
)
def test_publish_refuses_what_nobody_could_pass(quiz, refusal, cast):
    version = draft(cast.trainer, quiz=quiz)
    with pytest.raises(refusal):
        publish(version, cast.trainer)
    version.refresh_from_db()
    assert version.published_at is None
    assert not events_of(TrainingEvent.COURSE_PUBLISHED).exists()


def test_publish_twice_is_refused(cast):
    version = published(cast.trainer)
    with pytest.raises(courses.Frozen):
        publish(version, cast.trainer)
    assert events_of(TrainingEvent.COURSE_PUBLISHED).count() == 1


@pytest.mark.parametrize("who", ROLES)
def test_only_a_trainer_writes_courses(who, cast):
    by = staff(getattr(cast, who))
    version = draft(cast.trainer)
    before = Event.objects.count()
    for act in (
        lambda at: courses.begin(title="x", by=by, at=at),
        lambda at: courses.publish(version_id=version.pk, by=by, at=at),
        lambda at: courses.note_edit(version_id=version.pk, by=by, at=at),
        lambda at: courses.revise(course_id=version.course_id, by=by, at=at),
    ):
        with pytest.raises(NotATrainer):
            act(timezone.now())
    version.refresh_from_db()
    assert version.published_at is None
    assert (Course.objects.count(), Event.objects.count()) == (1, before)


def parts(version):
    question = version.questions.first()
    return {
        "version": version,
        "lesson": version.lessons.first(),
        "question": question,
        "choice": question.choices.first(),
    }


CHANGES = {
    "version": {"pass_mark": 1},
    "lesson": {"body": "anders"},
    "question": {"text": "anders"},
    "choice": {"is_right": True},
}


@pytest.mark.parametrize("part", CHANGES)
def test_published_part_can_neither_change_nor_go(part, cast):
    row = parts(published(cast.trainer))[part]
    rows = type(row).objects.filter(pk=row.pk)
    before = rows.values().get()
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        rows.update(**CHANGES[part])
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        rows._raw_delete("default")
    assert rows.values().get() == before


@pytest.mark.parametrize("part", CHANGES)
def test_draft_part_can_change(part, cast):
    row = parts(draft(cast.trainer))[part]
    assert type(row).objects.filter(pk=row.pk).update(**CHANGES[part]) == 1


def test_nothing_is_added_to_what_is_published(cast):
    version = published(cast.trainer)
    question = version.questions.first()
    for add in (
        lambda: Lesson.objects.create(version=version, position=9, title="x", body="x"),
        lambda: Question.objects.create(version=version, position=9, text="x"),
        lambda: Choice.objects.create(question=question, position=9, text="x"),
    ):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            add()


def test_part_of_a_draft_cannot_be_moved_into_what_is_published(cast):
    version, other = published(cast.trainer), draft(cast.trainer)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Lesson.objects.filter(version=other).update(version=version, position=9)
    assert other.lessons.count() == 1


def test_revise_copies_everything_into_a_draft(cast):
    version = published(cast.trainer)
    copy = courses.revise(course_id=version.course_id, by=staff(cast.trainer), at=timezone.now())

    assert (copy.number, copy.published_at, copy.course) == (2, None, version.course)
    for fields, path in (
        (("position", "title", "body"), "lessons"),
        (("position", "kind", "text", "explanation"), "questions"),
    ):
        assert list(getattr(copy, path).values(*fields)) == list(
            getattr(version, path).values(*fields)
        )
    choices = Choice.objects.order_by("question__position", "position")
    wanted = ("position", "text", "is_right")
    assert list(choices.filter(question__version=copy).values(*wanted)) == list(
        choices.filter(question__version=version).values(*wanted)
    )
    publish(copy, cast.trainer)
    assert CourseVersion.objects.current_of(version.course_id).get() == copy


def test_revise_refuses_a_second_draft(cast):
    version = published(cast.trainer)
    by, at = staff(cast.trainer), timezone.now()
    courses.revise(course_id=version.course_id, by=by, at=at)
    with pytest.raises(courses.DraftExists):
        courses.revise(course_id=version.course_id, by=by, at=at)
    assert CourseVersion.objects.count() == 2
    with pytest.raises(IntegrityError), transaction.atomic():
        CourseVersion.objects.create(course=version.course, number=3, title="x")


def test_remove_question_takes_its_choices_along(cast):
    version = draft(cast.trainer)
    courses.remove_question(question_id=version.questions.first().pk)
    assert version.questions.count() == 1
    assert Choice.objects.count() == 3


def test_title_of_the_course_is_that_of_the_version_published_last(cast):
    version = published(cast.trainer, title="첫 제목")
    by, at = staff(cast.trainer), timezone.now()
    copy = courses.revise(course_id=version.course_id, by=by, at=at)
    CourseVersion.objects.filter(pk=copy.pk).update(title="새 제목")
    assert Course.objects.get().title == "첫 제목"
    publish(copy, cast.trainer)
    assert Course.objects.get().title == "새 제목"


@pytest.mark.parametrize(("who", "sees"), [("trainer", 1), *((role, 0) for role in ROLES)])
def test_visible_to(who, sees, cast):
    draft(cast.trainer)
    assert CourseVersion.objects.visible_to(getattr(cast, who)).count() == sees


@pytest.mark.parametrize("mark", [0, 101])
def test_pass_mark_is_a_percentage(mark, cast):
    version = draft(cast.trainer)
    with pytest.raises(IntegrityError), transaction.atomic():
        CourseVersion.objects.filter(pk=version.pk).update(pass_mark=mark)
