"""Sending people to a course, and who sees how far they are."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from common.models import Event
from orders.models import Role
from tests.factories.cast import staff
from tests.factories.courses import assigned, draft, published, right_answers
from tests.factories.rows import MembershipFactory, UserFactory
from training.actions import assignments, attempts
from training.actions.rights import NotATrainer
from training.domain.due import day_of
from training.domain.events import TrainingEvent
from training.models import Assignment


def today():
    return day_of(timezone.now())


def assign(version, people, by, due_on=None):
    return assignments.assign(
        course_id=version.course_id,
        user_ids=[person.pk for person in people],
        due_on=due_on or today(),
        by=staff(by),
        at=timezone.now(),
    )


def refused(refusal, *args, **kwargs):
    """Check that nothing was assigned, and return the refusal."""
    before = list(Assignment.objects.values())
    with pytest.raises(refusal) as found:
        assign(*args, **kwargs)
    assert list(Assignment.objects.values()) == before
    return found.value


def test_assign_sends_people_and_tells(cast):
    version = published(cast.trainer)
    made = assign(version, [cast.agent, cast.lead, cast.agent], cast.trainer)
    assert {a.user for a in made} == {cast.agent, cast.lead}
    assert {(a.cycle, a.due_on, a.assigned_by) for a in made} == {(1, today(), cast.trainer)}
    assert Event.objects.filter(name=TrainingEvent.ASSIGNED).count() == 2


def test_assign_refuses_a_day_that_is_over(cast):
    version = published(cast.trainer)
    refused(assignments.DueInThePast, version, [cast.agent], cast.trainer,
            today() - timedelta(days=1))  # fmt: skip


def test_assign_refuses_a_draft(cast):
    refused(assignments.NotPublished, draft(cast.trainer), [cast.agent], cast.trainer)


def test_assign_refuses_nobody(cast):
    refused(assignments.NobodyChosen, published(cast.trainer), [], cast.trainer)


@pytest.mark.parametrize("who", ["agent", "lead", "manager", "operator", "other_agent"])
def test_assign_is_the_trainers(who, cast):
    refused(NotATrainer, published(cast.trainer), [cast.agent], getattr(cast, who))


def test_assign_refuses_people_of_other_stores_and_those_who_left(cast):
    version = published(cast.trainer)
    refused(assignments.NotYourPeople, version, [cast.agent, cast.other_agent], cast.trainer)
    cast.agent2.is_active = False
    cast.agent2.save()
    refused(assignments.NotYourPeople, version, [cast.agent2], cast.trainer)


def test_assign_refuses_all_when_one_has_it_open_and_names_them(cast):
    version = published(cast.trainer)
    assign(version, [cast.agent], cast.trainer)
    refusal = refused(assignments.AlreadyAssigned, version, [cast.agent, cast.lead], cast.trainer)
    assert refusal.facts == {"names": "Agent"}


def test_assign_again_after_passing_is_the_next_cycle(cast):
    first = assigned(cast.trainer, cast.agent)
    pass_it(first)
    version = first.attempts.get().course_version
    again = assign(version, [cast.agent], cast.trainer)
    assert [a.cycle for a in again] == [2]


def test_database_keeps_one_open_assignment(cast):
    first = assigned(cast.trainer, cast.agent)
    for cycle in (1, 2):
        with pytest.raises(IntegrityError), transaction.atomic():
            Assignment.objects.create(
                user=cast.agent, course=first.course, cycle=cycle, due_on=today()
            )


def pass_it(assignment):
    by, at = staff(assignment.user), timezone.now()
    attempt = attempts.begin(assignment_id=assignment.pk, by=by, at=at)
    attempts.submit(
        assignment_id=assignment.pk,
        n=attempt.n,
        answers=right_answers(attempt.course_version),
        by=by,
        at=at,
    )


@pytest.fixture
def world(cast):
    """Two people of the trainer's store have a course, and one of another store."""
    other_trainer = UserFactory(name="Other trainer")
    MembershipFactory(user=other_trainer, store=cast.other_store, role=Role.TRAINER)
    assigned(cast.trainer, cast.agent, cast.lead)
    assigned(other_trainer, cast.other_agent)
    return other_trainer


@pytest.mark.parametrize(
    ("who", "names"),
    [
        ("trainer", {"Agent", "Lead"}), ("agent", {"Agent"}), ("lead", {"Lead"}),
        ("agent2", set()), ("manager", set()), ("operator", set()), ("other_agent", {"Stranger"}),
    ],
)  # fmt: skip
def test_visible_to(who, names, world, cast):
    rows = Assignment.objects.visible_to(getattr(cast, who))
    assert {row.user.name for row in rows} == names


def test_visible_to_the_other_trainer(world):
    assert {a.user.name for a in Assignment.objects.visible_to(world)} == {"Stranger"}


def test_visible_to_nobody_who_left(world, cast):
    cast.agent.is_active = False
    cast.agent.save()
    assert not Assignment.objects.visible_to(cast.agent).exists()
    assert Assignment.objects.visible_to(cast.trainer).count() == 2


def test_person_with_two_roles_is_listed_once(world, cast):
    MembershipFactory(user=cast.agent, store=cast.store, role=Role.LEAD)
    assert Assignment.objects.visible_to(cast.trainer).count() == 2


def test_late_counts_from_the_day_after(cast):
    assigned(cast.trainer, cast.agent, due_on=today())
    assert not Assignment.objects.late(today()).exists()
    assert Assignment.objects.late(today() + timedelta(days=1)).count() == 1
