"""Pages by key: as fast on page 1,000 as on the first, and nothing is shown twice or skipped."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import F, Model, Q, QuerySet
from django.utils.dateparse import parse_datetime
from rest_framework.pagination import BasePagination
from rest_framework.response import Response

from common.errors import Refused, gettext_noop

M = TypeVar("M", bound=Model)
DEFAULT_SIZE = 50
MAX_SIZE = 100


class BadCursor(Refused):
    """The cursor was not made by us, or for another order."""

    code = "bad_cursor"
    wording = gettext_noop("This page address is not valid. Start again from the first page.")
    status = 400


@dataclass(frozen=True, slots=True)
class Page(Generic[M]):
    """Some rows and the cursor of the next ones, None at the end."""

    rows: list[M]
    next_cursor: str | None


def encode(values: Sequence[Any]) -> str:
    """Return the values as one URL-safe text."""
    text = json.dumps(list(values), cls=DjangoJSONEncoder, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def decode(cursor: str, length: int) -> list[Any]:
    """Return the values of a cursor, or refuse it."""
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        values = json.loads(base64.urlsafe_b64decode(padded.encode("ascii")))
    except (binascii.Error, ValueError, RecursionError) as error:
        raise BadCursor() from error
    known = (str, int, type(None))
    if not isinstance(values, list) or len(values) != length:
        raise BadCursor()
    if not all(isinstance(v, known) for v in values) or len(cursor) > 400:
        raise BadCursor()
    return values


def page(rows: QuerySet[M], *, order: Sequence[str], cursor: str | None, size: int) -> Page[M]:
    """Return the page of `rows` after `cursor`.

    `order` names columns, `-` for descending, the last one unique. NULLs of a column come last.
    """
    ordered = rows.order_by(*(_ordering(name) for name in order))
    if cursor:
        ordered = ordered.filter(_after(order, _typed(rows.model, order, cursor)))
    found = list(ordered[: size + 1])
    more = len(found) > size
    found = found[:size]
    last = found[-1] if more else None
    values = [getattr(last, name.lstrip("-")) for name in order] if last else []
    return Page(found, encode(values) if last else None)


def _ordering(name: str) -> Any:
    column = F(name.lstrip("-"))
    return column.desc(nulls_last=True) if name.startswith("-") else column.asc(nulls_last=True)


def _typed(model: type[Model], order: Sequence[str], cursor: str) -> list[Any]:
    """Give the values of the cursor the types of their columns."""
    values: list[Any] = []
    for name, raw in zip(order, decode(cursor, len(order)), strict=True):
        kind = model._meta.get_field(name.lstrip("-")).get_internal_type()
        values.append(_of_kind(kind, raw))
    return values


def _of_kind(kind: str, raw: Any) -> Any:
    if raw is None:
        return None
    if kind == "DateTimeField":
        return _moment(raw)
    if kind in ("BigAutoField", "BigIntegerField", "IntegerField", "PositiveIntegerField"):
        if not isinstance(raw, int) or isinstance(raw, bool) or abs(raw) >= 2**63:
            raise BadCursor()
        return raw
    if not isinstance(raw, str) or "\x00" in raw:
        raise BadCursor()
    return raw


def _moment(raw: Any) -> datetime:
    try:
        moment = parse_datetime(raw) if isinstance(raw, str) else None
    except ValueError as error:
        raise BadCursor() from error
    if moment is None or moment.tzinfo is None:
        raise BadCursor()
    return moment


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

    def paginate_queryset(self, queryset: QuerySet, request: Any, view: Any = None) -> list:
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
            {"name": "cursor", "in": "query", "schema": {"type": "string", "maxLength": 400}},
            {
                "name": "limit",
                "in": "query",
                "schema": {"type": "integer", "minimum": 1, "maximum": MAX_SIZE},
            },
        ]

    @staticmethod
    def _size(raw: str | None) -> int:
        if raw is None or not raw.isascii() or not raw.isdigit() or len(raw) > 9:
            return DEFAULT_SIZE
        return min(max(int(raw), 1), MAX_SIZE)
