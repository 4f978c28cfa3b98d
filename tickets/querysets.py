"""The vocabulary of tickets; `visible_to` is the only door for pages and API."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import F

from orders.models.stores import Store
from tickets.domain.states import OPEN_STATUSES, Status

if TYPE_CHECKING:
    from common.models import User


class _InStore(models.QuerySet):
    """Rows of a store."""

    store_path = "store"

    def visible_to(self, user: User) -> Any:
        """Rows of the stores in which the person works with tickets."""
        return self.filter(**{f"{self.store_path}__in": Store.objects.visible_to(user)})


class BuyerRequestQuerySet(_InStore):
    """What buyers sent."""


class MessageQuerySet(_InStore):
    """What was said."""

    def public(self) -> MessageQuerySet:
        """What the buyer may read."""
        return self.filter(visibility="PUBLIC")


class TicketQuerySet(_InStore):
    """Tickets."""

    def open(self) -> TicketQuerySet:
        """Tickets somebody still has to do something about."""
        return self.filter(status__in=OPEN_STATUSES)

    def by_deadline(self) -> TicketQuerySet:
        """Nearest deadline first; those without one come last."""
        return self.order_by(F("next_due_at").asc(nulls_last=True), "id")

    def waiting_for_second(self) -> TicketQuerySet:
        """Tickets with a proposal."""
        return self.filter(status=Status.WAITING_APPROVAL)

    def to_check(self, at: datetime) -> TicketQuerySet:
        """Tickets with a level that is due to fire."""
        return self.filter(next_check_at__lte=at).order_by("next_check_at", "id")

    def for_queue(self) -> TicketQuerySet:
        """With everything a line of the queue shows, in one query."""
        return self.select_related(
            "store", "assignee", "order", "claim__line__product", "claim__line__order"
        )


class PolicyVersionQuerySet(models.QuerySet):
    """Versions of policies, rules and canned responses."""

    def published(self) -> PolicyVersionQuerySet:
        """Versions that count."""
        return self.filter(published_at__isnull=False)
