"""Tokens and codes that can be made again from a key and an id, so that none is stored."""

import hashlib
import hmac
import secrets
from base64 import urlsafe_b64encode

CODE_DIGITS = 6


def new_token() -> str:
    """Return a fresh unguessable text of 192 bits."""
    return secrets.token_urlsafe(24)


def derived_token(key: str, purpose: str, subject: str) -> str:
    """Return the token of a subject for one purpose: 192 bits, the same whenever it is asked."""
    digest = hmac.new(key.encode(), f"{purpose}:{subject}".encode(), hashlib.sha256).digest()
    return urlsafe_b64encode(digest[:24]).decode()


def derived_code(key: str, purpose: str, subject: str) -> str:
    """Return six digits for a subject and purpose."""
    digest = hmac.new(key.encode(), f"{purpose}:{subject}".encode(), hashlib.sha256).digest()
    return f"{int.from_bytes(digest[:8]) % 10**CODE_DIGITS:0{CODE_DIGITS}d}"


def digest_of(token: str) -> str:
    """Return what the database keeps of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def same(a: str, b: str) -> bool:
    """Compare in constant time."""
    return hmac.compare_digest(a.encode(), b.encode())
