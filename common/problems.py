"""Refusals for programs: RFC 9457 problem+json, in the reader's language, never a stack."""

from http import HTTPStatus
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
    body = {
        "type": f"urn:chwiso:problem:{code}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "code": code,
        "detail": detail,
    }
    return Response(body | more, status=status, headers=headers, content_type=CONTENT_TYPE)


def handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """Answer for DRF: our refusals, DRF's own errors, 404 and 403; anything else is a bug."""
    if isinstance(error, Refused):
        set_rollback()
        return _of_refusal(error)
    if isinstance(error, Http404):
        error = exceptions.NotFound()
    elif isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied()
    if not isinstance(error, exceptions.APIException):
        return None
    set_rollback()
    return _of_drf(error)


def _of_refusal(refusal: Refused) -> Response:
    more = {"facts": refusal.facts} if refusal.facts else {}
    headers = {"Retry-After": str(refusal.facts["seconds"])} if refusal.status == 429 else None
    return problem(
        refusal.code, detail=say(refusal), status=refusal.status, headers=headers, **more
    )


def _of_drf(error: exceptions.APIException) -> Response:
    if isinstance(error, exceptions.ValidationError):
        return problem(
            "invalid",
            detail=gettext("Some fields are missing or wrong; see `fields`."),
            status=status.HTTP_400_BAD_REQUEST,
            fields=error.detail if isinstance(error.detail, dict) else {"": error.detail},
        )
    headers = {}
    # DRF itself sets these two on its errors; see rest_framework.views.exception_handler.
    if scheme := getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = scheme
    if wait := getattr(error, "wait", None):
        headers["Retry-After"] = str(int(wait) + 1)
    codes = error.get_codes()
    code = codes if isinstance(codes, str) else "error"
    return problem(code, detail=str(error.detail), status=error.status_code, headers=headers)
