"""Rights in the session: their end, their number, and what they do not give."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from tickets.actions import keys
from tickets.actions.opening import Wish
from tickets.web.session import MOST_REQUESTS, REQUESTS

pytestmark = pytest.mark.django_db


def test_an_order_stays_open_for_an_hour(buyer, an_hour_later):
    assert buyer.get("/order/").status_code == 200

    an_hour_later()

    assert buyer.get("/order/").status_code == 404


def test_a_request_stays_open_for_thirty_days(holder, time_machine):
    client, request = holder
    page = f"/requests/{request.public_id}/"

    time_machine.move_to(timezone.now() + timedelta(days=29, hours=23))
    assert client.get(page).status_code == 200
    time_machine.move_to(timezone.now() + timedelta(hours=2))
    assert client.get(page).status_code == 404


def test_of_many_requests_the_latest_are_kept(client, cast, ask):
    cast.line.quantity = 100
    cast.line.save()
    requests = [ask(Wish(cast.line.pk, 1, "CHANGED_MIND")) for _ in range(MOST_REQUESTS + 1)]
    for request in requests:
        client.get(f"/r/{keys.status_token(request.public_id)}/")

    assert len(client.session[REQUESTS]) == MOST_REQUESTS
    assert client.get(f"/requests/{requests[0].public_id}/").status_code == 404
    assert client.get(f"/requests/{requests[-1].public_id}/").status_code == 200


def test_holding_an_order_opens_its_requests_for_as_long(buyer, ask, an_hour_later):
    page = f"/requests/{ask().public_id}/"
    assert buyer.get(page).status_code == 200

    an_hour_later()

    assert buyer.get(page).status_code == 404


def test_a_foreign_request_looks_like_a_missing_one(buyer, cast, ask, seen):
    foreign = ask(Wish(cast.other_line.pk, 1, "CHANGED_MIND"), order=cast.other_order).public_id
    nobodys = uuid4()

    found = seen(buyer.get(f"/requests/{foreign}/"), but=str(foreign))

    assert found[0] == 404
    assert found == seen(buyer.get(f"/requests/{nobodys}/"), but=str(nobodys))


def test_opening_another_order_closes_the_first(buyer, cast, open_order):
    open_order(buyer, cast.other_order)

    page = buyer.get("/order/").text

    assert cast.other_order.number in page
    assert cast.order.number not in page


def test_without_rights_every_page_is_missing(client, cast, ask, rows):
    request = ask()
    ticket = request.tickets.get()
    one = f"/requests/{request.public_id}/"
    of_ticket = f"{one}tickets/{ticket.public_id}/"
    pages = [
        "/order/", "/order/question/", "/order/cancel/", "/order/cancel/why/1/",
        "/order/cancel/check/", one, f"{one}sent/", f"{one}question/",
        f"{of_ticket}withdraw/", f"{of_ticket}reopen/",
    ]  # fmt: skip
    writes = [*pages[1:5], f"{one}question/", f"{of_ticket}answer/", *pages[-2:]]
    before = rows()

    assert {page: client.get(page).status_code for page in pages} == dict.fromkeys(pages, 404)
    answers = {page: client.post(page, {"text": "x", "key": "k"}).status_code for page in writes}
    assert answers == dict.fromkeys(writes, 404)
    assert rows() == before


def test_signed_in_staff_hold_no_buyers_rights(cast, ask):
    client = Client()
    client.force_login(cast.lead)

    assert client.get("/order/").status_code == 404
    assert client.get(f"/requests/{ask().public_id}/").status_code == 404
