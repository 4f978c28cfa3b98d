"""The buyer's way through the API: prove, look, ask, follow, write, change one's mind."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from common.domain.actors import Actor
from common.models import Event, OutboundMail
from orders.actions.claims import Claim
from orders.models import OrderLine, Refund
from tests.factories.cast import staff
from tests.factories.rows import OrderLineFactory
from tests.integration.api.conftest import all_rows, problem, with_header
from tickets.actions import decisions, desk, keys
from tickets.actions.decisions import Refusal
from tickets.models import BuyerRequest, BuyerToken, Message, Ticket

PROOFS, CODES = "/api/v1/order-proofs/", "/api/v1/order-proofs/code/"
ORDER, REQUESTS = "/api/v1/order/", "/api/v1/requests/"


def asked(cast, **changes):
    body = {"store": "mapo", "order_number": cast.order.number, "phone_last4": "5678"}
    return body | changes


def wish(**changes):
    return {"line_key": "L1", "quantity": 1, "reason": "CHANGED_MIND"} | changes


def own(ticket, verb=""):
    return f"{REQUESTS}{ticket.request.public_id}/tickets/{ticket.public_id}/{verb}/"


def test_proof_and_code_give_a_key_that_opens_the_order(cast):
    client = APIClient()
    first = client.post(PROOFS, asked(cast))
    assert first.status_code == 202
    assert sorted(first.json()) == ["expires_at", "proof"]
    row = BuyerToken.objects.get()
    assert OutboundMail.objects.get().to == "buyer@example.com"

    second = client.post(CODES, {"proof": first.json()["proof"], "code": keys.code_for(row.digest)})
    assert second.status_code == 201
    order = with_header(f"Buyer {second.json()['token']}").get(ORDER)

    assert order.status_code == 200
    assert order.json()["number"] == cast.order.number
    assert order["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("_case", "changes"),
    [
        ("no such order", {"order_number": "404"}),
        ("wrong digits", {"phone_last4": "0000"}),
        ("order of another store", {"store": "haeundae"}),
    ],
)
def test_proof_looks_the_same_when_nothing_fits(_case, changes, cast):
    right = APIClient().post(PROOFS, asked(cast))
    wrong = APIClient().post(PROOFS, asked(cast, **changes))

    assert (wrong.status_code, sorted(wrong.json())) == (202, sorted(right.json()))
    assert len(wrong.json()["proof"]) == len(right.json()["proof"])
    assert OutboundMail.objects.count() == 1  # the right one's alone


def test_proof_of_an_unknown_store_is_refused(cast, nothing_changes):
    answer = nothing_changes(lambda: APIClient().post(PROOFS, asked(cast, store="nowhere")))
    assert "store" in problem(answer, 400, "invalid")["fields"]


def test_proof_is_throttled_and_says_how_long(cast):
    for _ in range(10):
        APIClient().post(PROOFS, asked(cast, phone_last4="0000"))
    tenth = BuyerToken.objects.count()

    answer = APIClient().post(PROOFS, asked(cast))  # even with the right digits

    body = problem(answer, 429, "too_often")
    assert int(answer["Retry-After"]) == body["facts"]["seconds"] > 0
    assert BuyerToken.objects.count() == tenth


def test_code_gives_up_after_five_wrong_ones(cast):
    proof = APIClient().post(PROOFS, asked(cast)).json()["proof"]
    right = keys.code_for(BuyerToken.objects.get().digest)
    wrong = "000000" if right != "000000" else "111111"
    said = [APIClient().post(CODES, {"proof": proof, "code": wrong}) for _ in range(5)]

    last = APIClient().post(CODES, {"proof": proof, "code": right})

    assert {problem(a, 400)["code"] for a in [*said, last]} == {"proof_refused"}
    assert not BuyerToken.objects.filter(purpose="ORDER").exists()


@pytest.mark.parametrize(
    "header",
    ["", "Buyer", "Buyer x", "Buyer " + "a" * 40, "Buyer a b", "Buyer \xff" + "a" * 30, "Bearer x",
     "Token " + "a" * 64, "Buyer " + "a" * 10_000],
)  # fmt: skip
def test_order_is_closed_without_a_key(header, cast):
    answer = with_header(header).get(ORDER)
    problem(answer, 401)
    assert answer["WWW-Authenticate"] == "Buyer"


def test_expired_and_wrong_keys_look_alike(cast, buyer):
    BuyerToken.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    expired = buyer.get(ORDER)
    wrong = with_header("Buyer " + "a" * 32).get(ORDER)
    assert problem(expired, 401) == problem(wrong, 401)


def test_order_shows_what_can_be_asked_for(cast, buyer):
    OrderLineFactory(
        order=cast.order, line_key="gone", product__store=cast.store, dispatched_at=timezone.now()
    )
    body = buyer.get(ORDER).json()

    free, shipped = body["lines"]
    assert (free["hindrance"], free["units_free"]) == (None, 3)
    assert free["refund_of_all_free"] == {"amount": 10_000, "currency": "KRW"}
    assert (shipped["hindrance"], shipped["refund_of_all_free"]) == ("already_shipped", None)
    offered = {reason["code"]: reason["required"] for reason in body["reasons"]}
    assert "SOLD_OUT" not in offered
    assert offered["WRONG_ITEM"] == ["wanted_option", "received_option"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", body["next"]["decided_by"])
    assert "§18" in body["next"]["article"]


def test_request_opens_one_ticket_a_line(cast, buyer, settings):
    settings.SITE_URL = "https://desk.example"
    OrderLineFactory(order=cast.order, line_key="L2", product__store=cast.store)

    answer = buyer.post(
        REQUESTS,
        {"lines": [wish(quantity=2), wish(line_key="L2")], "email": "me@example.com"},
        HTTP_HOST="127.0.0.1",
    )

    assert answer.status_code == 201, answer.content
    body = answer.json()
    made = BuyerRequest.objects.get(public_id=body["public_id"])
    assert (made.contact, made.source) == ("me@example.com", "API")
    assert body["status_url"] == keys.status_link(made)
    assert body["status_url"].startswith("https://desk.example/r/")
    assert answer["Location"] == f"https://desk.example/api/v1/requests/{made.public_id}/"
    assert [(t["line_key"], t["quantity"], t["status"]) for t in body["tickets"]] == [
        ("L1", 2, "RECEIVED"),
        ("L2", 1, "RECEIVED"),
    ]
    assert body["tickets"][0]["amount"] == {"amount": 6666, "currency": "KRW"}
    assert body["tickets"][0]["verbs"] == ["withdraw"]
    assert buyer.get(f"{REQUESTS}{made.public_id}/").json() == body


@pytest.mark.parametrize(
    ("_case", "body", "status", "code"),
    [
        ("no line", {"lines": []}, 400, "invalid"),
        ("not there", {}, 400, "invalid"),
        ("unknown line", {"lines": [wish(line_key="X")]}, 400, "invalid"),
        ("twice", {"lines": [wish(), wish()]}, 400, "nothing_chosen"),
        ("too many units", {"lines": [wish(quantity=4)]}, 400, "bad_quantity"),
        ("no units", {"lines": [wish(quantity=0)]}, 400, "invalid"),
        ("units in words", {"lines": [wish(quantity="1")]}, 400, "invalid"),
        ("half a unit", {"lines": [wish(quantity=1.0)]}, 400, "invalid"),
        ("units as truth", {"lines": [wish(quantity=True)]}, 400, "invalid"),
        ("units beyond number", {"lines": [wish(quantity=10**30)]}, 400, "invalid"),
        ("the seller's reason", {"lines": [wish(reason="SOLD_OUT")]}, 400, "invalid"),
        ("no reason", {"lines": [{"line_key": "L1", "quantity": 1}]}, 400, "invalid"),
        ("detail missing", {"lines": [wish(reason="OTHER")]}, 400, "detail_missing"),
        ("unknown detail", {"lines": [wish(details={"price": "1"})]}, 400, "invalid"),
        ("detail no text", {"lines": [wish(details={"description": 1})]}, 400, "invalid"),
        ("unknown field", {"lines": [wish()], "status": "APPROVED"}, 400, "invalid"),
        ("unknown field of a line", {"lines": [wish(amount=1)]}, 400, "invalid"),
        ("bad address", {"lines": [wish()], "email": "me"}, 400, "invalid"),
        ("bad language", {"lines": [wish()], "locale": "fr"}, 400, "invalid"),
        ("101 lines", {"lines": [wish()] * 101}, 400, "invalid"),
        ("one good, one bad", {"lines": [wish(), wish(line_key="X")]}, 400, "invalid"),
        ("no object", [wish()], 400, "invalid"),
    ],
)
def test_request_refuses(_case, body, status, code, cast, buyer, nothing_changes):
    problem(nothing_changes(lambda: buyer.post(REQUESTS, body)), status, code)


def test_request_for_taken_units_points_to_the_open_ticket(cast, buyer, nothing_changes):
    ticket = cast.ticket(quantity=3)
    answer = nothing_changes(lambda: buyer.post(REQUESTS, {"lines": [wish()]}))
    assert problem(answer, 409, "units_taken")["facts"]["tickets"] == ticket.number


def test_requests_of_another_order_are_not_found(cast, other_buyer, nothing_changes):
    ticket = cast.ticket()
    missing = other_buyer.get(f"{REQUESTS}{ticket.public_id}/")
    foreign = other_buyer.get(f"{REQUESTS}{ticket.request.public_id}/")
    assert problem(foreign, 404) == problem(missing, 404)
    for verb, body in (("withdraw", {}), ("reopen", {}), ("messages", {"body": "x"})):
        answer = nothing_changes(lambda v=verb, b=body: other_buyer.post(own(ticket, v), b))
        assert problem(answer, 404) == problem(missing, 404)
    problem(other_buyer.get(own(ticket, "messages")), 404)


def test_ticket_of_another_request_is_not_found(cast, buyer, nothing_changes):
    """Both ids have to belong together, though both are the buyer's own."""
    one, two = cast.ticket(), cast.ticket()
    path = f"{REQUESTS}{one.request.public_id}/tickets/{two.public_id}/withdraw/"
    problem(nothing_changes(lambda: buyer.post(path, {})), 404)


