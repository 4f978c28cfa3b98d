"""What stands at the side of every admin page: only what the reader may see."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from orders.access import DECIDERS, has_role
from orders.models import Role


@dataclass(frozen=True, slots=True)
class Item:
    """A link to a list. `model` is app.model; `query` narrows it."""

    title: Promise
    icon: str
    model: str
    query: str = ""
    when: Callable[[HttpRequest], bool] = lambda request: True


def _decides(request: HttpRequest) -> bool:
    return has_role(request, *DECIDERS)


def _operates(request: HttpRequest) -> bool:
    return has_role(request, Role.OPERATOR)


GROUPS: tuple[tuple[Promise, tuple[Item, ...]], ...] = (
    (
        _("Desk"),
        (
            Item(_("Queue"), "inbox", "tickets.ticket"),
            Item(
                _("Waiting for approval"), "how_to_reg", "tickets.ticket",
                "status=WAITING_APPROVAL", _decides,
            ),
            Item(_("Orders"), "receipt_long", "orders.order"),
            Item(_("Products"), "inventory_2", "orders.product"),
            Item(_("Canned responses"), "quickreply", "tickets.cannedresponse"),
        ),
    ),
    (
        _("Learning"),
        (
            Item(_("My training"), "school", "training.myassignment"),
            Item(_("Courses"), "menu_book", "training.courseversion"),
            Item(_("Assignments"), "assignment", "training.assignment"),
            Item(_("Feedback"), "sentiment_satisfied", "feedback.response"),
        ),
    ),
    (
        _("Set-up"),
        (
            Item(_("Stores"), "storefront", "orders.store"),
            Item(_("Staff"), "group", "common.user"),
            Item(_("Roles"), "badge", "orders.membership"),
            Item(_("Reply and decision times"), "timer", "tickets.slapolicy"),
            Item(_("Who may decide"), "gavel", "tickets.decisionpolicy"),
            Item(_("Automatic rules"), "bolt", "tickets.autorule"),
            Item(_("Business hours"), "schedule", "common.calendar"),
            Item(_("API tokens"), "key", "tickets.apitoken"),
            Item(_("Undelivered mail"), "unsubscribe", "common.outboundmail", "", _operates),
        ),
    ),
)  # fmt: skip


def icon(request: HttpRequest) -> str:
    """Return the address of the icon in the browser's tab."""
    return static("common/icon.svg")


def navigation(request: HttpRequest) -> list[dict[str, Any]]:
    """Return the groups with what this reader may open; empty groups are left out."""
    groups: list[dict[str, Any]] = []
    for title, items in GROUPS:
        shown = [_link(item, request) for item in items if _may_open(item, request)]
        if shown:
            groups.append({"title": title, "separator": bool(groups), "items": shown})
    return groups


def _may_open(item: Item, request: HttpRequest) -> bool:
    pages = {model._meta.label_lower: page for model, page in admin.site._registry.items()}
    page = pages.get(item.model)
    return page is not None and item.when(request) and page.has_view_permission(request)


def _link(item: Item, request: HttpRequest) -> dict[str, Any]:
    address = reverse(f"admin:{item.model.replace('.', '_')}_changelist")
    return {
        "title": item.title,
        "icon": item.icon,
        "link": f"{address}?{item.query}" if item.query else address,
        "active": _is_here(item, address, request),
    }


def _is_here(item: Item, address: str, request: HttpRequest) -> bool:
    if not request.path.startswith(address):
        return False
    narrowed = any(
        other.model == item.model and other.query and other.query in request.META["QUERY_STRING"]
        for _title, items in GROUPS
        for other in items
    )
    return bool(item.query) == narrowed
