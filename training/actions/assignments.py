"""Sending people to a course."""

from collections.abc import Iterable
from datetime import date, datetime

from django.db import transaction
from django.db.models import Max

from common import events
from common.domain.actors import Actor
from common.errors import Refused, gettext_noop
from common.models import User
from training import locks
from training.actions import rights
from training.domain.due import day_of
from training.domain.events import TrainingEvent
from training.models import Assignment, Course, CourseVersion
from training.querysets import people_of


class NobodyChosen(Refused):
    """Nobody was named."""

    code = "nobody_chosen"
    wording = gettext_noop("Choose at least one person.")
    status = 400


class NotYourPeople(Refused):
    """Somebody does not work in a store of this trainer."""

    code = "not_your_people"
    wording = gettext_noop("You can only choose people of the stores in which you are a trainer.")
    status = 403


class NotPublished(Refused):
    """There is nothing to learn yet."""

    code = "course_not_published"
    wording = gettext_noop("Publish the course before you send people to it.")


class DueInThePast(Refused):
    """The due day is over."""

    code = "due_in_the_past"
    wording = gettext_noop("The due date lies in the past.")
    status = 400


class AlreadyAssigned(Refused):
    """Somebody has this course to pass already."""

    code = "already_assigned"
    wording = gettext_noop("These people already have this course to pass: %(names)s.")


@transaction.atomic
def assign(
    *, course_id: int, user_ids: Iterable[int], due_on: date, by: Actor, at: datetime
) -> list[Assignment]:
    """Send people to a course until the end of `due_on`; all of them, or nobody.

    Who passed it before gets a new cycle.
    """
    trainer = rights.trainer(by)
    course = locks.lock_course(course_id)
    if due_on < day_of(at):
        raise DueInThePast()
    if not CourseVersion.objects.current_of(course.pk).exists():
        raise NotPublished()
    people = _people(set(user_ids), trainer)
    _refuse_if_open(course, people)
    assignments = [_assignment(course, person, due_on, by) for person in people]
    for assignment in assignments:
        events.record(
            TrainingEvent.ASSIGNED,
            subject=assignment,
            by=by,
            at=at,
            course_id=course.pk,
            user_id=assignment.user_id,
            due_on=due_on.isoformat(),
        )
    return assignments


def _people(user_ids: set[int], trainer: User) -> list[User]:
    if not user_ids:
        raise NobodyChosen()
    people = list(people_of(trainer).filter(pk__in=user_ids))
    if len(people) != len(user_ids):
        raise NotYourPeople()
    return people


def _refuse_if_open(course: Course, people: list[User]) -> None:
    waiting = Assignment.objects.open().filter(course=course, user__in=people)
    names = [str(a.user) for a in waiting.select_related("user").order_by("user__name")]
    if names:
        raise AlreadyAssigned(names=", ".join(names))


def _assignment(course: Course, person: User, due_on: date, by: Actor) -> Assignment:
    earlier = Assignment.objects.filter(course=course, user=person)
    last = earlier.aggregate(last=Max("cycle"))["last"] or 0
    return Assignment.objects.create(
        course=course, user=person, cycle=last + 1, due_on=due_on, assigned_by_id=by.user_id
    )
