"""Keyed digests of the digits that prove a buyer."""

from django.conf import settings
from django.utils.crypto import constant_time_compare

from orders.domain import proofs
from orders.models import Order


def tail_digest(phone: str, key: str | None = None) -> str:
    """Return the keyed digest of a phone number's last four digits, "" when there are fewer."""
    secret = f"chwiso.phone-tail:{key or settings.SECRET_KEY}".encode()
    return proofs.tail_hmac(proofs.phone_tail(phone), secret)


def tail_matches(order: Order, digits: str) -> bool:
    """Tell whether the four digits are those of the order's phone."""
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return bool(order.phone_tail_hmac) and any(
        constant_time_compare(tail_digest(digits, key), order.phone_tail_hmac) for key in keys
    )
