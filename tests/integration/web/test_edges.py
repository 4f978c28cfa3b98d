"""What every page keeps to: no writes on GET, no foreign code, headers, languages, error pages."""

import re

import pytest
from django.test import Client
from django.utils import timezone

from common.models import Rate
from orders.models import Order
from tests.factories.cast import staff
from tests.factories.rows import OrderLineFactory
from tickets.actions import conversation, decisions, keys
from tickets.actions.decisions import Refusal

pytestmark = pytest.mark.django_db

PAYLOADS = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'-alert(1)-'",
    "<svg/onload=alert(1)>",
    "{{ request }}{% debug %}",
    "javascript:alert(1)",
    "</textarea><script>alert(1)</script>",
    "\u202e<b>rtl\u200b",
]

ELSEWHERE = re.compile(r'(?:src|href|action)="(?:https?:)?//')
INLINE = re.compile(r'<style|\sstyle=|\son\w+=|<script(?! src="/static/)')


@pytest.fixture
def pages(buyer, cast, ask):
    """Every page that a buyer can GET, with a draft, a request and a closed one."""
    OrderLineFactory(order=cast.order)
    request = ask()
    refused = ask().tickets.get()
    decisions.refuse(
        ticket_id=refused.pk, refusal=Refusal("USED_UP", "써 보셨습니다"),
        by=staff(cast.agent), at=timezone.now(),
    )  # fmt: skip
    buyer.post("/shop/mapo/", {"number": "1", "digits": "1234"})
    buyer.post("/order/cancel/", {"pick-2": "on", "quantity-2": "1"})
    buyer.post("/order/cancel/why/1/", {"reason": "CHANGED_MIND"})
    one, closed = f"/requests/{request.public_id}/", f"/requests/{refused.request.public_id}/"
    return [
        "/", "/shop/mapo/", "/shop/mapo/code/", "/order/", "/order/question/", "/order/cancel/",
        "/order/cancel/why/1/", "/order/cancel/check/", one, f"{one}sent/", f"{one}question/",
        f"{one}tickets/{request.tickets.get().public_id}/withdraw/", closed,
        f"{closed}tickets/{refused.public_id}/reopen/",
    ]  # fmt: skip


def test_looking_at_pages_writes_nothing_but_the_session(buyer, pages, rows):
    before = rows() | {"Rate": list(Rate.objects.order_by("pk").values())}

    for page in pages:
        assert buyer.get(page).status_code == 200, page
        assert buyer.head(page).status_code == 200, page

    assert rows() | {"Rate": list(Rate.objects.order_by("pk").values())} == before


def test_every_page_is_ours_alone_and_kept_by_nobody(buyer, pages):
    for page in pages:
        answer = buyer.get(page)
        policy = answer["Content-Security-Policy"]
        assert "script-src 'self';" in policy + ";", page
        assert "'unsafe" not in policy, page
        assert answer["Referrer-Policy"] == "same-origin", page
        assert "no-store" in answer["Cache-Control"], page
        assert not ELSEWHERE.search(_own(answer)), page
        assert not INLINE.search(answer.text), page


def _own(answer) -> str:
    """The page without the address of the status page, which is written out in full."""
    return re.sub(r'href="[^"]+/r/[^"]+"', "", answer.text)


def test_pages_say_their_language_and_a_title(buyer, pages):
    for page in pages:
        text = buyer.get(page).text
        assert '<html lang="en">' in text, page
        assert re.search(r"<title>[^<]{3,}</title>", text), page
        assert len(re.findall(r"<h1", text)) == 1, page


@pytest.mark.parametrize("payload", PAYLOADS)
def test_hostile_text_stays_text(client, cast, open_order, ask, payload):
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    cast.line.product.name = cast.line.option = payload
    cast.line.product.save()
    cast.line.channel_state = {"detail": payload}
    cast.line.save()
    Order.objects.filter(pk=cast.order.pk).update(number=payload[:40], buyer_name=payload)
    cast.store.name = payload
    cast.store.save()
    request = ask()
    ticket = request.tickets.get()
    conversation.reply(ticket_id=ticket.pk, body=payload, by=staff(cast.agent), at=timezone.now())
    open_order(client, cast.order)
    client.post("/order/cancel/", {"pick-1": "on", "quantity-1": "1"})
    client.post("/order/cancel/why/1/", {"reason": "OTHER", "description": payload})
    client.post(
        f"/requests/{request.public_id}/tickets/{ticket.public_id}/answer/",
        {"key": "k", "text": payload},
    )
    client.post("/order/question/", {"key": "k", "about": payload, "text": payload})

    for page in (
        "/", "/shop/mapo/", "/order/", "/order/cancel/", "/order/cancel/why/1/",
        "/order/cancel/check/", "/order/question/", f"/requests/{request.public_id}/",
    ):  # fmt: skip
        text = client.get(page).text.replace('<script src="/static/common/once.js" defer>', "")
        assert not re.search(r"<(?:script|img|svg|b)\b", text), page
        assert "&lt;WSGIRequest" not in text, page
        assert not re.search(r'(?:href|action|src)="javascript:', text), page


def test_a_chosen_language_stays(client, cast):
    page = client.get("/shop/mapo/", HTTP_ACCEPT_LANGUAGE="ko")
    assert 'value="en"' in page.text

    answer = client.post("/i18n/setlang/", {"language": "en", "next": "/shop/mapo/"})

    cookie = client.cookies["desk-language"]
    assert answer["Location"] == "/shop/mapo/"
    assert (cookie.value, cookie["max-age"], cookie["httponly"]) == ("en", 31_536_000, True)
    assert '<html lang="en">' in client.get("/shop/mapo/", HTTP_ACCEPT_LANGUAGE="ko").text


def test_the_language_switch_leads_to_no_foreign_site(client, cast):
    answer = client.post("/i18n/setlang/", {"language": "en", "next": "https://evil.example/"})

    assert answer["Location"] == "/"


def test_a_form_without_its_token_is_refused_on_a_page_of_ours(cast, ask, rows):
    strict = Client(enforce_csrf_checks=True, HTTP_ACCEPT_LANGUAGE="en")
    request = ask()
    strict.get(f"/r/{keys.status_token(request.public_id)}/")
    before = rows()

    page = strict.post(
        f"/requests/{request.public_id}/tickets/{request.tickets.get().public_id}/withdraw/"
    )

    assert page.status_code == 403
    assert "Please send the form once more" in page.text
    assert rows() == before


def test_a_failure_shows_a_page_of_ours_without_facts(client, cast, monkeypatch):
    def broken(*args, **kwargs):
        raise RuntimeError("secret detail")

    monkeypatch.setattr("tickets.web.finding.render", broken)
    client.raise_request_exception = False

    page = client.get("/", HTTP_ACCEPT_LANGUAGE="en")

    assert page.status_code == 500
    assert "Something broke on our side" in page.text
    assert "secret detail" not in page.text


def test_a_host_that_is_not_ours_gets_nothing(client, cast):
    page = client.get("/", headers={"host": "evil.example"})

    assert page.status_code == 400
    assert "evil.example" not in page.text


@pytest.mark.parametrize("path", ["/o/x/", "/order/", "/"])
def test_methods_that_mean_nothing_here_are_refused(client, cast, path):
    assert client.put(path).status_code == 405
    assert client.post(path).status_code == 405


def test_the_sign_in_page_has_the_look_of_the_others(client):
    page = client.get("/accounts/login/", HTTP_ACCEPT_LANGUAGE="en")

    assert "Sign in to the desk" in page.text
    assert "/static/common/buyer.css" in page.text
    assert "sign up" not in page.text.lower()
