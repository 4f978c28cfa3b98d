"""What outsiders send: refused with 400 or another 4xx, never a crash, never a row changed."""

import json

import pytest
from django.apps import apps
from django.test import Client
from django.urls import get_resolver

from tests.integration.api.conftest import problem
from tickets.models import Ticket

REQUESTS, TICKETS, PROOFS = "/api/v1/requests/", "/api/v1/tickets/", "/api/v1/order-proofs/"
GOOD = '{"lines": [{"line_key": "L1", "quantity": 1, "reason": "CHANGED_MIND"}]}'
DEEP = "[" * 200_000 + "]" * 200_000


def raw(client, path, body, content_type="application/json"):
    """Send bytes as they are."""
    return client.generic("POST", path, body, content_type=content_type)


@pytest.mark.parametrize(
    ("_case", "body", "status"),
    [
        ("no JSON", b"{", 400),
        ("not UTF-8", b'{"lines": "\xff\xfe"}', 400),
        ("UTF-16", GOOD.encode("utf-16"), 400),
        ("NUL", GOOD.replace("L1", "\\u0000").encode(), 400),
        ("NUL in a name", b'{"a\\u0000": 1}', 400),
        ("half a character", GOOD.replace("L1", "\\ud800").encode(), 400),
        ("half a character in a name", b'{"\\udfff": 1}', 400),
        ("raw half a character", GOOD.encode().replace(b"L1", b"\xed\xa0\x80"), 400),
        ("NaN", GOOD.replace("1,", "NaN,").encode(), 400),
        ("infinite", GOOD.replace("1,", "1e999,").encode(), 400),
        ("too long a number", GOOD.replace("1,", "1" * 5000 + ",").encode(), 400),
        ("a large number", GOOD.replace("1,", "9" * 400 + ",").encode(), 400),
        ("deep", DEEP.encode(), 400),
        ("deep inside", GOOD.replace('"L1"', "[" * 900 + "]" * 900).encode(), 400),
        ("a name twice", b'{"lines": [], "lines": []}', 400),
        ("a list", b"[]", 400),
        ("a text", b'"x"', 400),
        ("null", b"null", 400),
        ("truth", b"true", 400),
        ("nothing", b"", 400),
        ("lines no list", b'{"lines": {"0": {}}}', 400),
        ("a line no object", b'{"lines": [1, null, []]}', 400),
        ("a million names", json.dumps({str(n): 1 for n in range(60_000)}).encode(), 400),
        ("too large", b'{"lines": "' + b"x" * 1_000_001 + b'"}', 413),
        ("spaces", b" " * 1_000_001, 413),
        ("more than the server reads", b" " * 1_100_000, 413),
    ],
)
def test_body_is_refused(_case, body, status, cast, buyer, agent, nothing_changes):
    problem(nothing_changes(lambda: raw(buyer, REQUESTS, body)), status)
    problem(nothing_changes(lambda: raw(agent, TICKETS, body)), status)
    problem(nothing_changes(lambda: raw(Client(), PROOFS, body)), status)


@pytest.mark.parametrize(
    "content_type",
    ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "", "x"],
)
def test_body_that_is_no_json_is_refused(content_type, cast, buyer, nothing_changes):
    answer = nothing_changes(lambda: raw(buyer, REQUESTS, GOOD.encode(), content_type))
    problem(answer, 415)


@pytest.mark.parametrize("charset", ["utf-8", "bz2_codec", "utf-16", "nonsense"])
def test_charset_of_the_header_is_not_believed(charset, cast, buyer):
    answer = raw(buyer, REQUESTS, GOOD.encode(), f"application/json; charset={charset}")
    assert answer.status_code == 201, answer.content


@pytest.mark.parametrize(
    "path",
    ["nothing", "tickets", "tickets/1/", "tickets/C-2026-000001/", "tickets/x/approve/",
     "orders/mapo/2026110912345678/", "tickets/%00/", "tickets/%ff/", "v2/", "../admin/",
     "tickets/00000000-0000-0000-0000-00000000000G/"],
)  # fmt: skip
def test_addresses_that_are_none_answer_in_json(path, cast, agent):
    for method in ("get", "post", "put", "delete"):
        problem(getattr(agent, method)(f"/api/v1/{path}"), 404, "not_found")


@pytest.mark.parametrize("accept", ["text/html", "application/xml", "x", "*/*;q=0", "\xff"])
def test_answer_is_json_whatever_is_wanted(accept, cast, agent):
    answer = agent.get(TICKETS, HTTP_ACCEPT=accept)
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/json")


def test_language_of_a_refusal_follows_the_reader(cast, agent):
    korean = problem(agent.get(f"{TICKETS}?x=1", HTTP_ACCEPT_LANGUAGE="ko"), 400)
    english = problem(agent.get(f"{TICKETS}?x=1", HTTP_ACCEPT_LANGUAGE="en"), 400)
    assert (korean["code"], english["code"]) == ("invalid", "invalid")
    assert english["detail"] == "Some fields are missing or wrong; see `fields`."


