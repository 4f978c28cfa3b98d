"""The vocabulary of training; `visible_to` is the only door for pages and API."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import models
from django.db.models import Exists, OuterRef, Q, Subquery

from common.models import User
from orders.models import Membership, Role, Store
from orders.querysets import is_staff


def is_trainer(user: Any) -> bool:
    """Tell whether the person trains people of some store."""
    return is_staff(user) and Store.objects.with_role(user, Role.TRAINER).exists()


def people_of(user: User) -> models.QuerySet[User]:
    """Active staff of the stores in which the person is a trainer."""
    members = Membership.objects.filter(
        user=OuterRef("pk"), store__in=Store.objects.with_role(user, Role.TRAINER)
    )
    people = User.objects.filter(Exists(members), is_active=True, is_staff=True)
    return people.order_by("name", "id")


class CourseVersionQuerySet(models.QuerySet):
    """Versions of courses."""

    def visible_to(self, user: User) -> CourseVersionQuerySet:
        """All courses for every trainer: trainers share them. Learners come by assignments."""
        return self if is_trainer(user) else self.none()

    def published(self) -> CourseVersionQuerySet:
        """Versions that people may be sent to."""
        return self.filter(published_at__isnull=False)

    def current_of(self, course_id: int) -> CourseVersionQuerySet:
        """The version of a course that is taught now."""
        return self.published().filter(course_id=course_id).order_by("-number")[:1]


class AssignmentQuerySet(models.QuerySet):
    """Who has to learn what, and by when."""

    def visible_to(self, user: User) -> AssignmentQuerySet:
        """One's own, and for trainers those of the people of their stores."""
        if not is_staff(user):
            return self.none()
        return self.filter(Q(user_id=user.pk) | Q(user__in=people_ids(user)))

    def own(self, user: User) -> AssignmentQuerySet:
        """What the person has to learn."""
        return self.filter(user_id=user.pk) if is_staff(user) else self.none()

    def open(self) -> AssignmentQuerySet:
        """Not passed yet."""
        return self.filter(passed_at=None)

    def late(self, today: date) -> AssignmentQuerySet:
        """Open after their due day."""
        return self.open().filter(due_on__lt=today)

    def with_progress(self) -> AssignmentQuerySet:
        """With `has_begun` and `best_score`, in the same query."""
        attempts = self.model._meta.apps.get_model("training", "Attempt").objects.filter(
            assignment=OuterRef("pk")
        )
        handed_in = attempts.filter(submitted_at__isnull=False).order_by("-score", "n")
        return self.annotate(
            has_begun=Exists(attempts), best_score=Subquery(handed_in.values("score")[:1])
        )


def people_ids(user: User) -> models.QuerySet[Any]:
    """Ids of everybody in the stores in which the person is a trainer, deactivated ones too."""
    stores = Store.objects.with_role(user, Role.TRAINER)
    return Membership.objects.filter(store__in=stores).values("user_id")
