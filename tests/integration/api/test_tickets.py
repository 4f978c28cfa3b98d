"""Staff and integrations: open, list, read and find tickets, within role, store and scope."""

import re
from base64 import urlsafe_b64decode
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from orders.models import Membership
from tests.factories.cast import staff
from tests.factories.rows import MONDAY, MembershipFactory, OrderFactory, OrderLineFactory
from tests.integration.api.conftest import buyer_client, problem, staff_client, with_header
from tickets.actions import api_tokens, conversation, decisions
from tickets.actions.decisions import Wanted
from tickets.domain.states import Verb
from tickets.models import ApiToken, BuyerRequest, Ticket

TICKETS = "/api/v1/tickets/"
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{6})?Z")


def cancellation(cast, **changes):
    body = {"kind": "C", "store": "mapo", "order_number": cast.order.number, "line_key": "L1"}
    return body | {"quantity": 1, "reason": "CHANGED_MIND"} | changes


def inquiry(cast, **changes):
    body = {"kind": "I", "store": "mapo", "order_number": cast.order.number}
    return body | {"subject": "배송", "body": "언제 오나요?"} | changes


def numbers(answer):
    assert answer.status_code == 200, answer.content
    return [row["number"] for row in answer.json()["results"]]


def test_ticket_is_opened_for_units_of_a_line(cast, agent, settings):
    settings.SITE_URL = "https://desk.example"
    answer = agent.post(TICKETS, cancellation(cast, quantity=2, reason="SOLD_OUT"))

    assert answer.status_code == 201, answer.content
    body, ticket = answer.json(), Ticket.objects.get()
    assert answer["Location"] == f"https://desk.example{TICKETS}{ticket.public_id}/"
    assert answer["ETag"] == '"1"'
    assert body["number"] == ticket.number
    assert body["claim"]["amount"] == {"amount": 6666, "currency": "KRW"}
    assert body["buyer"] == {"name": "홍*동", "phone": "010-****-5678"}
    assert ticket.claim.origin == "STAFF"
    assert ticket.request.source == BuyerRequest.Source.API


def test_inquiry_is_opened_about_an_order(cast, agent):
    answer = agent.post(TICKETS, inquiry(cast))
    assert answer.status_code == 201, answer.content
    assert (answer.json()["kind"], answer.json()["claim"]) == ("I", None)
    assert Ticket.objects.get().messages.get().body == "언제 오나요?"


@pytest.mark.parametrize(
    ("_case", "changes", "status", "code"),
    [
        ("no kind", {"kind": None}, 400, "invalid"),
        ("a return", {"kind": "R"}, 400, "invalid"),
        ("kind no text", {"kind": ["C"]}, 400, "invalid"),
        ("field of an inquiry", {"subject": "x"}, 400, "invalid"),
        ("unknown reason", {"reason": "BORED"}, 400, "invalid"),
        ("unknown line", {"line_key": "X"}, 400, "invalid"),
        ("key no text", {"line_key": 1}, 400, "invalid"),
        ("detail missing", {"reason": "DAMAGED"}, 400, "detail_missing"),
        ("too many units", {"quantity": 4}, 400, "bad_quantity"),
        ("missing order", {"order_number": "404"}, 404, "not_found"),
        ("missing store", {"store": "nowhere"}, 404, "not_found"),
        ("foreign order", {"order_number": "2026110987654321"}, 404, "not_found"),
    ],
)  # fmt: skip
def test_opening_refuses(_case, changes, status, code, cast, agent, nothing_changes):
    answer = nothing_changes(lambda: agent.post(TICKETS, cancellation(cast, **changes)))
    problem(answer, status, code)


def test_opening_an_inquiry_refuses_fields_of_a_cancellation(cast, agent, nothing_changes):
    answer = nothing_changes(lambda: agent.post(TICKETS, inquiry(cast, line_key="L1")))
    assert "line_key" in problem(answer, 400, "invalid")["fields"]


def test_missing_and_foreign_orders_look_alike(cast, agent):
    foreign = cancellation(cast, store="haeundae", order_number=cast.other_order.number)
    missing = cancellation(cast, order_number="404")
    assert problem(agent.post(TICKETS, foreign), 404) == problem(agent.post(TICKETS, missing), 404)


