"""What a token may do, and what of it: rights of the person and limits of the token together."""

from typing import Any, Final

from django.db.models import QuerySet
from django.utils import timezone
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from common import throttle
from common.errors import Refused, gettext_noop
from tickets.actions.api_tokens import READ, WRITE
from tickets.api.auth import BuyerKey
from tickets.models import ApiToken

WRITES_A_MINUTE: Final = 600
MINUTE: Final = 60


class ScopeMissing(Refused):
    """The token was made for less."""

    code = "scope_missing"
    wording = gettext_noop("This token lacks the scope '%(scope)s'.")
    status = 403


class StaffScope(BasePermission):
    """A staff token with the scope that the method needs; no scope allows nothing."""

    def has_permission(self, request: Request, view: Any) -> bool:
        """Refuse a token without the scope; anything but a staff token is nobody."""
        if not isinstance(request.auth, ApiToken):
            return False
        needed = READ if request.method in SAFE_METHODS else WRITE
        if needed not in request.auth.scopes:
            raise ScopeMissing(scope=needed)
        return True


class BuyerKeyHeld(BasePermission):
    """A buyer's token."""

    def has_permission(self, request: Request, view: Any) -> bool:
        """Let whoever proved to be the buyer in."""
        return isinstance(request.auth, BuyerKey)


class WriteThrottle(BaseThrottle):
    """At most so many writes a minute with one token; reads are bounded by their pages."""

    def allow_request(self, request: Request, view: Any) -> bool:
        """Count a write; refuses with 429 and says how long to wait."""
        if request.method not in SAFE_METHODS:
            key = f"api-write:{caller(request)}"
            throttle.hit(key, limit=WRITES_A_MINUTE, seconds=MINUTE, at=timezone.now())
        return True


def caller(request: Request) -> str:
    """Return a short name for who calls, to count and to remember answers by.

    A person's two tokens may see different stores, so each stands for itself; two tokens of one
    buyer open the same order.
    """
    if isinstance(request.auth, BuyerKey):
        return f"order:{request.auth.order.pk}"
    return f"token:{request.auth.pk[:40]}"


def visible(rows: QuerySet, request: Request) -> QuerySet:
    """Return what both the person may see and the token was made for."""
    path = getattr(rows, "store_path", "pk")
    token: Any = request.auth
    stores = token.stores.values("pk")
    return rows.visible_to(request.user).filter(**{f"{path}__in": stores})  # type: ignore[attr-defined]
