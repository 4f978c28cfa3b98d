"""What somebody is, read once per request; every page of the admin asks here."""

from collections import defaultdict
from collections.abc import Mapping
from typing import cast

from django.http import HttpRequest

from common.models import User
from orders.models import Membership, Role, Store
from orders.querysets import DESK_ROLES, is_staff

Roles = Mapping[int, set[str]]
# Kept on the request: a page asks many times.
_STORES = "_desk_stores"
DESK = frozenset(DESK_ROLES)
# Those who may answer and decide.
DECIDERS = frozenset({Role.AGENT.value, Role.LEAD.value})
_KEPT = "_desk_roles"


def roles_of(request: HttpRequest) -> Roles:
    """Return the roles of the reader by store; one query per request."""
    kept: Roles | None = getattr(request, _KEPT, None)
    if kept is None:
        kept = _read(request)
        setattr(request, _KEPT, kept)
    return kept


def person(request: HttpRequest) -> User:
    """Return the reader; the admin's sign-in let nobody else in."""
    return cast(User, request.user)


def _read(request: HttpRequest) -> Roles:
    found: dict[int, set[str]] = defaultdict(set)
    if is_staff(request.user):
        rows = Membership.objects.filter(user=person(request))
        for store_id, role in rows.values_list("store_id", "role"):
            found[store_id].add(role)
    return dict(found)


def has_role(request: HttpRequest, *roles: str) -> bool:
    """Tell whether the reader has one of these roles in some store."""
    return any(held & set(roles) for held in roles_of(request).values())


def has_role_in(request: HttpRequest, store_id: int, *roles: str) -> bool:
    """Tell whether the reader has one of these roles in this store."""
    return bool(roles_of(request).get(store_id, set()) & set(roles))


def works_at_desk(request: HttpRequest) -> bool:
    """Tell whether the reader works with orders and tickets somewhere."""
    return has_role(request, *DESK)


def desk_stores(request: HttpRequest) -> list[Store]:
    """Return the stores in which the reader works with orders, by name."""
    kept: list[Store] | None = getattr(request, _STORES, None)
    if kept is None:
        kept = list(Store.objects.visible_to(person(request)).order_by("name", "id")[:200])
        setattr(request, _STORES, kept)
    return kept
