"""Headers that every answer carries."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

PERMISSIONS = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"


def headers(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable:
    """Forbid what no page needs; loosen the script policy for the admin's theme alone."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        # Pages show orders, buyers and people; what may be kept says so itself.
        response.headers.setdefault("Cache-Control", "private, no-store")
        return response

    return middleware


def theme_policy(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable:
    """Let the admin's theme run: its Alpine evaluates expressions and writes inline styles."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if request.path.startswith("/admin/"):
            # Read by django-csp.
            response._csp_update = {  # type: ignore[attr-defined]
                "script-src": ["'unsafe-eval'", "'unsafe-inline'"],
                "style-src": ["'unsafe-inline'"],
            }
        return response

    return middleware