def test_ticket_shows_clocks_verbs_and_what_was_said(cast, agent):
    ticket = cast.ticket()
    conversation.note(ticket_id=ticket.pk, body="메모", by=staff(cast.agent), at=timezone.now())

    answer = agent.get(f"{TICKETS}{ticket.public_id}/")

    body = answer.json()
    assert answer["ETag"] == f'"{body["version"]}"'
    assert {clock["kind"] for clock in body["clocks"]} == {"FIRST_REPLY", "DECISION", "STATUTE"}
    assert body["messages"] == {"public": 0, "notes": 1}
    assert set(body["verbs"]) >= {"take", "ask", "approve", "refuse"}
    assert (body["refund"], body["proposal"], body["assignee"]) == (None, None, None)
    for value in (body["received_at"], body["next_due_at"], body["clocks"][0]["due_at"]):
        assert MOMENT.fullmatch(value), value


def test_ticket_shows_its_refund_and_who_decided(cast, agent):
    ticket = cast.ticket()
    decisions.approve(ticket_id=ticket.pk, by=staff(cast.agent), at=timezone.now())
    body = agent.get(f"{TICKETS}{ticket.public_id}/").json()
    assert body["refund"]["state"] == "PLANNED"
    assert body["refund"]["amount"] == {"amount": 3333, "currency": "KRW"}
    assert body["decided_by"] == {"name": "Agent", "email": "agent@example.com"}
    assert body["decided_by_kind"] == "STAFF"


def test_ticket_shows_what_waits_for_another_person(cast, lead):
    line = OrderLineFactory(
        order=cast.order, line_key="dear", product__store=cast.store, paid=200_000
    )
    ticket = cast.ticket(line=line)
    wanted = Wanted(Verb.APPROVE, note="비싼 상품")
    decisions.propose(wanted, ticket_id=ticket.pk, by=staff(cast.agent), at=timezone.now())
    body = lead.get(f"{TICKETS}{ticket.public_id}/").json()
    assert body["proposal"]["decision"] == "approve"
    assert body["proposal"]["proposed_by"]["name"] == "Agent"
    assert set(body["verbs"]) == {"approve", "refuse", "decline"}


def test_answers_hold_no_row_id(cast, lead):
    """An order and a line whose row ids cannot be there by chance."""
    order = OrderFactory(pk=987_654_321, store=cast.store, number="A", ordered_at=MONDAY)
    line = OrderLineFactory(pk=987_654_322, order=order, product__store=cast.store)
    ticket = cast.ticket(line=line)
    buyer = buyer_client(order)

    answers = [
        lead.get(TICKETS), lead.get(f"{TICKETS}{ticket.public_id}/"), buyer.get("/api/v1/order/"),
        lead.get("/api/v1/orders/", {"limit": 1}), lead.get("/api/v1/stores/"),
        lead.post(f"{TICKETS}{ticket.public_id}/take/", {}),
    ]  # fmt: skip

    for answer in answers:
        assert answer.status_code == 200
        assert "98765432" not in answer.content.decode()
        assert not {'"id"', '"pk"'} & set(re.findall(r'"[a-z_]+"', answer.content.decode()))
    cursor = answers[3].json()["next_cursor"]
    assert b"98765432" not in urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))


@pytest.mark.parametrize(
    ("who", "sees", "takes"),
    [
        ("agent", 200, 200),
        ("lead", 200, 200),
        ("manager", 200, 403),
        ("operator", 200, 403),
        ("other_agent", 404, 404),
    ],
)
def test_role_decides_what_a_token_sees_and_does(who, sees, takes, cast, nothing_changes):
    ticket = cast.ticket()
    user = getattr(cast, who)
    client = staff_client(user, user.memberships.get().store)
    path = f"{TICKETS}{ticket.public_id}/"

    assert client.get(path).status_code == sees
    assert numbers(client.get(TICKETS)) == ([ticket.number] if sees == 200 else [])
    if takes == 200:
        assert client.post(f"{path}take/", {}).status_code == 200
        return
    problem(nothing_changes(lambda: client.post(f"{path}take/", {})), takes)
    problem(nothing_changes(lambda: client.post(TICKETS, cancellation(cast))), takes)


