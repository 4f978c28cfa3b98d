"""The OpenAPI description is valid, complete and true: machines try what it promises."""

import json
import os
import re
from io import StringIO

import pytest
import schemathesis
from django.core.management import call_command
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from common.problems import CONTENT_TYPE
from tests.integration.api.conftest import buyer_client, staff_client
from tickets.api.views.docs import description

TRUE = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    response_headers_conformance,
]
NIGHTLY = os.environ.get("HYPOTHESIS_PROFILE") == "nightly"
HOW = settings(
    max_examples=1_000 if NIGHTLY else 15,
    deadline=None,
    derandomize=not NIGHTLY,
    database=None,
    suppress_health_check=list(HealthCheck),
)
# Without a token every address but two says 401: that needs no long search.
BRIEFLY = settings(HOW, max_examples=3, phases=[Phase.generate])
UUID = re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
WISH = {"line_key": "L1", "quantity": 1, "reason": "CHANGED_MIND"}
GOOD = {
    "/api/v1/requests/": {"lines": [WISH]},
    "/api/v1/tickets/": {"kind": "C", "store": "mapo", "order_number": "2026110912345678"} | WISH,
    "/api/v1/order-proofs/": {"store": "mapo", "order_number": "1", "phone_last4": "5678"},
}


@pytest.fixture(autouse=True)
def _as_a_test_client_does(monkeypatch):
    """Keep the test's connection between requests; let nobody be told to wait."""
    monkeypatch.setattr("tickets.api.permissions.WRITES_A_MINUTE", 10**6)
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield
    for signal in signals:
        signal.connect(close_old_connections)


@pytest.fixture
def as_buyer(cast):
    """The buyer's header."""
    return header_of(buyer_client(cast.order))


@pytest.fixture
def as_lead(cast):
    """The lead's header."""
    return header_of(staff_client(cast.lead, cast.store))


@pytest.fixture
def real_ids(cast):
    """Ids of a ticket that is there, by whose address they stand in."""
    ticket = cast.ticket()
    return {
        "/api/v1/tickets/": {"public_id": str(ticket.public_id)},
        "/api/v1/requests/": {
            "public_id": str(ticket.request.public_id),
            "ticket_id": str(ticket.public_id),
        },
    }


def header_of(client):
    return {"Authorization": client._credentials["HTTP_AUTHORIZATION"]}


def try_out(case, headers, real_ids=None):
    """Send the case, about a row that is there where it names one well; and a body that fits."""
    ids = next((i for p, i in (real_ids or {}).items() if case.path.startswith(p)), {})
    known = {name: value for name, value in ids.items() if f"{{{name}}}" in case.path}
    if known and all(UUID.fullmatch(str(value)) for value in case.path_parameters.values()):
        case.path_parameters = known
    case.call_and_validate(headers=headers, checks=TRUE)
    if case.method == "POST" and case.path in GOOD:
        case.body = GOOD[case.path]
        case.call_and_validate(headers=headers, checks=TRUE)


schema = schemathesis.openapi.from_dict(json.loads(json.dumps(description(), default=str)))
schema.app = get_wsgi_application()
FOR_BUYERS = "^/api/v1/(order|requests)/"
FOR_STAFF = "^/api/v1/(tickets|orders|stores)/"


@schema.include(path_regex="order-proofs").parametrize()
@HOW
def test_promises_hold_for_anybody(case, cast):
    try_out(case, {})


@schema.exclude(path_regex="order-proofs").parametrize()
@BRIEFLY
def test_promises_hold_without_a_token(case, real_ids):
    try_out(case, {}, real_ids)


@schema.include(path_regex=FOR_BUYERS).parametrize()
@HOW
def test_promises_hold_for_a_buyer(case, as_buyer, real_ids):
    try_out(case, as_buyer, real_ids)


@schema.include(path_regex=FOR_STAFF).parametrize()
@HOW
def test_promises_hold_for_a_lead(case, as_lead, real_ids):
    try_out(case, as_lead, real_ids)


def test_description_has_no_warning_and_is_valid(db):
    call_command("spectacular", "--fail-on-warn", "--validate", stdout=StringIO())


def operations():
    return [
        (path, method, operation)
        for path, methods in description()["paths"].items()
        for method, operation in methods.items()
    ]


def test_every_operation_names_its_refusals_as_problems():
    for path, method, operation in operations():
        codes = operation["responses"]
        assert any(code.startswith("2") for code in codes), (path, method)
        refusals = {code: said for code, said in codes.items() if not code.startswith("2")}
        assert "400" in refusals, (path, method)
        assert ("401" in refusals) == bool(operation.get("security")), (path, method)
        assert ("404" in refusals) >= ("{" in path), (path, method)
        for said in refusals.values():
            assert list(said["content"]) == [CONTENT_TYPE]


def test_every_body_is_closed():
    """Unknown fields are refused, and the description says so."""
    schemas = description()["components"]["schemas"]
    for path, method, operation in operations():
        if "requestBody" not in operation:
            assert method == "get", path
            continue
        body = operation["requestBody"]["content"]["application/json"]["schema"]
        names = [s["$ref"] for s in schemas[body["$ref"].rsplit("/", 1)[-1]].get("oneOf", [body])]
        for name in names:
            assert schemas[name.rsplit("/", 1)[-1]]["additionalProperties"] is False


def test_no_address_holds_a_row_id_or_a_number():
    for path, _method, operation in operations():
        for parameter in operation.get("parameters", []):
            if parameter["in"] == "path":
                assert parameter["schema"]["format"] == "uuid", path


@pytest.mark.parametrize(
    ("accept", "query", "kind"),
    [("*/*", "", "yaml"), ("application/json", "", "json"), ("*/*", "?format=json", "json")],
)
def test_description_comes_as_yaml_and_json(accept, query, kind, client, db):
    answer = client.get(f"/api/schema/{query}", HTTP_ACCEPT=accept)
    assert answer.status_code == 200
    if kind == "json":
        assert json.loads(answer.content)["openapi"].startswith("3.1")
    else:
        assert answer.content.startswith(b"openapi: 3.1")


def test_docs_need_nothing_from_elsewhere(client, db):
    page = client.get("/api/docs/")
    assert page.status_code == 200
    body = page.content.decode()
    assert "http://" not in body
    assert "https://" not in body
    assert "/static/drf_spectacular_sidecar/swagger-ui-dist/swagger-ui-bundle.js" in body
    script = client.get("/api/docs/?script=")
    assert '"validatorUrl": null' in script.content.decode()
    assert '"/api/schema/"' in script.content.decode()


def test_docs_alone_may_write_styles(client, db):
    policy = {
        path: client.get(path)["Content-Security-Policy"] for path in ("/api/docs/", "/healthz")
    }
    assert "style-src 'self' 'unsafe-inline'" in policy["/api/docs/"]
    assert "unsafe" not in policy["/healthz"]
    scripts = next(p for p in policy["/api/docs/"].split(";") if "script-src" in p)
    assert scripts.split() == ["script-src", "'self'"]
