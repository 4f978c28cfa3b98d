"""The vocabulary of orders; `visible_to` is the only door for pages and API."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Q

from orders.domain.refunds import LIVE, RefundState

if TYPE_CHECKING:
    from common.models import User

# Roles that work with orders and tickets; a trainer sees neither.
DESK_ROLES = ("AGENT", "LEAD", "MANAGER", "OPERATOR")


def is_staff(user: Any) -> bool:
    """Tell whether `user` is an active, signed-in member of staff."""
    return bool(user and user.is_authenticated and user.is_active and user.is_staff)


class StoreQuerySet(models.QuerySet):
    """Stores."""

    def visible_to(self, user: User) -> StoreQuerySet:
        """Stores in which the person works with orders."""
        return self.with_role(user, *DESK_ROLES)

    def with_role(self, user: User, *roles: str) -> StoreQuerySet:
        """Stores in which the person has one of these roles."""
        if not is_staff(user):
            return self.none()
        return self.filter(memberships__user_id=user.pk, memberships__role__in=roles).distinct()


class _InStore(models.QuerySet):
    """Rows that belong to a store by the path `store_path`."""

    store_path = "store"

    def visible_to(self, user: User) -> Any:
        """Rows of the stores in which the person works with orders."""
        stores = self.model._meta.apps.get_model("orders", "Store").objects.visible_to(user)
        return self.filter(**{f"{self.store_path}__in": stores})


class ProductQuerySet(_InStore):
    """Products."""


class OrderQuerySet(_InStore):
    """Orders."""


class OrderLineQuerySet(_InStore):
    """Order lines."""

    store_path = "order__store"


class ClaimQuerySet(_InStore):
    """Claims."""

    def open(self) -> ClaimQuerySet:
        """Claims that still hold their units."""
        return self.filter(closed_at=None)


class RefundQuerySet(_InStore):
    """Refunds."""

    store_path = "claim__store"

    def live(self) -> RefundQuerySet:
        """Refunds whose money may still move."""
        return self.filter(state__in=LIVE)

    def due(self, at: datetime) -> RefundQuerySet:
        """Refunds a worker can move now: free, due, and not waiting for a person."""
        return self.filter(
            Q(next_at=None) | Q(next_at__lte=at),
            Q(lease_until=None) | Q(lease_until__lte=at),
            state__in=LIVE - {RefundState.NEEDS_HUMAN},
        ).order_by("id")
