"""Ask the shop a question: about the order, an item, or after a closed request."""

import re

import pytest
from django.utils import timezone

from common.domain.actors import Actor
from tests.factories.rows import OrderLineFactory
from tickets.actions import desk
from tickets.models import BuyerRequest, Message, Ticket

pytestmark = pytest.mark.django_db

PAGE = "/order/question/"


def key_on(page):
    return re.search(r'name="key" value="([^"]+)"', page.text)[1]


def test_a_question_opens_an_inquiry_with_its_words(buyer, cast):
    page = buyer.get(f"{PAGE}?item=1")
    assert re.search(r'<option value="1" selected>무선 마우스', page.text)

    sent = buyer.post(PAGE, {"key": key_on(page), "about": "1", "text": "반품하려면요?"})

    ticket = Ticket.objects.get()
    assert sent["Location"] == f"/requests/{ticket.request.public_id}/sent/"
    assert (ticket.kind, ticket.subject, ticket.order) == ("I", "무선 마우스", cast.order)
    assert ticket.messages.get().body == "반품하려면요?"
    assert "반품하려면요?" in buyer.get(f"/requests/{ticket.request.public_id}/").text


def test_a_question_about_the_whole_order_is_named_by_its_number(buyer, cast):
    buyer.post(PAGE, {"key": "k", "about": "0", "text": "?"})

    assert Ticket.objects.get().subject == cast.order.number


def test_the_same_page_sent_twice_asks_once(buyer):
    given = {"key": "same", "about": "0", "text": "언제 오나요"}

    first, second = buyer.post(PAGE, given), buyer.post(PAGE, given)

    assert first["Location"] == second["Location"]
    assert Ticket.objects.count() == 1


def test_going_back_and_writing_something_else_asks_again(buyer):
    buyer.post(PAGE, {"key": "same", "about": "0", "text": "하나"})
    buyer.post(PAGE, {"key": "same", "about": "0", "text": "둘"})

    assert sorted(Message.objects.values_list("body", flat=True)) == ["둘", "하나"]


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({"text": "   "}, "Write something first."),
        ({"text": "가" * 10_001}, "at most 10000 characters"),
        ({"text": "x", "about": "99"}, "Select a valid choice"),
    ],
)
def test_a_question_that_cannot_be_is_said_and_kept(buyer, rows, given, error):
    before = rows()

    page = buyer.post(f"{PAGE}?item=1", {"key": "k"} | given, follow=True)

    assert page.redirect_chain == [(f"{PAGE}?item=1", 302)]
    assert error in page.text
    assert given["text"].strip() in page.text
    assert rows() == before


def test_a_text_of_nothing_but_control_characters_is_refused_in_words(buyer, rows):
    before = rows()

    page = buyer.post(PAGE, {"key": "k", "about": "0", "text": "\x01\x02"})

    assert page.status_code == 400
    assert "Write something first." in page.text
    assert rows() == before


def test_a_closed_request_can_be_followed_by_a_question(holder):
    client, request = holder
    ticket = request.tickets.get()
    desk.withdraw(ticket_id=ticket.pk, by=Actor.buyer(), at=timezone.now())
    page = client.get(f"/requests/{request.public_id}/question/")

    sent = client.post(
        f"/requests/{request.public_id}/question/", {"key": key_on(page), "text": "왜요?"}
    )

    asked = BuyerRequest.objects.exclude(pk=request.pk).get()
    assert sent["Location"] == f"/requests/{asked.public_id}/sent/"
    assert asked.tickets.get().subject == ticket.number
    assert client.get(sent["Location"]).status_code == 200
    assert client.get("/order/").status_code == 404  # a request's right opens no order


def test_questions_count_towards_the_limit_of_the_order(buyer):
    statuses = [
        buyer.post(PAGE, {"key": str(n), "about": "0", "text": str(n)}).status_code
        for n in range(6)
    ]

    assert statuses == [302] * 5 + [429]


def test_the_question_page_names_items_by_their_place(buyer, cast):
    line = OrderLineFactory(order=cast.order)

    assert f'<option value="2">{line.product.name}' in buyer.get(PAGE).text
