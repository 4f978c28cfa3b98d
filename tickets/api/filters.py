"""What lists can be narrowed to. A value that is none refuses; it never means "everything"."""

import re
from datetime import UTC, datetime
from typing import Any

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field

from orders.models import Order
from tickets.api.serializers.tickets import names
from tickets.domain.states import OPEN_STATUSES, Kind, Status
from tickets.models import Ticket

RFC3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d:\d\d)", re.ASCII)


class MomentField(forms.CharField):
    """A moment as RFC 3339 writes it, with its zone."""

    default_error_messages = {"invalid": _("Write a moment as 2026-11-09T01:00:00Z.")}

    def clean(self, value: Any) -> datetime | None:
        """Return the moment in UTC, or refuse."""
        text = super().clean(value)
        if not text:
            return None
        try:
            moment = parse_datetime(text) if RFC3339.fullmatch(text) else None
            if moment is not None:
                return moment.astimezone(UTC)
        except (ValueError, OverflowError):  # no such day, or before the year 1 in UTC
            pass
        raise ValidationError(self.error_messages["invalid"], code="invalid")


@extend_schema_field(OpenApiTypes.DATETIME)
class MomentFilter(django_filters.Filter):
    """Rows before or after a moment."""

    field_class = MomentField


class Words(django_filters.CharFilter):
    """Exactly this text; spaces count."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, strip=False, max_length=80, **kwargs)


class Either(django_filters.ChoiceFilter):
    """One of a few words."""

    def __init__(self, *args: Any, words: list[str], **kwargs: Any) -> None:
        super().__init__(*args, choices=[(word, word) for word in words], **kwargs)


class TicketFilter(django_filters.FilterSet):
    """Tickets by state, store, holder, deadline or number."""

    status = Either(words=names(Status))
    kind = Either(words=names(Kind))
    store = Words(field_name="store__slug", label="The store's short name.")
    assignee = Either(words=["me", "none"], method="by_assignee")
    open = extend_schema_field(OpenApiTypes.BOOL)(Either(words=["true", "false"], method="by_open"))
    due_before = MomentFilter(field_name="next_due_at", lookup_expr="lt", label="Nearest deadline.")
    number = Words(label="The ticket's number.")
    order_number = Words(field_name="order__number", label="The order's number.")

    class Meta:
        model = Ticket
        fields: list[str] = []

    def by_assignee(self, rows: QuerySet, _name: str, value: str) -> QuerySet:
        """Mine, or nobody's."""
        return rows.filter(assignee=self.request.user if value == "me" else None)

    def by_open(self, rows: QuerySet, _name: str, value: str) -> QuerySet:
        """Those somebody still has to do something about, or the others."""
        if value == "true":
            return rows.filter(status__in=OPEN_STATUSES)
        return rows.exclude(status__in=OPEN_STATUSES)


class OrderFilter(django_filters.FilterSet):
    """Orders by store and number."""

    store = Words(field_name="store__slug", label="The store's short name.")
    number = Words(label="The order's number.")

    class Meta:
        model = Order
        fields: list[str] = []