def test_trainer_gets_no_token_and_sees_nothing_with_an_old_one(cast, agent, nothing_changes):
    with pytest.raises(api_tokens.TokenNotPossible):
        staff_client(cast.trainer, cast.store)
    ticket = cast.ticket()
    Membership.objects.filter(user=cast.agent).update(role="TRAINER")
    assert numbers(agent.get(TICKETS)) == []
    problem(nothing_changes(lambda: agent.get(f"{TICKETS}{ticket.public_id}/")), 404)


def test_token_sees_its_own_stores_only(cast):
    """Somebody of two stores, with a token for one."""
    MembershipFactory(user=cast.agent, store=cast.other_store)
    mine, theirs = cast.ticket(), cast.ticket(line=cast.other_line)
    narrow = staff_client(cast.agent, cast.store)
    wide = staff_client(cast.agent, cast.store, cast.other_store)

    assert numbers(narrow.get(TICKETS)) == [mine.number]
    problem(narrow.get(f"{TICKETS}{theirs.public_id}/"), 404)
    problem(narrow.post(f"{TICKETS}{theirs.public_id}/take/", {}), 404)
    assert len(narrow.get("/api/v1/orders/").json()["results"]) == 1
    assert set(numbers(wide.get(TICKETS))) == {mine.number, theirs.number}


def test_token_loses_a_store_with_the_role(cast, agent):
    ticket = cast.ticket()
    Membership.objects.filter(user=cast.agent).delete()
    assert numbers(agent.get(TICKETS)) == []
    problem(agent.post(f"{TICKETS}{ticket.public_id}/take/", {}), 404)


def test_token_without_stores_sees_nothing(cast, agent):
    cast.ticket()
    ApiToken.objects.get().stores.clear()
    assert numbers(agent.get(TICKETS)) == []


@pytest.mark.parametrize(
    ("scopes", "reads", "writes"),
    [
        ((api_tokens.READ,), 200, 403),
        ((api_tokens.WRITE,), 403, 200),
        (api_tokens.SCOPES, 200, 200),
        ((), 403, 403),
    ],
)
def test_scope_decides(scopes, reads, writes, cast, nothing_changes):
    ticket = cast.ticket()
    client = staff_client(cast.agent, cast.store, scopes=scopes)
    path = f"{TICKETS}{ticket.public_id}/"
    for answer in (client.get(TICKETS), client.get(path), client.get("/api/v1/stores/")):
        if reads == 403:
            problem(answer, 403, "scope_missing")
        else:
            assert answer.status_code == reads
    if writes == 403:
        problem(nothing_changes(lambda: client.post(f"{path}take/", {})), 403, "scope_missing")
    else:
        assert client.post(f"{path}take/", {}).status_code == writes


def test_inactive_and_expired_tokens_are_refused_alike(cast, agent, lead, nothing_changes):
    cast.agent.is_active = False
    cast.agent.save(update_fields=["is_active"])
    ApiToken.objects.filter(user=cast.lead).update(expiry=timezone.now() - timedelta(seconds=1))

    answers = [
        nothing_changes(lambda: agent.get(TICKETS)),
        nothing_changes(lambda: lead.get(TICKETS)),
        with_header("Token " + "a" * 64).get(TICKETS),
        with_header("Token \xff\xfe").get(TICKETS),
        with_header("Token x").get(TICKETS),
    ]

    assert len({str(problem(answer, 401, "bad_token")) for answer in answers}) == 1
    assert {answer["WWW-Authenticate"] for answer in answers} == {"Token"}


def test_demo_person_is_refused_from_elsewhere(cast, agent):
    cast.agent.is_demo = True
    cast.agent.save(update_fields=["is_demo"])
    assert agent.get(TICKETS).status_code == 200
    problem(agent.get(TICKETS, REMOTE_ADDR="203.0.113.9"), 401, "bad_token")
    problem(agent.get(TICKETS, HTTP_X_FORWARDED_FOR="127.0.0.1"), 401, "bad_token")


@pytest.fixture
def three(cast):
    """A cancellation taken by the agent, one nobody has, and an inquiry."""
    one, two = cast.ticket(), cast.ticket(at=MONDAY + timedelta(hours=3))
    Ticket.objects.filter(pk=one.pk).update(assignee=cast.agent, status="REVIEWING")
    return one, two


