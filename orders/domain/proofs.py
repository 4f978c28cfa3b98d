"""What proves that somebody is the buyer of an order."""

import hashlib
import hmac
import re
import unicodedata

TAIL_DIGITS = 4


def phone_digits(phone: str) -> str:
    """Return the digits of a phone number as it was typed."""
    return re.sub(r"\D", "", unicodedata.normalize("NFKC", phone or ""))


def phone_tail(phone: str) -> str:
    """Return the last four digits, or "" when there are fewer."""
    digits = phone_digits(phone)
    return digits[-TAIL_DIGITS:] if len(digits) >= TAIL_DIGITS else ""


def tail_hmac(tail: str, key: bytes) -> str:
    """Return a keyed digest of the four digits: the database alone does not give them away."""
    return hmac.new(key, tail.encode(), hashlib.sha256).hexdigest() if tail else ""
