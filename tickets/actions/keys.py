"""Keys for tokens and digests, from SECRET_KEY; an old key still opens what it made."""

from collections.abc import Iterator

from django.conf import settings

from tickets.domain import tokens
from tickets.models import BuyerRequest

STATUS = "chwiso.status-page"
CODE = "chwiso.one-time-code"


def keys() -> Iterator[str]:
    """Yield the present key, then those that were rotated out."""
    yield settings.SECRET_KEY
    yield from settings.SECRET_KEY_FALLBACKS


def status_token(public_id: object) -> str:
    """Return the token of a new request's status page."""
    return tokens.derived_token(settings.SECRET_KEY, STATUS, str(public_id))


def status_link(request: BuyerRequest) -> str:
    """Return the address of the status page, for mails; "" when its key is gone."""
    for key in keys():
        token = tokens.derived_token(key, STATUS, str(request.public_id))
        if tokens.digest_of(token) == request.token_digest:
            return f"{settings.SITE_URL}/r/{token}/"
    return ""


def code_for(digest: str) -> str:
    """Return the one-time code that belongs to a proof."""
    return tokens.derived_code(settings.SECRET_KEY, CODE, digest)