def test_withdraw_gives_the_units_back(cast, buyer):
    ticket = cast.ticket(quantity=2)
    answer = buyer.post(own(ticket, "withdraw"), {})
    assert (answer.status_code, answer.json()["status"]) == (200, "WITHDRAWN")
    assert OrderLine.objects.get(pk=cast.line.pk).claimed_qty == 0


def test_withdraw_twice_is_refused(cast, buyer, nothing_changes):
    ticket = cast.ticket()
    buyer.post(own(ticket, "withdraw"), {})
    answer = nothing_changes(lambda: buyer.post(own(ticket, "withdraw"), {}))
    problem(answer, 409, "illegal_transition")


def test_withdraw_is_refused_while_the_money_is_sent(cast, buyer, nothing_changes):
    ticket = cast.ticket()
    decisions.approve(ticket_id=ticket.pk, by=staff(cast.agent), at=timezone.now())
    assert buyer.get(f"{REQUESTS}{ticket.request.public_id}/").json()["tickets"][0]["verbs"] == [
        "withdraw"
    ]
    Refund.objects.update(state="SENDING", sent_at=timezone.now())

    answer = nothing_changes(lambda: buyer.post(own(ticket, "withdraw"), {}))

    problem(answer, 409, "money_under_way")
    assert buyer.get(f"{REQUESTS}{ticket.request.public_id}/").json()["tickets"][0]["verbs"] == []


