"""The kernel's vocabulary of rows."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib.auth.base_user import BaseUserManager
from django.db import models
from django.db.models import Exists, OuterRef, Q


def _free(at: datetime) -> Q:
    """Due, and held by nobody (or by somebody whose time is up)."""
    return (Q(next_at=None) | Q(next_at__lte=at)) & (Q(lease_until=None) | Q(lease_until__lte=at))


class UserManager(BaseUserManager):
    """Makes staff who sign in with their e-mail."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> Any:
        """Return a new member of staff; the address is kept in lower case."""
        user: Any = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> Any:
        """Return a new member of staff with every right."""
        fields |= {"is_staff": True, "is_superuser": True}
        return self.create_user(email, password, **fields)

    def get_by_natural_key(self, username: str | None) -> Any:
        """Find by e-mail, whatever its case."""
        return self.get(email__iexact=username)


class EventQuerySet(models.QuerySet):
    """The trail."""

    def about(self, subject: models.Model) -> EventQuerySet:
        """Events of one row, oldest first."""
        return self.filter(subject_type=subject._meta.label_lower, subject_id=subject.pk).order_by(
            "id"
        )


class DeliveryQuerySet(models.QuerySet):
    """The outbox."""

    def due(self, at: datetime) -> DeliveryQuerySet:
        """Waiting, free, and with nothing older of the same subject before them."""
        older = self.model._default_manager.filter(
            subscriber=OuterRef("subscriber"), subject=OuterRef("subject"), id__lt=OuterRef("id")
        ).exclude(state="DONE")
        return self.filter(_free(at), ~Exists(older), state="WAITING").order_by("id")


class OutboundMailQuerySet(models.QuerySet):
    """Mail to go out."""

    def due(self, at: datetime) -> OutboundMailQuerySet:
        """Waiting and free."""
        return self.filter(_free(at), state="WAITING").order_by("id")
