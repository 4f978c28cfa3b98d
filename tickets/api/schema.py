"""OpenAPI, complete and honest: every operation names its headers and all of its refusals."""

from typing import Any, Final

from drf_spectacular.extensions import OpenApiAuthenticationExtension, OpenApiSerializerExtension
from drf_spectacular.openapi import AutoSchema

from common.problems import CONTENT_TYPE
from tickets.api.serializers.fields import Problem

REFUSALS: Final = {
    400: "A field or parameter is wrong or not known.",
    401: "The token is missing, wrong or expired.",
    403: "Visible, but not allowed to this token or person.",
    404: "Not there, or not for this token: both look alike.",
    409: "The table of a ticket's life, the stock of units or the facts say no.",
    412: "Somebody else changed the ticket: the version of If-Match is not the present one.",
    413: "The body is larger than a megabyte.",
    415: "The body is not JSON.",
    422: "The Idempotency-Key was used for another request.",
    429: "Tried too often; Retry-After says when to try again.",
}
HEADERS: Final = {
    401: {"WWW-Authenticate": "The scheme to use."},
    429: {"Retry-After": "Seconds to wait."},
}
IDEMPOTENCY_KEY: Final = {
    "name": "Idempotency-Key",
    "in": "header",
    "description": "Chosen by the client. The same key and body give the first answer for a day.",
    "schema": {"type": "string", "pattern": "^[!-~]{1,120}$"},
}
IF_MATCH: Final = {
    "name": "If-Match",
    "in": "header",
    "description": "The ETag of the ticket as it was seen; a changed ticket refuses with 412.",
    "schema": {"type": "string", "pattern": r'^(\*|"[0-9]{1,9}")$'},
}


class DeskSchema(AutoSchema):
    """What is the same for all operations is said here, once."""

    def get_tags(self) -> list[str]:
        """Group by who calls."""
        return [self._desk_view.tag]

    def _get_parameters(self) -> list[dict[str, Any]]:
        headers = []
        if self._writes and self.view.authentication_classes:
            headers.append(IDEMPOTENCY_KEY)
        if getattr(self.view, "versioned", False) and self._writes:
            headers.append(IF_MATCH)
        return [*super()._get_parameters(), *headers]

    def _get_response_bodies(self, direction: Any = "response") -> dict[str, Any]:
        bodies = super()._get_response_bodies(direction)
        for body in (found for code, found in bodies.items() if code.startswith("2")):
            body |= self._headers_of_success()
        problem = self.resolve_serializer(Problem, direction).ref
        return bodies | {str(code): _refusal(code, problem) for code in self._refusals()}

    @property
    def _desk_view(self) -> Any:
        return self.view

    @property
    def _writes(self) -> bool:
        return self.method == "POST"

    def _headers_of_success(self) -> dict[str, Any]:
        if not getattr(self.view, "versioned", False):
            return {}
        tag = {"description": "The ticket's version.", "schema": {"type": "string"}}
        return {"headers": {"ETag": tag}}

    def _refusals(self) -> list[int]:
        codes = {400}
        if self.view.authentication_classes:
            codes |= {401, 403} if self._desk_view.tag != "buyer" else {401}
        if "{" in self.path or getattr(self.view, "may_hide", False):
            codes.add(404)
        if self._writes:
            codes |= {409, 413, 415, 422, 429} if self.view.authentication_classes else {413, 415}
        if self._writes and getattr(self.view, "versioned", False):
            codes.add(412)
        return sorted(codes | set(getattr(self.view, "refusals", ())))


def _refusal(code: int, schema: dict[str, Any]) -> dict[str, Any]:
    headers = {
        name: {"description": text, "schema": {"type": "string"}}
        for name, text in HEADERS.get(code, {}).items()
    }
    body = {"description": REFUSALS[code], "content": {CONTENT_TYPE: {"schema": schema}}}
    return body | {"headers": headers} if headers else body


class StrictBody(OpenApiSerializerExtension):
    """Say that unknown fields are refused."""

    target_class = "tickets.api.serializers.fields.Strict"
    match_subclasses = True

    def map_serializer(self, auto_schema: AutoSchema, direction: Any) -> dict[str, Any]:
        """Return the usual schema, closed."""
        schema = auto_schema._map_serializer(self.target, direction, bypass_extensions=True)
        return schema | {"additionalProperties": False}


class StaffTokenScheme(OpenApiAuthenticationExtension):
    """How staff and integrations say who they are."""

    target_class = "tickets.api.auth.StaffTokenAuthentication"
    name = "staffToken"
    priority = 1

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, Any]:
        """Return the scheme."""
        return _scheme("Token", "`manage.py make_api_token` makes one, with scopes and stores.")


class BuyerTokenScheme(OpenApiAuthenticationExtension):
    """How a buyer says which order is theirs."""

    target_class = "tickets.api.auth.BuyerTokenAuthentication"
    name = "buyerToken"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, Any]:
        """Return the scheme."""
        return _scheme("Buyer", "POST /api/v1/order-proofs/ and then its code give one.")


def _scheme(keyword: str, how: str) -> dict[str, Any]:
    return {
        "type": "apiKey",
        "in": "header",
        "name": "Authorization",
        "description": f"`Authorization: {keyword} <token>`. {how}",
    }
