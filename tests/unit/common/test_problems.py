"""Refusals as RFC 9457 says them."""

import pytest
from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.http import Http404, UnreadablePostError
from django.utils import translation
from rest_framework import exceptions

from common import problems
from common.errors import Refused
from common.throttle import TooOften
from tickets.domain.states import IllegalTransition, NotAllowed

pytestmark = pytest.mark.usefixtures("_no_rollback")


@pytest.fixture
def _no_rollback(monkeypatch):
    """There is no transaction here to mark."""
    monkeypatch.setattr(problems, "set_rollback", lambda: None)


def of(error):
    with translation.override("en"):
        return problems.handler(error, {})


def test_refusal_says_its_code_its_words_and_its_facts():
    answer = of(IllegalTransition(status="REFUNDED", verb="approve"))
    assert answer.status_code == 409
    assert answer.content_type == "application/problem+json"
    assert answer.data == {
        "type": "urn:chwiso:problem:illegal_transition",
        "title": "Conflict",
        "status": 409,
        "code": "illegal_transition",
        "detail": "This ticket is REFUNDED; 'approve' is not possible now.",
        "facts": {"status": "REFUNDED", "verb": "approve"},
    }


def test_refusal_keeps_its_status():
    assert of(NotAllowed(verb="approve")).status_code == 403


def test_waiting_is_said_in_seconds():
    answer = of(TooOften(seconds=90))
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "90")


def test_refusal_without_facts_says_none():
    assert "facts" not in of(Refused()).data


@pytest.mark.parametrize(
    ("_case", "error", "status", "code"),
    [
        ("hidden", Http404("ticket 7 of shop 3"), 404, "not_found"),
        ("denied", PermissionDenied("secret"), 403, "permission_denied"),
        ("too large", RequestDataTooBig("secret"), 413, "too_large"),
        ("hung up", UnreadablePostError("secret"), 400, "parse_error"),
        ("suspicious", SuspiciousOperation("secret"), 400, "parse_error"),
        ("nobody", exceptions.NotAuthenticated(), 401, "not_authenticated"),
        ("method", exceptions.MethodNotAllowed("PUT"), 405, "method_not_allowed"),
        ("no JSON", exceptions.ParseError(), 400, "parse_error"),
        ("type", exceptions.UnsupportedMediaType("text/plain"), 415, "unsupported_media_type"),
        ("throttled", exceptions.Throttled(wait=4.2), 429, "throttled"),
    ],
)
def test_errors_of_the_framework_are_problems_too(_case, error, status, code):
    answer = of(error)
    assert (answer.status_code, answer.data["code"], answer.data["status"]) == (
        status,
        code,
        status,
    )
    assert "secret" not in str(answer.data)
    assert "shop 3" not in str(answer.data)


def test_scheme_and_waiting_time_become_headers():
    error = exceptions.NotAuthenticated()
    error.auth_header = "Token"
    assert of(error).headers["WWW-Authenticate"] == "Token"
    assert of(exceptions.Throttled(wait=4.2)).headers["Retry-After"] == "6"


def test_wrong_fields_are_named():
    assert of(exceptions.ValidationError({"body": ["no"]})).data["fields"] == {"body": ["no"]}
    assert of(exceptions.ValidationError(["no"])).data["fields"] == {"": ["no"]}


@pytest.mark.parametrize("error", [KeyError("x"), ValueError("x"), RuntimeError("x")])
def test_bugs_are_not_hidden(error):
    assert of(error) is None
