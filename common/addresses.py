"""Where a request comes from, for counting tries; never for deciding who somebody is."""

from django.conf import settings
from django.http import HttpRequest


def address_of(request: HttpRequest) -> str:
    """Return the client's address as the last trusted hop saw it.

    Behind the operator's proxy (BEHIND_PROXY) that is the last entry of X-Forwarded-For, the one
    the proxy itself wrote; what stands before it anybody can invent.
    """
    if getattr(settings, "SECURE_PROXY_SSL_HEADER", None):
        last = request.META.get("HTTP_X_FORWARDED_FOR", "").rpartition(",")[2].strip()
        if last:
            return last[:60]
    return request.META.get("REMOTE_ADDR", "")[:60]