def refused(cast, at):
    ticket = cast.ticket()
    return decisions.refuse(
        ticket_id=ticket.pk, refusal=Refusal("USED_UP", "안 됩니다"), by=staff(cast.agent), at=at
    )


def test_reopen_takes_a_refusal_up_again(cast, buyer):
    ticket = refused(cast, timezone.now())
    seen = buyer.get(f"{REQUESTS}{ticket.request.public_id}/").json()["tickets"][0]
    assert "§17②2" in seen["refusal_ground"]
    answer = buyer.post(own(ticket, "reopen"), {})
    assert (answer.status_code, answer.json()["status"]) == (200, "REVIEWING")
    assert Claim.objects.get().closed_at is None


def test_reopen_is_refused_when_it_is_too_late(cast, buyer, nothing_changes):
    ticket = refused(cast, timezone.now() - timedelta(days=30))
    answer = nothing_changes(lambda: buyer.post(own(ticket, "reopen"), {}))
    problem(answer, 409, "too_late_to_reopen")


def test_messages_go_both_ways_without_the_notes(cast, buyer, agent):
    ticket = cast.ticket()
    agent.post(f"/api/v1/tickets/{ticket.public_id}/messages/",
               {"body": "내부", "visibility": "NOTE"})  # fmt: skip
    agent.post(f"/api/v1/tickets/{ticket.public_id}/messages/",
               {"body": "안녕하세요", "visibility": "PUBLIC"})  # fmt: skip

    written = buyer.post(own(ticket, "messages"), {"body": "감사합니다"})

    assert written.status_code == 201
    assert written.json()["author"] == "BUYER"
    said = buyer.get(own(ticket, "messages")).json()
    assert [(m["author"], m["body"]) for m in said["results"]] == [
        ("SHOP", "안녕하세요"),
        ("BUYER", "감사합니다"),
    ]
    assert "Agent" not in str(said)
    assert Message.objects.get(body="감사합니다").channel == "API"