def every_field():
    """Every name that a client might hope to set: of all models, and what other systems call it."""
    ours = ("common", "orders", "tickets")
    models = [m for m in apps.get_models() if m._meta.app_label in ours]
    names = {f.name for m in models for f in m._meta.get_fields()}
    names |= {f.attname for m in models for f in m._meta.concrete_fields}
    names |= {"is_staff", "is_superuser", "role", "shop", "state", "approved_by", "sla_due"}
    return names | {"id", "pk", "created", "__proto__", "seen_version", "canned_version_id"}


def bodies(cast, ticket):
    """Every address that takes a body, with one that would be accepted."""
    own = f"{REQUESTS}{ticket.request.public_id}/tickets/{ticket.public_id}/"
    one = f"{TICKETS}{ticket.public_id}/"
    order = {"store": "mapo", "order_number": cast.order.number}
    return {
        PROOFS: order | {"phone_last4": "5678"},
        f"{PROOFS}code/": {"proof": "x" * 32, "code": "000000"},
        REQUESTS: json.loads(GOOD),
        f"{own}withdraw/": {},
        f"{own}reopen/": {},
        f"{own}messages/": {"body": "x"},
        TICKETS: order | {"kind": "C", "line_key": "L1", "quantity": 1, "reason": "CHANGED_MIND"},
        f"{one}messages/": {"body": "x", "visibility": "NOTE"},
        f"{one}assign/": {"assignee": None},
        f"{one}take/": {},
        f"{one}ask/": {"text": "x"},
        f"{one}stop_waiting/": {},
        f"{one}approve/": {},
        f"{one}refuse/": {"ground": "USED_UP", "text": "x"},
        f"{one}propose/": {"decision": "approve"},
        f"{one}decline/": {},
        f"{one}recall/": {},
        f"{one}accept_return/": {},
        f"{one}goods_back/": {"on": "2026-11-09"},
        f"{one}goods_missing/": {},
        f"{one}reopen/": {},
        f"{one}resolve/": {},
    }


# What a body may hold beside what `bodies` gives it.
OPTIONAL = {REQUESTS: {"email", "locale"}, TICKETS: {"email", "locale", "details"}}
NOTED = ("/decline/", "/propose/")


def test_every_field_of_every_model_is_refused_everywhere(cast, lead, buyer, nothing_changes):
    ticket = cast.ticket()
    clients = {PROOFS: Client(), REQUESTS: buyer, TICKETS: lead}
    fields = sorted(every_field())
    assert len(fields) > 150

    def send_all():
        for path, good in bodies(cast, ticket).items():
            client = next(c for prefix, c in clients.items() if path.startswith(prefix))
            own = set(good) | OPTIONAL.get(path, {"note"} if path.endswith(NOTED) else set())
            foreign = [name for name in fields if name not in own]
            for n in range(0, len(foreign), 20):  # so many are named in one answer
                wrong = dict.fromkeys(foreign[n : n + 20], 1)
                said = problem(raw(client, path, json.dumps(good | wrong).encode()), 400, "invalid")
                assert set(said["fields"]) == set(wrong), path

    nothing_changes(send_all)
    assert Ticket.objects.get().status == "RECEIVED"


def test_fields_inside_a_line_are_closed_too(cast, buyer, nothing_changes):
    def send_all():
        for name in sorted(every_field() - {"line_key", "quantity", "reason", "details"}):
            body = json.loads(GOOD)
            body["lines"][0][name] = 1
            problem(raw(buyer, REQUESTS, json.dumps(body).encode()), 400, "invalid")

    nothing_changes(send_all)


def test_every_address_with_a_body_was_tried(cast):
    """A new one has to be put into the table above."""
    tried = {path.replace("/api/v1/", "") for path in bodies(cast, cast.ticket())}
    resolver = get_resolver("tickets.api.urls")
    shapes = {
        str(pattern.pattern)
        for entry in resolver.url_patterns
        if hasattr(entry, "url_patterns")
        for pattern in entry.url_patterns
        if hasattr(pattern.callback.cls, "post")
    }
    assert len(shapes) == len(tried)


def test_writes_are_counted_and_stopped(cast, agent, monkeypatch, nothing_changes):
    monkeypatch.setattr("tickets.api.permissions.WRITES_A_MINUTE", 2)
    ticket = cast.ticket()
    path = f"{TICKETS}{ticket.public_id}/messages/"
    said = [agent.post(path, {"body": "x", "visibility": "NOTE"}) for _ in range(2)]
    assert [a.status_code for a in said] == [201, 201]
    answer = nothing_changes(lambda: agent.post(path, {"body": "x", "visibility": "NOTE"}))
    problem(answer, 429, "too_often")
    assert 0 < int(answer["Retry-After"]) <= 60
    assert agent.get(path).status_code == 200
