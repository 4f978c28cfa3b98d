"""Courses as a trainer would have written them."""

from datetime import date, timedelta

from django.utils import timezone

from common.models import User
from tests.factories.cast import staff
from training.actions import assignments, courses
from training.domain.due import day_of
from training.models import Assignment, Choice, CourseVersion, Lesson, Question

SINGLE, MULTIPLE = Question.Kind.SINGLE, Question.Kind.MULTIPLE
# Kind, text, and the choices with an asterisk before the right ones.
QUIZ = (
    (SINGLE, "청약철회 기간은 며칠인가요?", ("3일", "*7일", "14일")),
    (MULTIPLE, "환불 전에 확인할 것은?", ("*수량", "*사유", "구매자의 나이")),
)


def draft(trainer: User, *, title: str = "취소 처리 입문", quiz=QUIZ, pass_mark: int = 80):
    """Return a draft with one lesson and a quiz."""
    course = courses.begin(title=title, by=staff(trainer), at=timezone.now())
    version = CourseVersion.objects.create(
        course=course, title=title, author=trainer, pass_mark=pass_mark
    )
    Lesson.objects.create(
        version=version, position=1, title="법 한 장", body="7일 안에.\n<b>꼭</b>"
    )
    for n, (kind, text, choices) in enumerate(quiz, start=1):
        question = Question.objects.create(version=version, position=n, kind=kind, text=text)
        for place, choice in enumerate(choices, start=1):
            Choice.objects.create(
                question=question,
                position=place,
                text=choice.lstrip("*"),
                is_right=choice.startswith("*"),
            )
    return version


def published(trainer: User, **kwargs) -> CourseVersion:
    """Return a published version."""
    version = draft(trainer, **kwargs)
    return courses.publish(version_id=version.pk, by=staff(trainer), at=timezone.now())


def assigned(trainer: User, *people: User, due_on: date | None = None, **kwargs) -> Assignment:
    """Send people to a fresh course; return the first assignment."""
    version = published(trainer, **kwargs)
    made = assignments.assign(
        course_id=version.course_id,
        user_ids=[person.pk for person in people],
        due_on=due_on or day_of(timezone.now()) + timedelta(days=7),
        by=staff(trainer),
        at=timezone.now(),
    )
    return made[0]


def right_answers(version: CourseVersion) -> dict[int, frozenset[int]]:
    """Return the choices that pass the quiz."""
    return {
        question.pk: frozenset(question.choices.filter(is_right=True).values_list("pk", flat=True))
        for question in version.questions.all()
    }


def wrong_answers(version: CourseVersion) -> dict[int, frozenset[int]]:
    """Return a wrong choice for every question."""
    return {
        question.pk: frozenset({question.choices.filter(is_right=False).first().pk})
        for question in version.questions.all()
    }
