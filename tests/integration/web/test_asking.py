"""Ask for a cancellation: choose, say why, look again, send once."""

import re
from dataclasses import replace
from html import unescape

import pytest
from django.test import Client
from django.utils import timezone

from orders.domain import channels
from orders.domain.reasons import REASONS
from orders.models import Claim, OrderLine
from tests.factories.rows import OrderFactory, OrderLineFactory
from tickets.actions.opening import Wish
from tickets.models import BuyerRequest, Ticket

pytestmark = pytest.mark.django_db

CHOOSE, CHECK = "/order/cancel/", "/order/cancel/check/"


def choose(client, **quantities):
    data = {}
    for place, quantity in quantities.items():
        data |= {f"pick-{place[1:]}": "on", f"quantity-{place[1:]}": quantity}
    return client.post(CHOOSE, data)


def why(client, n=1, reason="CHANGED_MIND", **more):
    return client.post(f"/order/cancel/why/{n}/", {"reason": reason, **more})


def key_on(page):
    return re.search(r'name="key" value="([^"]+)"', page.text)[1]


def prepare(client, quantity=2):
    """Go to the last page; return its key."""
    choose(client, _1=quantity)
    why(client)
    return key_on(client.get(CHECK))


def test_a_request_goes_the_whole_way(buyer, cast):
    assert choose(buyer, _1=2)["Location"] == "/order/cancel/why/1/"
    wanted = why(buyer, reason="WRONG_OPTION", wanted_option=" 블랙  L ")
    assert wanted["Location"] == CHECK
    last = buyer.get(CHECK)
    assert "6,666원" in last.text
    assert "블랙" in last.text
    assert "§18②3" in last.text

    sent = buyer.post(CHECK, {"key": key_on(last)})

    request = BuyerRequest.objects.get()
    claim = Claim.objects.get()
    assert sent["Location"] == f"/requests/{request.public_id}/sent/"
    assert (claim.quantity, claim.reason, claim.details) == (
        2, "WRONG_OPTION", {"wanted_option": "블랙 L"},
    )  # fmt: skip
    assert (request.source, request.locale, request.contact) == (
        "WEB", "en", cast.order.email,
    )  # fmt: skip


def test_the_page_after_sending_shows_the_numbers_and_the_address(buyer):
    sent = buyer.post(CHECK, {"key": prepare(buyer)}, follow=True)

    ticket = Ticket.objects.get()
    link = re.search(r'href="[^"]*(/r/[^"]+)"', sent.text)[1]
    assert ticket.number in sent.text
    assert Client().get(link)["Location"] == f"/requests/{ticket.request.public_id}/"


def test_several_lines_become_one_request_with_a_ticket_each(buyer, cast):
    OrderLineFactory(order=cast.order, quantity=1)
    choose(buyer, _1=1, _2=1)
    assert why(buyer, 1)["Location"] == "/order/cancel/why/2/"
    assert why(buyer, 2, "OTHER", description="늦어요")["Location"] == CHECK

    buyer.post(CHECK, {"key": key_on(buyer.get(CHECK))})

    assert BuyerRequest.objects.get().tickets.count() == 2
    assert sorted(Claim.objects.values_list("reason", flat=True)) == ["CHANGED_MIND", "OTHER"]


def test_one_reason_can_be_given_for_all_that_follow(buyer, cast):
    OrderLineFactory.create_batch(2, order=cast.order)
    choose(buyer, _1=1, _2=1, _3=1)

    assert why(buyer, 1, "DAMAGED", description="깨짐", same="on")["Location"] == CHECK
    buyer.post(CHECK, {"key": key_on(buyer.get(CHECK))})

    assert set(Claim.objects.values_list("reason", flat=True)) == {"DAMAGED"}
    assert all(claim.details == {"description": "깨짐"} for claim in Claim.objects.all())


@pytest.mark.parametrize(
    ("data", "error"),
    [
        ({}, "Choose at least one item."),
        ({"quantity-1": "2"}, "Choose at least one item."),
        ({"pick-1": "on", "quantity-1": ""}, "How many?"),
        ({"pick-1": "on", "quantity-1": "0"}, "greater than or equal to 1"),
        ({"pick-1": "on", "quantity-1": "4"}, "less than or equal to 3"),
        ({"pick-1": "on", "quantity-1": "two"}, "Enter a whole number"),
    ],
)
def test_a_choice_that_cannot_be_is_said_and_kept(buyer, rows, data, error):
    before = rows()

    page = buyer.post(CHOOSE, data, follow=True)

    assert page.redirect_chain == [(CHOOSE, 302)]
    assert error in unescape(page.text)
    assert f'value="{data.get("quantity-1", "")}"' in page.text
    assert ("checked" in page.text) == ("pick-1" in data)
    assert buyer.get(CHECK)["Location"] == CHOOSE
    assert rows() == before


