"""Refusals for programs: RFC 9457 problem+json, in the reader's language, never a stack."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.utils.translation import gettext
from rest_framework import exceptions, status
from rest_framework.response import Response
from rest_framework.views import set_rollback

from common.errors import Refused

CONTENT_TYPE = "application/problem+json"


def say(refusal: Refused) -> str:
    """Return the refusal in the language that is active now."""
    return gettext(refusal.wording) % refusal.facts


def problem(
    code: str, *, detail: str, status: int, headers: dict[str, str] | None = None, **more: Any
) -> Response:
    """Return a problem+json answer."""
    body = {"type": f"urn:chwiso:problem:{code}", "code": code, "status": status, "detail": detail}
    return Response(body | more, status=status, headers=headers, content_type=CONTENT_TYPE)


def handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """Answer for DRF: our refusals, DRF's own errors, 404 and 403; anything else is a bug."""
    if isinstance(error, Refused):
        set_rollback()
        more = {"facts": error.facts} if error.facts else {}
        headers = {"Retry-After": str(error.facts["seconds"])} if error.status == 429 else None
        return problem(error.code, detail=say(error), status=error.status, headers=headers, **more)
    if isinstance(error, Http404):
        error = exceptions.NotFound()
    elif isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied()
    if not isinstance(error, exceptions.APIException):
        return None
    set_rollback()
    return _of_drf(error)


def _of_drf(error: exceptions.APIException) -> Response:
    headers = {}
    if getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = error.auth_header
    if getattr(error, "wait", None):
        headers["Retry-After"] = str(int(error.wait) + 1)
    if isinstance(error, exceptions.ValidationError):
        return problem(
            "invalid",
            detail=gettext("Some fields are missing or wrong; see `fields`."),
            status=status.HTTP_400_BAD_REQUEST,
            fields=error.detail if isinstance(error.detail, dict) else {"": error.detail},
        )
    codes = error.get_codes()
    code = codes if isinstance(codes, str) else "error"
    return problem(code, detail=str(error.detail), status=error.status_code, headers=headers)