def test_message_answers_what_the_shop_waits_for(cast, buyer, agent):
    ticket = cast.ticket()
    agent.post(f"/api/v1/tickets/{ticket.public_id}/ask/", {"text": "언제 받으셨나요?"})
    buyer.post(own(ticket, "messages"), {"body": "어제요"})
    assert Ticket.objects.get().status == "REVIEWING"


@pytest.mark.parametrize(
    ("_case", "body"),
    [
        ("empty", {"body": ""}),
        ("spaces", {"body": " \n "}),
        ("invisible", {"body": "\x01\x02"}),
        ("too long", {"body": "x" * 10_001}),
        ("missing", {}),
        ("a note", {"body": "x", "visibility": "NOTE"}),
        ("by staff", {"body": "x", "author_kind": "STAFF"}),
    ],
)
def test_message_refuses(_case, body, cast, buyer, nothing_changes):
    ticket = cast.ticket()
    problem(nothing_changes(lambda: buyer.post(own(ticket, "messages"), body)), 400)


def test_message_on_a_closed_ticket_is_refused(cast, buyer, nothing_changes):
    ticket = cast.ticket()
    desk.withdraw(ticket_id=ticket.pk, by=Actor.buyer(), at=timezone.now())
    answer = nothing_changes(lambda: buyer.post(own(ticket, "messages"), {"body": "아직"}))
    problem(answer, 409, "ticket_closed")


def test_key_to_an_order_opens_nothing_of_the_staff(cast, buyer, nothing_changes):
    ticket = cast.ticket()
    for path in ("tickets/", "orders/", "stores/", f"tickets/{ticket.public_id}/"):
        problem(buyer.get(f"/api/v1/{path}"), 401)
    before = all_rows()
    for verb in ("take", "approve", "refuse", "assign", "messages"):
        problem(buyer.post(f"/api/v1/tickets/{ticket.public_id}/{verb}/", {}), 401)
    assert all_rows() == before
    assert not Event.objects.filter(name="ticket.taken").exists()