@pytest.mark.parametrize("reason", [r for r in REASONS.values() if r.by_buyer and r.required])
def test_a_reason_asks_for_exactly_what_it_requires(buyer, reason):
    choose(buyer, _1=1)

    page = why(buyer, reason=reason.code.value)
    page = buyer.get(page["Location"])

    wrong = re.findall(r'id="id_(\w+)_error"', page.text)
    assert wrong == [
        detail.value for detail in type(reason.required[0]) if detail in reason.required
    ]
    assert re.search(rf'value="{reason.code.value}"[^>]+checked', page.text)
    filled = {detail.value: "x" for detail in reason.required}
    assert why(buyer, reason=reason.code.value, **filled)["Location"] == CHECK


@pytest.mark.parametrize("code", ["", "SOLD_OUT", "NOTHING", "<script>"])
def test_a_reason_that_is_not_offered_is_refused(buyer, rows, code):
    choose(buyer, _1=1)
    before = rows()

    page = buyer.post("/order/cancel/why/1/", {"reason": code, "description": "typed"}, follow=True)

    assert 'id="reason-error"' in page.text
    assert "typed" in page.text
    assert "<script>" not in page.text.replace('<script src="/static/common/once.js" defer>', "")
    assert rows() == before


def test_a_text_that_is_too_long_is_said_and_kept(buyer):
    choose(buyer, _1=1)

    page = why(buyer, reason="OTHER", description="가" * 1001)
    page = buyer.get(page["Location"])

    assert "at most 1000 characters" in page.text
    assert "가" * 1001 in page.text


def test_only_what_the_chosen_reason_requires_is_kept(buyer):
    choose(buyer, _1=1)
    why(buyer, reason="CHANGED_MIND", description="typed for another reason")

    buyer.post(CHECK, {"key": key_on(buyer.get(CHECK))})

    assert Claim.objects.get().details == {}


def test_going_back_finds_everything_as_it_was(buyer):
    choose(buyer, _1=2)
    why(buyer, reason="OTHER", description="천천히 온대요")

    first, second = buyer.get(CHOOSE).text, buyer.get("/order/cancel/why/1/").text

    assert re.search(r'name="quantity-1"[^>]+value="2"', first)
    assert "checked" in first
    assert re.search(r'value="OTHER"[^>]+checked', second)
    assert "천천히 온대요" in second


def test_pages_out_of_turn_lead_to_the_next_step(buyer):
    assert buyer.get(CHECK)["Location"] == CHOOSE
    assert buyer.get("/order/cancel/why/1/")["Location"] == CHOOSE
    choose(buyer, _1=1)
    assert buyer.get(CHECK)["Location"] == "/order/cancel/why/1/"
    assert buyer.get("/order/cancel/why/2/")["Location"] == CHOOSE


def test_a_second_send_finds_the_request_of_the_first(buyer):
    key = prepare(buyer)

    first = buyer.post(CHECK, {"key": key})
    second = buyer.post(CHECK, {"key": key})

    assert first["Location"] == second["Location"]
    assert BuyerRequest.objects.count() == 1
    assert OrderLine.objects.get(claims__isnull=False).claimed_qty == 2


def test_two_sends_of_the_same_page_at_once_open_one_request(buyer, cast):
    """Both find the draft in the session as it was before either of them."""
    key = prepare(buyer)
    before = dict(buyer.session.items())
    buyer.post(CHECK, {"key": key})
    session = buyer.session
    session.update(before)
    session.save()

    again = buyer.post(CHECK, {"key": key})

    assert again["Location"] == f"/requests/{BuyerRequest.objects.get().public_id}/sent/"


def test_what_was_changed_in_another_window_is_shown_before_it_is_sent(buyer, rows):
    old = prepare(buyer, quantity=1)
    new = prepare(buyer, quantity=3)
    before = rows()

    page = buyer.post(CHECK, {"key": old}, follow=True)

    assert "You changed this in another window" in page.text
    assert key_on(page) == new
    assert rows() == before
    buyer.post(CHECK, {"key": new})
    assert Claim.objects.get().quantity == 3


def test_units_in_an_open_request_are_refused_with_its_number_and_a_link(buyer, cast, ask, rows):
    key = prepare(buyer, quantity=3)
    request = ask(Wish(cast.line.pk, 1, "CHANGED_MIND"))
    before = rows()

    page = buyer.post(CHECK, {"key": key}, follow=True)

    number = request.tickets.get().number
    assert f"3 units; 2 are free. An open request has the others: {number}" in page.text
    assert f'href="/requests/{request.public_id}/#{number}"' in page.text
    assert "can no longer be cancelled" in page.text
    assert rows() == before


