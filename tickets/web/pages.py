"""What every page of the buyer has in common: never cached, refusals as pages."""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from common.errors import Refused
from common.throttle import TooOften
from tickets.web import again, words

View = Callable[..., HttpResponse]


def page(*methods: str) -> Callable[[View], View]:
    """Allow these methods; keep the page out of caches; show what is refused in words."""

    def decorate(view: View) -> View:
        @require_http_methods(list(methods))
        @never_cache
        @wraps(view)
        def shown(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.method == "POST":
                again.forget(request)
            try:
                return view(request, *args, **kwargs)
            except TooOften as refusal:
                return _too_often(request, refusal)
            except Refused as refusal:
                return _refused(request, refusal, **kwargs)

        return shown

    return decorate


reads = page("GET", "HEAD")
writes = page("POST")
reads_and_writes = page("GET", "HEAD", "POST")


def _too_often(request: HttpRequest, refusal: TooOften) -> HttpResponse:
    seconds = int(refusal.facts["seconds"])
    context = {"minutes": -(-seconds // 60)}
    response = render(request, "429.html", context, status=HTTPStatus.TOO_MANY_REQUESTS)
    response.headers["Retry-After"] = str(seconds)
    return response


def _refused(request: HttpRequest, refusal: Refused, **kwargs: Any) -> HttpResponse:
    """Say why not, with the way back to what it was about."""
    context = {"problem": words.said(refusal), "public_id": kwargs.get("public_id")}
    return render(request, "tickets/refused.html", context, status=refusal.status)
