"""Filters that several lists share."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from common.admin.lists import Filter
from orders.access import desk_stores


def _stores(request: HttpRequest) -> list[tuple[str, Any]]:
    rows = [(store.slug, store.name) for store in desk_stores(request)]
    return [("", _("all stores")), *rows]


def _in_store(rows: Any, slug: str, request: HttpRequest) -> Any:
    return rows.filter(store__slug=slug)


STORE_FILTER = Filter("store", _("Store"), _stores, _in_store)
