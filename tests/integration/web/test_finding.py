"""Find my order: number, digits, code. What does not fit is not told apart."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from common.models import OutboundMail, Rate
from tests.factories.rows import OrderFactory, StoreFactory
from tickets.models import BuyerToken

pytestmark = pytest.mark.django_db


@pytest.fixture
def at_shop(client, cast):
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


def find(client, number, digits, slug="mapo", **extra):
    return client.post(f"/shop/{slug}/", {"number": number, "digits": digits}, **extra)


def test_home_lists_the_shops_by_name(at_shop):
    page = at_shop.get("/")

    assert page.status_code == 200
    assert re.findall(r'href="/shop/(\w+)/"', page.text) == ["mapo", "haeundae"]


def test_home_with_one_shop_goes_straight_to_it(client):
    StoreFactory(slug="only")

    assert client.get("/")["Location"] == "/shop/only/"


def test_home_without_a_shop_says_so(client):
    assert client.get("/").status_code == 200


def test_an_unknown_shop_is_not_found(at_shop):
    assert at_shop.get("/shop/nowhere/").status_code == 404
    assert find(at_shop, "1", "1234", slug="nowhere").status_code == 404


def test_number_digits_and_code_open_the_order(at_shop, cast, latest_code):
    asked = find(at_shop, " ２０２６１１０９12345678 ", "５678")
    key_before = at_shop.session.session_key
    given = at_shop.post("/shop/mapo/code/", {"code": f" {latest_code()[:3]} {latest_code()[3:]}"})

    assert asked["Location"] == "/shop/mapo/code/"
    assert given["Location"] == "/order/"
    assert at_shop.session.session_key != key_before
    assert cast.order.number in at_shop.get("/order/").text


def test_the_mail_with_the_code_is_queued_once_in_the_language_of_the_page(at_shop, cast):
    find(at_shop, cast.order.number, "5678")

    mail = OutboundMail.objects.get()
    assert (mail.template, mail.to, mail.locale) == ("order_code", cast.order.email, "en")


def asked(number, digits):
    """Ask from a new browser; return what it gets, and the statements that took."""
    browser = Client(HTTP_ACCEPT_LANGUAGE="en")
    with CaptureQueriesContext(connection) as queries:
        answer = find(browser, number, digits)
    statements = [re.sub(r"'[^']*'|\d+", "?", query["sql"]) for query in queries]
    return browser, answer, statements


def test_no_such_order_wrong_digits_and_a_right_order_are_answered_alike(cast, seen):
    def answer_to(number, digits):
        browser, answer, _ = asked(number, digits)
        page = browser.get(answer["Location"])
        headers = {k: v for k, v in page.headers.items() if k != "Expires"}
        return seen(answer), answer["Location"], seen(page), headers

    right = answer_to(cast.order.number, "5678")

    assert answer_to(cast.order.number, "0000") == right
    assert answer_to("2026000000000000", "5678") == right
    assert answer_to(cast.other_order.number, "0000") == right


def test_no_such_order_and_wrong_digits_cost_the_same_statements(cast):
    asked("1", "1111")  # the first one of all meets empty tables

    _, _, wrong_digits = asked(cast.order.number, "0000")
    _, _, no_order = asked("2026000000000000", "5678")

    assert wrong_digits == no_order


def test_an_order_without_email_gets_no_code(at_shop, cast):
    order = OrderFactory(store=cast.store, number="77", email="")

    find(at_shop, order.number, "5678")

    assert not OutboundMail.objects.exists()
    assert BuyerToken.objects.get().order is None


@pytest.mark.parametrize("digits", ["", "12", "12345", "abcd", "1 2"])
def test_digits_of_another_shape_are_refused_at_their_field(at_shop, digits):
    page = at_shop.post("/shop/mapo/", {"number": "77<b>", "digits": digits}, follow=True)

    assert page.redirect_chain == [("/shop/mapo/", 302)]
    assert 'id="id_digits_error"' in page.text
    assert 'value="77&lt;b&gt;"' in page.text
    assert not BuyerToken.objects.exists()
    assert not Rate.objects.exists()


def test_a_wrong_code_is_said_at_the_field_and_opens_nothing(at_shop, cast, latest_code):
    find(at_shop, cast.order.number, "5678")
    wrong = f"{(int(latest_code()) + 1) % 10**6:06d}"

    page = at_shop.post("/shop/mapo/code/", {"code": wrong}, follow=True)

    assert "This code is not right or no longer valid" in page.text
    assert f'value="{wrong}"' in page.text
    assert at_shop.get("/order/").status_code == 404


def test_five_wrong_codes_end_the_proof(at_shop, cast, latest_code):
    find(at_shop, cast.order.number, "5678")
    wrong = f"{(int(latest_code()) + 1) % 10**6:06d}"
    for _ in range(5):
        at_shop.post("/shop/mapo/code/", {"code": wrong})

    page = at_shop.post("/shop/mapo/code/", {"code": latest_code()}, follow=True)

    assert "This code is not right or no longer valid" in page.text
    assert at_shop.get("/order/").status_code == 404


def test_the_code_page_without_a_question_leads_back(at_shop, cast):
    assert at_shop.get("/shop/mapo/code/")["Location"] == "/shop/mapo/"
    find(at_shop, cast.order.number, "5678")
    assert at_shop.get("/shop/haeundae/code/")["Location"] == "/shop/haeundae/"


def test_the_61st_try_an_hour_from_one_address_has_to_wait(at_shop, cast):
    for n in range(60):
        assert find(at_shop, f"no-{n}", "1234").status_code == 302

    page = find(at_shop, cast.order.number, "5678")

    assert page.status_code == 429
    assert 0 < int(page["Retry-After"]) <= 3600
    assert "You can go on in" in page.text
    assert not OutboundMail.objects.exists()
    assert find(at_shop, cast.order.number, "5678", REMOTE_ADDR="10.0.0.9").status_code == 302


def test_ten_wrong_digits_a_day_close_an_order_number_for_every_address(at_shop, cast):
    for n in range(10):
        find(at_shop, cast.order.number, "0000", REMOTE_ADDR=f"10.0.0.{n}")

    assert find(at_shop, cast.order.number, "5678", REMOTE_ADDR="10.0.1.1").status_code == 429
