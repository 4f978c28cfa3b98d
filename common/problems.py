"""Refusals for programs: RFC 9457 problem+json, in the reader's language, never a stack."""

from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.http import Http404, UnreadablePostError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
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
    said = error if isinstance(error, exceptions.APIException) else _of_django(error)
    if said is None:
        return None
    set_rollback()
    return _of_drf(said)


class BodyTooLarge(exceptions.APIException):
    """More than anybody needs to say here."""

    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_detail = _("The body is too large; one megabyte is the most.")
    default_code = "too_large"


def _of_django(error: Exception) -> exceptions.APIException | None:
    """Return what Django's own errors mean to a program, None for a bug."""
    if isinstance(error, Http404):
        return exceptions.NotFound()
    if isinstance(error, PermissionDenied):
        return exceptions.PermissionDenied()
    if isinstance(error, RequestDataTooBig):
        return BodyTooLarge()
    # The client hung up, or a header or address is not what it may be.
    is_the_clients = isinstance(error, UnreadablePostError | SuspiciousOperation)
    return exceptions.ParseError() if is_the_clients else None


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
