"""What this browser may see: an order for an hour, requests for a month. Kept in the session.

The session is on the server; its key is changed when a right is gained by a proof or a link, so
that a key known beforehand opens nothing.
"""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib.auth import SESSION_KEY
from django.http import Http404, HttpRequest
from django.utils import timezone

from orders.models import Order
from tickets.models import BuyerRequest

ORDER, REQUESTS = "buyer.order", "buyer.requests"
ORDER_LIVES = timedelta(hours=1)
REQUEST_LIVES = timedelta(days=30)
MOST_REQUESTS = 20


def remember_order(
    request: HttpRequest, order: Order, *, at: datetime, until: datetime | None = None
) -> None:
    """Let this browser see the order for an hour, or until its key ends if that is sooner.

    One order at a time: a form left open for another one is refused, never mixed up.
    """
    ends_at = min(at + ORDER_LIVES, until or at + ORDER_LIVES)
    _change_key(request)
    request.session[ORDER] = {"pk": order.pk, "until": ends_at.timestamp()}


def remember_request(
    request: HttpRequest, buyer_request: BuyerRequest, *, at: datetime, change_key: bool = True
) -> None:
    """Let this browser see the request for 30 days; of many, the latest are kept.

    A request just sent adds nothing to the order's right: its answer may get lost on the way,
    so the caller keeps the key (`change_key` False) and a second click finds the session.
    """
    held = _held_requests(request, at)
    held.pop(str(buyer_request.public_id), None)
    held[str(buyer_request.public_id)] = (at + REQUEST_LIVES).timestamp()
    if change_key:
        _change_key(request)
    request.session[REQUESTS] = dict(list(held.items())[-MOST_REQUESTS:])
    if SESSION_KEY not in request.session:  # never prolong the sign-in of staff
        request.session.set_expiry(int(REQUEST_LIVES.total_seconds()))


def order_from_session(request: HttpRequest) -> Order:
    """Return the order that this browser may see now; Http404 when there is none."""
    pk = _held_order(request, timezone.now())
    order = Order.objects.select_related("store").filter(pk=pk).first() if pk else None
    if order is None:
        raise Http404
    return order


def request_from_session(request: HttpRequest, public_id: UUID) -> BuyerRequest:
    """Return a request that this browser may see: by its own link, or as one of its order.

    Http404 for a foreign one as for a missing one.
    """
    found = (
        BuyerRequest.objects.select_related("order", "store").filter(public_id=public_id).first()
    )
    if found is None or not may_see_request(request, found):
        raise Http404
    return found


def may_see_request(request: HttpRequest, buyer_request: BuyerRequest) -> bool:
    """Tell whether this browser holds the request, or the order that it is about."""
    held = _held_requests(request, timezone.now())
    return str(buyer_request.public_id) in held or holds_order(request, buyer_request)


def holds_order(request: HttpRequest, buyer_request: BuyerRequest) -> bool:
    """Tell whether this browser may see the whole order of a request now."""
    return _held_order(request, timezone.now()) == buyer_request.order_id


def _held_order(request: HttpRequest, at: datetime) -> int | None:
    held = request.session.get(ORDER)
    return held["pk"] if held and held["until"] > at.timestamp() else None


def _held_requests(request: HttpRequest, at: datetime) -> dict[str, Any]:
    held = request.session.get(REQUESTS, {})
    return {public_id: until for public_id, until in held.items() if until > at.timestamp()}


def _change_key(request: HttpRequest) -> None:
    request.session.cycle_key()
