"""A course on its way: begun, edited, published, and taken up again as a new version."""

from datetime import datetime

from django.db import transaction
from django.db.models import Count, Q

from common import events
from common.domain.actors import Actor
from common.errors import Refused, gettext_noop
from training import locks
from training.actions import rights
from training.domain.courses import QuestionKind, Sketch, check_publishable
from training.domain.events import TrainingEvent
from training.models import Choice, Course, CourseVersion, Lesson, Question


class Frozen(Refused):
    """The version is published: people were examined by it."""

    code = "course_frozen"
    wording = gettext_noop("This version is published and stays as it is. Make a new version.")


class DraftExists(Refused):
    """Somebody is already at work on the next version."""

    code = "course_draft_exists"
    wording = gettext_noop("There is already a draft of this course. Go on with that one.")


@transaction.atomic
def begin(*, title: str, by: Actor, at: datetime) -> Course:
    """Return a new course, to which the caller saves the first draft."""
    rights.trainer(by)
    course = Course.objects.create(title=title)
    events.record(TrainingEvent.COURSE_BEGUN, subject=course, by=by, at=at)
    return course


def lock_draft(*, version_id: int) -> CourseVersion:
    """Hold a draft while its parts are changed; refuse a published version."""
    version = locks.lock_version(version_id)
    if version.published_at is not None:
        raise Frozen()
    return version


@transaction.atomic
def note_edit(*, version_id: int, by: Actor, at: datetime) -> None:
    """Write down who changed a draft."""
    rights.trainer(by)
    version = lock_draft(version_id=version_id)
    events.record(TrainingEvent.COURSE_EDITED, subject=version, by=by, at=at)


@transaction.atomic
def remove_question(*, question_id: int) -> None:
    """Take a question out of a draft, with its choices."""
    Choice.objects.filter(question_id=question_id).delete()
    Question.objects.filter(pk=question_id).delete()


@transaction.atomic
def publish(*, version_id: int, by: Actor, at: datetime) -> CourseVersion:
    """Freeze a draft so that people may be sent to it; refuse one that nobody could pass."""
    rights.trainer(by)
    version = lock_draft(version_id=version_id)
    check_publishable(_sketches(version))
    version.published_at = at
    version.save(update_fields=["published_at"])
    Course.objects.filter(pk=version.course_id).update(title=version.title)
    events.record(
        TrainingEvent.COURSE_PUBLISHED, subject=version, by=by, at=at, number=version.number
    )
    return version


def _sketches(version: CourseVersion) -> list[Sketch]:
    questions = version.questions.annotate(
        choice_count=Count("choices"),
        right_count=Count("choices", filter=Q(choices__is_right=True)),
    )
    return [
        Sketch(number, QuestionKind(q.kind), choices=q.choice_count, right=q.right_count)
        for number, q in enumerate(questions.order_by("position"), start=1)
    ]


@transaction.atomic
def revise(*, course_id: int, by: Actor, at: datetime) -> CourseVersion:
    """Return a new draft that starts as a copy of the version published last."""
    rights.trainer(by)
    course = locks.lock_course(course_id)
    if course.versions.filter(published_at=None).exists():
        raise DraftExists()
    latest = course.versions.latest("number")
    draft = CourseVersion.objects.create(
        course=course,
        number=latest.number + 1,
        title=latest.title,
        pass_mark=latest.pass_mark,
        author_id=by.user_id,
    )
    _copy_parts(latest, draft)
    events.record(TrainingEvent.COURSE_EDITED, subject=draft, by=by, at=at)
    return draft


def _copy_parts(source: CourseVersion, draft: CourseVersion) -> None:
    Lesson.objects.bulk_create(
        Lesson(version=draft, position=old.position, title=old.title, body=old.body)
        for old in source.lessons.all()
    )
    for old in source.questions.prefetch_related("choices"):
        question = Question.objects.create(
            version=draft,
            position=old.position,
            kind=old.kind,
            text=old.text,
            explanation=old.explanation,
        )
        Choice.objects.bulk_create(
            Choice(question=question, position=c.position, text=c.text, is_right=c.is_right)
            for c in old.choices.all()
        )
