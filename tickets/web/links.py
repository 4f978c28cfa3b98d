"""Addresses with a token: the right moves into the session and the token leaves the address."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from tickets.actions import proving
from tickets.domain import tokens
from tickets.models import BuyerRequest
from tickets.web import session
from tickets.web.pages import reads


@reads
def open_order(request: HttpRequest, token: str) -> HttpResponse:
    """The link a seller sent. Opening it uses nothing up: mail scanners open links, too."""
    now = timezone.now()
    found = proving.order_of(token=token, at=now)
    if found is None:
        raise Http404
    order, until = found
    session.remember_order(request, order, at=now, until=until)
    return _without_token("tickets:order")


@reads
def open_request(request: HttpRequest, token: str) -> HttpResponse:
    """The status page's address from a mail."""
    buyer_request = BuyerRequest.objects.filter(token_digest=tokens.digest_of(token)).first()
    if buyer_request is None:
        raise Http404
    session.remember_request(request, buyer_request, at=timezone.now())
    return _without_token("tickets:request", public_id=buyer_request.public_id)


def _without_token(name: str, **kwargs: Any) -> HttpResponse:
    """Go on to an address that may be seen by others; never_cache has set no-store already."""
    response = redirect(name, **kwargs)
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
