"""Pages by key: as fast on page 1,000 as on the first, and nothing is shown twice or skipped."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Generic, TypeVar

from django.db.models import F, Model, Q, QuerySet
from rest_framework.pagination import BasePagination
from rest_framework.response import Response

from common import sealing
from common.errors import Refused, gettext_noop

M = TypeVar("M", bound=Model)
DEFAULT_SIZE = 50
MAX_SIZE = 100
MAX_CURSOR = 400


class BadCursor(Refused):
    """The cursor was not made by us, or for another order."""

    code = "bad_cursor"
    wording = gettext_noop("This page address is not valid. Start again from the first page.")
    status = 400


class BadLimit(Refused):
    """The number of rows to a page is none we offer."""

    code = "bad_limit"
    wording = gettext_noop("`limit` is a whole number from 1 to %(most)s.")
    status = 400


@dataclass(frozen=True, slots=True)
class Page(Generic[M]):
    """Some rows and the cursor of the next ones, None at the end."""

    rows: list[M]
    next_cursor: str | None


def page(rows: QuerySet[M], *, order: Sequence[str], cursor: str | None, size: int) -> Page[M]:
    """Return the page of `rows` after `cursor`.

    `order` names columns, `-` for descending, the last one unique. NULLs of a column come last.
    """
    ordered = rows.order_by(*(_ordering(name) for name in order))
    context = _context(rows.model, order)
    if cursor:
        ordered = ordered.filter(_after(order, decode(cursor, rows.model, context)))
    found = list(ordered[: size + 1])
    more = len(found) > size
    found = found[:size]
    return Page(found, encode(found[-1], context) if more else None)


def encode(row: Model, context: Sequence[str]) -> str:
    """Return the row's place as one URL-safe text that shows no value of it."""
    values = [getattr(row, name.lstrip("-")) for name in context[1:]]
    return sealing.seal(json.dumps(values, default=_exact), "|".join(context))


def decode(cursor: str, model: type[Model], context: Sequence[str]) -> list[Any]:
    """Return the values of a cursor, or refuse one not made for these rows in this order."""
    text = sealing.unseal(cursor, "|".join(context)) if len(cursor) <= MAX_CURSOR else None
    if text is None:
        raise BadCursor()
    columns: list[Any] = [model._meta.get_field(name.lstrip("-")) for name in context[1:]]
    return [
        None if value is None else column.to_python(value)
        for column, value in zip(columns, json.loads(text), strict=True)
    ]


def _context(model: type[Model], order: Sequence[str]) -> list[str]:
    return [model._meta.label_lower, *order]


def _exact(value: Any) -> str:
    # To the microsecond: rounded, a cursor would skip rows of the same millisecond.
    return value.isoformat() if isinstance(value, datetime | date) else str(value)


def _ordering(name: str) -> Any:
    column = F(name.lstrip("-"))
    return column.desc(nulls_last=True) if name.startswith("-") else column.asc(nulls_last=True)


def _after(order: Sequence[str], values: Sequence[Any]) -> Q:
    """Everything that comes after the row with these values."""
    wanted, equal = Q(pk__in=[]), Q()
    for name, value in zip(order, values, strict=True):
        column = name.lstrip("-")
        if value is not None:
            beyond = "lt" if name.startswith("-") else "gt"
            wanted |= equal & (
                Q(**{f"{column}__{beyond}": value}) | Q(**{f"{column}__isnull": True})
            )
        equal &= Q(**{f"{column}__isnull": True}) if value is None else Q(**{column: value})
    return wanted


class KeysetPagination(BasePagination):
    """DRF's pages by key: `?cursor=` and `?limit=` (at most 100). Views set `keyset`."""

    parameters = frozenset({"cursor", "limit"})

    def paginate_queryset(self, queryset: Any, request: Any, view: Any = None) -> list:
        """Return the rows of the page that was asked for."""
        size = self._size(request.query_params.get("limit"))
        order = getattr(view, "keyset", ("-id",))
        cursor = request.query_params.get("cursor") or None
        self.page = page(queryset, order=order, cursor=cursor, size=size)
        return self.page.rows

    def get_paginated_response(self, data: Any) -> Response:
        """Return the rows with the next cursor."""
        return Response({"results": data, "next_cursor": self.page.next_cursor})

    def get_paginated_response_schema(self, schema: dict) -> dict:
        """Describe the page for OpenAPI."""
        return {
            "type": "object",
            "required": ["results", "next_cursor"],
            "properties": {
                "results": schema,
                "next_cursor": {"type": ["string", "null"]},
            },
        }

    def get_schema_operation_parameters(self, view: Any) -> list[dict]:
        """Describe the parameters for OpenAPI."""
        return [
            {
                "name": "cursor",
                "in": "query",
                "description": "`next_cursor` of the page before.",
                "schema": {"type": "string", "minLength": 1, "maxLength": MAX_CURSOR},
            },
            {
                "name": "limit",
                "in": "query",
                "description": "Rows to a page.",
                "schema": {
                    "type": "integer",
                    "minimum": 1,
                    "maximum": MAX_SIZE,
                    "default": DEFAULT_SIZE,
                },
            },
        ]

    @staticmethod
    def _size(raw: str | None) -> int:
        if raw is None:
            return DEFAULT_SIZE
        if not (raw.isascii() and raw.isdigit() and len(raw) <= 3 and 1 <= int(raw) <= MAX_SIZE):
            raise BadLimit(most=MAX_SIZE)
        return int(raw)