@pytest.mark.parametrize(
    ("_case", "query", "wanted"),
    [
        ("all", {}, [1, 0]),
        ("status", {"status": "REVIEWING"}, [0]),
        ("kind", {"kind": "I"}, []),
        ("store", {"store": "mapo"}, [1, 0]),
        ("foreign store", {"store": "haeundae"}, []),
        ("mine", {"assignee": "me"}, [0]),
        ("nobody's", {"assignee": "none"}, [1]),
        ("open", {"open": "true"}, [1, 0]),
        ("closed", {"open": "false"}, []),
        ("due", {"due_before": "2026-11-09T07:00:00Z"}, [0]),
        ("due, by offset", {"due_before": "2026-11-09T16:00:00+09:00"}, [0]),
        ("order", {"order_number": "2026110912345678"}, [1, 0]),
        ("not that order", {"order_number": "2026110912345678 "}, []),
        ("together", {"status": "RECEIVED", "assignee": "none"}, [1]),
    ],
)
def test_list_narrows(_case, query, wanted, three, agent):
    assert numbers(agent.get(TICKETS, query)) == [three[i].number for i in wanted]


def test_list_finds_a_number(three, agent):
    assert numbers(agent.get(TICKETS, {"number": three[1].number})) == [three[1].number]


@pytest.mark.parametrize(
    "query",
    [
        "status=DONE",
        "status=",
        "status=RECEIVED&status=REFUSED",
        "kind=C%00",
        "open=maybe",
        "assignee=1",
        "due_before=tomorrow",
        "due_before=2026-11-09",
        "due_before=2026-13-40T00:00:00Z",
        "due_before=2026-11-09T00:00:00",
        "due_before=0001-01-01T00:00:00%2B14:00",
        "due_before=9999-12-31T23:59:59-14:00",
        "number=%00",
        "number=" + "x" * 81,
        "limit=0",
        "limit=101",
        "limit=x",
        "limit=",
        "limit=99999999999999999999",
        "limit=%EF%BC%95",
        "cursor=x",
        "cursor=",
        "cursor=%ff",
        "cursor=" + "A" * 500,
        "page=2",
        "is_staff=1",
        "store__id=1",
        "format=json",
        "ordering=id",
    ],
)
def test_list_refuses_what_it_does_not_know(query, cast, agent):
    problem(agent.get(f"{TICKETS}?{query}"), 400)


def test_orders_are_found_by_store_and_number(cast, agent):
    body = agent.get("/api/v1/orders/", {"store": "mapo", "number": cast.order.number}).json()
    (order,) = body["results"]
    assert order["buyer"] == {
        "name": "홍*동",
        "phone": "010-****-5678",
        "email": "bu***@example.com",
    }
    assert [line["line_key"] for line in order["lines"]] == ["L1"]
    assert order["lines"][0]["paid"] == {"amount": 10_000, "currency": "KRW"}
    assert agent.get("/api/v1/orders/", {"number": cast.other_order.number}).json() == {
        "results": [],
        "next_cursor": None,
    }


def test_stores_are_those_of_the_token(cast, agent):
    assert [s["slug"] for s in agent.get("/api/v1/stores/").json()["results"]] == ["mapo"]


def test_moments_are_in_utc_whatever_zone_is_active(cast, agent):
    ticket = cast.ticket(at=datetime(2026, 11, 9, 1, 0, 0, 5, tzinfo=UTC))
    with timezone.override("Asia/Seoul"):
        body = agent.get(f"{TICKETS}{ticket.public_id}/").json()
    assert body["received_at"] == "2026-11-09T01:00:00.000005Z"


@pytest.mark.parametrize("lines", [1, 50])
def test_list_needs_three_queries_however_long(lines, cast, agent, django_assert_max_num_queries):
    for n in range(lines):
        line = OrderLineFactory(order=cast.order, line_key=f"n{n}", product__store=cast.store)
        ticket = cast.ticket(line=line)
        decisions.approve(ticket_id=ticket.pk, by=staff(cast.agent), at=timezone.now())
    with django_assert_max_num_queries(1 + 3):  # one to know who asks
        answer = agent.get(TICKETS)
    assert len(answer.json()["results"]) == lines
    assert all(row["refund"] for row in answer.json()["results"])
    with django_assert_max_num_queries(1 + 3):
        assert len(agent.get("/api/v1/orders/").json()["results"]) == 1