def ship(line):
    line.dispatched_at = timezone.now()


def claim_elsewhere(line):
    line.channel_state = {"claim": "취소요청"}


def lose_amount(line):
    line.paid = None


@pytest.mark.parametrize(
    ("happened", "said"),
    [
        (ship, "This item has been shipped"),
        (claim_elsewhere, "already a claim on this item at the marketplace: 취소요청"),
        (lose_amount, "The amount paid for this item is not known"),
    ],
)
def test_what_happened_meanwhile_refuses_the_request(buyer, cast, rows, happened, said):
    key = prepare(buyer)
    happened(cast.line)
    cast.line.save()
    before = rows()

    page = buyer.post(CHECK, {"key": key}, follow=True)

    assert said in page.text
    assert rows() == before


def test_the_sixth_request_an_hour_for_one_order_has_to_wait(buyer, cast, rows):
    cast.line.quantity = 10
    cast.line.save()
    for _ in range(5):
        assert "/sent/" in buyer.post(CHECK, {"key": prepare(buyer, 1)})["Location"]
    key = prepare(buyer, 1)
    before = rows()

    page = buyer.post(CHECK, {"key": key})

    assert page.status_code == 429
    assert int(page["Retry-After"]) > 0
    assert rows() == before
    assert "무선 마우스" in buyer.get(CHECK).text  # nothing of it is lost


def test_one_recipient_gets_at_most_twenty_a_day(client, cast, open_order):
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    statuses = []
    for _ in range(21):
        line = OrderLineFactory(order=OrderFactory(store=cast.store), quantity=2)
        open_order(client, line.order)
        statuses.append(client.post(CHECK, {"key": prepare(client, 1)}).status_code)

    assert statuses == [302] * 20 + [429]


def test_an_order_without_email_may_name_where_to_write(client, cast, open_order):
    line = OrderLineFactory(order=OrderFactory(store=cast.store, email=""), quantity=2)
    open_order(client, line.order)
    key = prepare(client, 1)

    wrong = client.post(CHECK, {"key": key, "email": "no address"}, follow=True)
    assert 'id="id_email_error"' in wrong.text
    assert 'value="no address"' in wrong.text
    client.post(CHECK, {"key": key, "email": "me@example.com"})

    assert BuyerRequest.objects.get().contact == "me@example.com"


def test_an_order_with_email_writes_nowhere_else(buyer, cast):
    buyer.post(CHECK, {"key": prepare(buyer), "email": "attacker@example.com"})

    assert BuyerRequest.objects.get().contact == cast.order.email


def test_the_whole_order_gives_the_delivery_fee_back_and_a_part_says_when(buyer, cast):
    cast.order.delivery_paid = 3000
    cast.order.save()

    prepare(buyer, quantity=3)
    assert "delivery fee of 3,000원 is returned as well" in buyer.get(CHECK).text
    prepare(buyer, quantity=2)
    assert "returned when the whole order is cancelled" in buyer.get(CHECK).text


def test_a_draft_belongs_to_its_order(buyer, cast, open_order):
    key = prepare(buyer)
    open_order(buyer, cast.other_order)

    assert buyer.post(CHECK, {"key": key})["Location"] == CHOOSE
    assert not BuyerRequest.objects.exists()


def test_a_marketplace_line_is_cancelled_where_it_was_bought(buyer, cast, monkeypatch, rows):
    direct = channels.CAPABILITIES["direct"]
    elsewhere = {"direct": replace(direct, buyer_asks_here=False)}
    key = prepare(buyer)
    monkeypatch.setattr(channels, "CAPABILITIES", elsewhere)
    before = rows()

    assert "where you bought it" in buyer.get("/order/").text
    assert "Nothing in this order can be cancelled here" in buyer.get(CHOOSE).text
    assert "where you bought it" in buyer.post(CHECK, {"key": key}, follow=True).text
    assert rows() == before


def test_the_last_page_costs_the_same_for_one_line_and_fifty(buyer, cast, count_queries):
    prepare(buyer)
    one = count_queries(buyer, CHECK)
    OrderLineFactory.create_batch(49, order=cast.order)
    choose(buyer, **{f"_{place}": 1 for place in range(1, 51)})
    why(buyer, 1, same="on")
    why(buyer, 2, same="on")

    assert count_queries(buyer, CHECK) == one <= 9
