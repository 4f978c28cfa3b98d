"""Idempotency-Key: sent again, the same request gets the same answer and changes nothing twice."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connection
from django.utils import timezone

from common.models import Event, IdempotencyKey
from orders.models import Refund
from tests.factories.cast import open_ticket
from tests.integration.api.conftest import all_rows, buyer_client, problem, staff_client
from tickets.models import BuyerRequest, Message, Ticket

REQUESTS, TICKETS = "/api/v1/requests/", "/api/v1/tickets/"
KEY = {"Idempotency-Key": "a-key"}
WISH = {"lines": [{"line_key": "L1", "quantity": 1, "reason": "CHANGED_MIND"}]}


def cancellation(cast, **changes):
    body = {"kind": "C", "store": "mapo", "order_number": cast.order.number, "line_key": "L1"}
    return body | {"quantity": 1, "reason": "CHANGED_MIND"} | changes


def test_same_request_again_gets_the_same_answer(cast, buyer, nothing_changes):
    first = buyer.post(REQUESTS, WISH, headers=KEY)
    again = nothing_changes(lambda: buyer.post(REQUESTS, WISH, headers=KEY))
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json() == first.json()
    assert again["Location"] == first["Location"]
    assert BuyerRequest.objects.count() == 1


def test_same_request_from_a_new_key_to_the_order_gets_the_same_answer(cast, buyer):
    """The token lives an hour; who proves again may send again."""
    first = buyer.post(REQUESTS, WISH, headers=KEY)
    assert buyer_client(cast.order).post(REQUESTS, WISH, headers=KEY).json() == first.json()


def test_order_of_the_fields_does_not_matter(cast, agent):
    body = cancellation(cast)
    first = agent.post(TICKETS, body, headers=KEY)
    again = agent.post(TICKETS, dict(reversed(body.items())), headers=KEY)
    assert again.json() == first.json()
    assert (again["ETag"], again["Location"]) == (first["ETag"], first["Location"])


def test_other_body_is_refused(cast, agent, nothing_changes):
    agent.post(TICKETS, cancellation(cast), headers=KEY)
    other = cancellation(cast, quantity=2)
    answer = nothing_changes(lambda: agent.post(TICKETS, other, headers=KEY))
    problem(answer, 422, "idempotency_key_reused")


def test_other_address_is_refused(cast, agent, nothing_changes):
    ticket = cast.ticket()
    agent.post(f"{TICKETS}{ticket.public_id}/take/", {}, headers=KEY)
    answer = nothing_changes(
        lambda: agent.post(f"{TICKETS}{ticket.public_id}/approve/", {}, headers=KEY)
    )
    problem(answer, 422, "idempotency_key_reused")


def test_refusal_leaves_the_key_free_for_another_try(cast, buyer, nothing_changes):
    ticket = cast.ticket(quantity=3)
    refused = nothing_changes(lambda: buyer.post(REQUESTS, WISH, headers=KEY))
    problem(refused, 409, "units_taken")
    assert not IdempotencyKey.objects.exists()

    buyer.post(f"{REQUESTS}{ticket.request.public_id}/tickets/{ticket.public_id}/withdraw/", {})
    assert buyer.post(REQUESTS, WISH, headers=KEY).status_code == 201


def test_invalid_body_uses_no_key(cast, buyer):
    problem(buyer.post(REQUESTS, {"lines": []}, headers=KEY), 400)
    assert buyer.post(REQUESTS, WISH, headers=KEY).status_code == 201


def test_answer_is_kept_for_a_day(cast, buyer):
    buyer.post(REQUESTS, WISH, headers=KEY)
    IdempotencyKey.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    buyer.post(REQUESTS, WISH, headers=KEY)
    assert BuyerRequest.objects.count() == 2


def test_keys_of_two_callers_do_not_meet(cast, buyer, other_buyer, agent, lead):
    for client in (buyer, other_buyer):
        assert client.post(REQUESTS, WISH, headers=KEY).status_code == 201
    for client in (agent, lead):
        assert client.post(TICKETS, cancellation(cast), headers=KEY).status_code == 201
    assert Ticket.objects.count() == 4


def test_key_does_not_open_what_a_narrower_token_may_not_see(cast, agent):
    """The first answer is not told to whoever may not see the ticket any more."""
    ticket = cast.ticket()
    path = f"{TICKETS}{ticket.public_id}/take/"
    assert agent.post(path, {}, headers=KEY).status_code == 200
    cast.agent.memberships.all().delete()
    problem(agent.post(path, {}, headers=KEY), 404)


def test_token_of_the_status_page_is_never_stored(cast, buyer):
    body = buyer.post(REQUESTS, WISH, headers=KEY).json()
    token = body["status_url"].rstrip("/").rsplit("/", 1)[-1]
    assert token not in str(all_rows()) + str(IdempotencyKey.objects.values_list("response"))


@pytest.mark.parametrize("key", ["", " ", "a b", "x" * 121, "키", "a\x00"])
def test_key_of_another_form_is_refused(key, cast, buyer, nothing_changes):
    answer = nothing_changes(lambda: buyer.post(REQUESTS, WISH, HTTP_IDEMPOTENCY_KEY=key))
    problem(answer, 400, "bad_header")


def test_verb_is_done_once_though_its_version_is_old_by_then(cast, agent, nothing_changes):
    """A lost answer is asked for again with the same If-Match."""
    ticket = cast.ticket()
    path, headers = f"{TICKETS}{ticket.public_id}/approve/", KEY | {"If-Match": '"1"'}
    first = agent.post(path, {}, headers=headers)
    again = nothing_changes(lambda: agent.post(path, {}, headers=headers))
    assert again.json() == first.json()
    assert again["ETag"] == '"2"'
    assert Refund.objects.count() == 1


def test_message_is_written_once(cast, agent, buyer):
    ticket = cast.ticket()
    path = f"{TICKETS}{ticket.public_id}/messages/"
    for _ in range(2):
        agent.post(path, {"body": "네", "visibility": "PUBLIC"}, headers=KEY)
        own = f"{REQUESTS}{ticket.request.public_id}/tickets/{ticket.public_id}/messages/"
        buyer.post(own, {"body": "네"}, headers=KEY)
    assert Message.objects.count() == 2


def at_once(*sends):
    """Send all at the same moment, each in a thread of its own."""
    barrier = Barrier(len(sends))

    def one(send):
        try:
            barrier.wait(10)
            return send()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(sends)) as pool:
        return list(pool.map(one, sends))


@pytest.mark.postgres
def test_two_equal_requests_at_once_make_one(real_cast):
    clients = [buyer_client(real_cast.order) for _ in range(4)]
    answers = at_once(*(lambda c=client: c.post(REQUESTS, WISH, headers=KEY) for client in clients))
    assert {a.status_code for a in answers} == {201}
    assert all(a.json() == answers[0].json() for a in answers)
    assert BuyerRequest.objects.count() == Ticket.objects.count() == 1


@pytest.mark.postgres
def test_two_equal_requests_without_a_key_make_two(real_cast):
    """The control: without the key both go through."""
    clients = [buyer_client(real_cast.order) for _ in range(2)]
    answers = at_once(*(lambda c=client: c.post(REQUESTS, WISH) for client in clients))
    assert {a.status_code for a in answers} == {201}
    assert BuyerRequest.objects.count() == 2


@pytest.mark.postgres
def test_two_deciders_with_the_same_etag_decide_once(real_cast):
    ticket = open_ticket(real_cast.line, at=timezone.now())
    path = f"{TICKETS}{ticket.public_id}/"
    agent, lead = (staff_client(u, real_cast.store) for u in (real_cast.agent, real_cast.lead))
    refusal = {"ground": "USED_UP", "text": "사용"}

    answers = at_once(
        lambda: agent.post(f"{path}approve/", {}, headers={"If-Match": '"1"'}),
        lambda: lead.post(f"{path}refuse/", refusal, headers={"If-Match": '"1"'}),
    )

    assert sorted(a.status_code for a in answers) == [200, 412]
    decided = Event.objects.filter(name__in=["ticket.approved", "ticket.refused"])
    assert decided.count() == 1
    assert Ticket.objects.get().version == 2
