"""The vocabulary of feedback; `visible_to` is the only door for pages and API."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Count, OuterRef, Q, Subquery

from feedback.domain.surveys import QuestionKind
from orders.models import Role, Store

if TYPE_CHECKING:
    from common.models import User
    from tickets.models import BuyerRequest

# Those who see what buyers thought of everybody's work in a store.
READERS = (Role.LEAD, Role.MANAGER)


class SurveyVersionQuerySet(models.QuerySet):
    """Versions of surveys."""

    def current(self, code: str) -> SurveyVersionQuerySet:
        """The version of this survey that is given out now."""
        return self.filter(survey__code=code, published_at__isnull=False).order_by("-number")[:1]


class InvitationQuerySet(models.QuerySet):
    """Who was asked."""

    def of_request(self, request: BuyerRequest) -> InvitationQuerySet:
        """The invitation of one buyer's request, with what a page shows of it."""
        return self.filter(request=request).select_related("survey_version", "response")


class ResponseQuerySet(models.QuerySet):
    """What buyers answered."""

    def visible_to(self, user: User) -> ResponseQuerySet:
        """All of a store for its leads and managers; their own for the agents concerned."""
        theirs = Q(invitation__store__in=Store.objects.with_role(user, *READERS))
        own = Q(invitation__agent_id=user.pk, invitation__store__in=Store.objects.visible_to(user))
        return self.filter(theirs | own)

    def with_answers(self) -> ResponseQuerySet:
        """With `rating` (1 to 5) and `comment`."""
        answers = self.model._meta.apps.get_model("feedback", "Answer").objects
        mine = answers.filter(response=OuterRef("pk")).order_by("question__position")
        return self.annotate(
            rating=Subquery(mine.filter(kind=QuestionKind.CSAT).values("number")[:1]),
            comment=Subquery(mine.filter(kind=QuestionKind.TEXT).values("text")[:1]),
        )

    def rating_counts(self) -> dict[int, int]:
        """How often each CSAT answer was given among these responses."""
        answers = self.model._meta.apps.get_model("feedback", "Answer").objects
        rows = (
            answers.filter(kind=QuestionKind.CSAT, response__in=self.order_by().values("pk"))
            .values_list("number")
            .annotate(n=Count("id"))
        )
        return dict(rows)
