"""How often buyers may send something. Counted by the edge before, and outside, the action."""

from datetime import datetime

from common import throttle
from orders.models import Order
from tickets.domain import tokens

HOUR, DAY = 3600, 86_400


def count_form(*, address: str, order: Order, recipient: str, at: datetime) -> None:
    """Count a request or question; refuse the 61st an hour from one address, the 6th an hour
    for one order, the 21st a day that would write to one recipient."""
    throttle.hit(f"form-address:{address}", limit=60, seconds=HOUR, at=at)
    throttle.hit(f"form-order:{order.pk}", limit=5, seconds=HOUR, at=at)
    if recipient:
        digest = tokens.digest_of(recipient.strip().lower())[:32]
        throttle.hit(f"form-recipient:{digest}", limit=20, seconds=DAY, at=at)


def count_message(*, address: str, request_pk: int | None, at: datetime) -> None:
    """Count an answer or a button on a status page: 60 an hour per address, 30 per request."""
    throttle.hit(f"form-address:{address}", limit=60, seconds=HOUR, at=at)
    throttle.hit(f"form-request:{request_pk}", limit=30, seconds=HOUR, at=at)
