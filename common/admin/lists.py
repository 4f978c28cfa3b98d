"""Lists paged by key: filters, search and a table, as fast on page 400 as on the first."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.functional import Promise

from common import keyset
from common.admin.base import ReadOnlyAdmin

PAGE_SIZE = 25
MAX_SEARCH = 80
Text = str | Promise


@dataclass(frozen=True, slots=True)
class Cell:
    """What stands in one place of a table; the page escapes it."""

    text: Text
    href: str = ""
    # A second line in smaller type.
    small: Text = ""
    # "late", "near", or a status' colour.
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its heading and what it shows of a row.

    `kind` is how: "head" names the row, "number", "nowrap", "wide" is cut off when long, "".
    """

    label: Text
    cell: Callable[[Any], Cell]
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Filter:
    """A choice above the table. The first one offered is the default; "" does not filter."""

    parameter: str
    title: Text
    choices: Callable[[HttpRequest], Sequence[tuple[str, Text]]]
    keep: Callable[[Any, str, HttpRequest], Any]


@dataclass(frozen=True, slots=True)
class Asked:
    """What the reader asked for: the words searched and each filter's value."""

    search: str
    values: dict[str, str]
    cursor: str | None
    offered: dict[str, Sequence[tuple[str, Text]]] = field(default_factory=dict)


class KeysetAdmin(ReadOnlyAdmin):
    """A list of our own in place of Django's changelist: no OFFSET, no count of everything."""

    key_order: tuple[str, ...] = ("-id",)
    columns: Sequence[Column] = ()
    filters: Sequence[Filter] = ()
    search_label: Text = ""
    empty_words: Text = ""

    def found(self, rows: Any, words: str) -> Any:
        """Return the rows that fit the words searched."""
        return rows

    def filled(self, rows: Any) -> Any:
        """Return the rows with everything a line shows."""
        return rows

    def prepared(self, rows: list[Any], request: HttpRequest) -> list[Any]:
        """Return what the columns get for each row."""
        return rows

    def notices(self, request: HttpRequest) -> list[Any]:
        """Return what stands above the list."""
        return []

    def row(self, request: HttpRequest, object_id: str) -> Any:
        """Return the row if the reader may see it, else 404."""
        key = object_id if object_id.isascii() and object_id.isdigit() else "0"
        return get_object_or_404(self.get_queryset(request), pk=key[:18])

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show one page of the list."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        asked = self.asked(request)
        try:
            page = self.page_of(request, asked)
        except keyset.BadCursor:
            return redirect(request.path)
        rows = self.prepared(page.rows, request)
        return self.page(
            request,
            "admin/desk/list.html",
            title=self.list_title(),
            is_list=True,
            columns=self.columns,
            rows=[[(column, column.cell(row)) for column in self.columns] for row in rows],
            asked=asked,
            filters=[
                self._shown(item, asked) for item in self.filters if self._is_choice(item, asked)
            ],
            search_label=self.search_label,
            empty_words=self.empty_words,
            next_query=self._query(request, page.next_cursor) if page.next_cursor else "",
            first_query=self._query(request, None) if asked.cursor else "",
            notices=self.notices(request),
            add_url=self.address("add") if self.has_add_permission(request) else "",
        )

    def asked(self, request: HttpRequest) -> Asked:
        """Read what was asked for; a value that is not offered is the default."""
        search = request.GET.get("q", "").replace("\x00", "").strip()[:MAX_SEARCH]
        values, offered = {}, {}
        for item in self.filters:
            choices = item.choices(request)
            given = request.GET.get(item.parameter)
            known = {value for value, _ in choices}
            values[item.parameter] = given if given in known else choices[0][0]
            offered[item.parameter] = choices
        return Asked(search, values, request.GET.get("cursor") or None, offered)

    def page_of(self, request: HttpRequest, asked: Asked) -> keyset.Page:
        """Return one page of the rows that fit."""
        rows = self.get_queryset(request)
        for item in self.filters:
            value = asked.values[item.parameter]
            if value:
                rows = item.keep(rows, value, request)
        if asked.search:
            rows = self.found(rows, asked.search)
        return keyset.page(
            self.filled(rows), order=self.key_order, cursor=asked.cursor, size=PAGE_SIZE
        )

    @staticmethod
    def _is_choice(item: Filter, asked: Asked) -> bool:
        """Tell whether the filter can do anything: with one store there is nothing to choose."""
        return len(asked.offered[item.parameter]) > 2 or asked.values[item.parameter] != ""

    @staticmethod
    def _shown(item: Filter, asked: Asked) -> dict[str, Any]:
        return {
            "parameter": item.parameter,
            "title": item.title,
            "choices": asked.offered[item.parameter],
            "value": asked.values[item.parameter],
        }

    @staticmethod
    def _query(request: HttpRequest, cursor: str | None) -> str:
        """Return the address of another page of the same list."""
        query = request.GET.copy()
        query.pop("cursor", None)
        if cursor:
            query["cursor"] = cursor
        return "?" + query.urlencode()
