"""Addresses with a token: used by opening, never used up, told apart by nobody."""

import pytest
from django.test import Client
from django.utils import timezone

from common.domain.actors import Actor
from tickets.actions import keys, proving
from tickets.models import BuyerToken

pytestmark = pytest.mark.django_db


@pytest.fixture
def link(cast):
    proof = proving.make_link(order=cast.order, by=Actor.staff(cast.agent.pk), at=timezone.now())
    return f"/o/{proof.token}/"


def test_the_sellers_link_moves_the_right_into_the_session(client, cast, link):
    answer = client.get(link)

    assert (answer.status_code, answer["Location"]) == (302, "/order/")
    assert answer["Referrer-Policy"] == "no-referrer"
    assert "no-store" in answer["Cache-Control"]
    assert cast.order.number in client.get("/order/").text


def test_opening_a_link_uses_nothing_up(client, cast, link):
    before = list(BuyerToken.objects.values())

    for _ in range(3):
        Client().get(link)
        Client().head(link)

    assert list(BuyerToken.objects.values()) == before
    assert client.get(link).status_code == 302


def test_the_page_behind_a_link_lets_forms_say_where_they_come_from(client, link):
    client.get(link)

    assert client.get("/order/")["Referrer-Policy"] == "same-origin"


def test_a_link_gives_a_new_session_key(client, link):
    client.get("/shop/mapo/")
    client.session.save()
    session = client.session
    session["something"] = "known beforehand"
    session.save()
    client.cookies["desk"] = session.session_key

    client.get(link)

    assert client.session.session_key != session.session_key
    assert not Client().session.exists(session.session_key)


def test_wrong_expired_short_and_foreign_tokens_look_like_a_missing_page(
    client, link, holder, time_machine, seen
):
    _, request = holder
    status = keys.status_token(request.public_id)
    token = link.split("/")[2]
    missing = seen(client.get("/nowhere/"), but="/nowhere/")
    wrong = [
        f"/o/{token[:-1]}/",
        f"/o/{token[:8]}/",
        f"/o/{token.swapcase()}/",
        f"/o/{status}/",
        "/o/%00/",
        "/o//",
        f"/r/{status[:-1]}/",
        f"/r/{status.upper()}/",
        f"/r/{token}/",
        "/r//",
    ]
    time_machine.move_to(BuyerToken.objects.get().expires_at)

    for path in [*wrong, link]:
        assert seen(client.get(path), but=path) == missing, path
    assert missing[0] == 404


def test_a_code_opens_nothing_as_a_link(client, cast):
    proof = proving.ask_code(
        store=cast.store, number=cast.order.number, digits="5678", address="x", locale="ko",
        at=timezone.now(),
    )  # fmt: skip

    assert client.get(f"/o/{proof.token}/").status_code == 404


def test_the_status_link_opens_that_request_alone(holder, ask):
    client, request = holder
    other = ask()

    assert client.get(f"/requests/{request.public_id}/").status_code == 200
    assert client.get(f"/requests/{other.public_id}/").status_code == 404
    assert client.get("/order/").status_code == 404


def test_the_status_link_answers_with_a_redirect_that_tells_nobody(client, ask):
    request = ask()

    answer = client.get(f"/r/{keys.status_token(request.public_id)}/")

    assert answer["Location"] == f"/requests/{request.public_id}/"
    assert answer["Referrer-Policy"] == "no-referrer"
    assert "no-store" in answer["Cache-Control"]
