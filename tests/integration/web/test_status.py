"""The status page: what happened, what comes next, and the buyer's own buttons."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from common import deliveries, slots
from common.domain.actors import Actor
from orders import executor
from orders.actions import refunds
from orders.domain.refunds import Cause
from orders.models import Refund
from tests.factories.cast import staff
from tests.factories.rows import OrderLineFactory
from tickets.actions import conversation, decisions, desk
from tickets.actions.calendars import seoul_day
from tickets.actions.decisions import Refusal
from tickets.actions.opening import Wish
from tickets.models import Message

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(holder):
    client, request = holder
    return lambda: client.get(f"/requests/{request.public_id}/").text


@pytest.fixture
def ticket(holder):
    return holder[1].tickets.get()


@pytest.fixture
def urls(holder, ticket):
    base = f"/requests/{holder[1].public_id}/"
    return {
        verb: f"{base}tickets/{ticket.public_id}/{verb}/"
        for verb in ("answer", "withdraw", "reopen")
    } | {"page": base}


def steps(text):
    """Return the texts of the timeline, what is to come in brackets."""
    found = re.findall(r'<li class="(past|coming)">\s*<span>([^<]+)</span>', text)
    return [step if when == "past" else f"({step})" for when, step in found]


def approve(ticket, cast):
    decisions.approve(ticket_id=ticket.pk, by=staff(cast.agent), at=timezone.now())


def refuse(ticket, cast, text="포장을 뜯으셨습니다."):
    refusal = Refusal("COPY_OPENED", text)
    decisions.refuse(ticket_id=ticket.pk, refusal=refusal, by=staff(cast.agent), at=timezone.now())


def test_a_new_request_says_what_comes_next_and_by_when(page, ticket):
    text = page()

    assert steps(text) == ["Received", "(Decision)", "(Refund)"]
    assert ticket.number in text
    assert "3,333원" in text
    assert "§18②3" in text
    assert text.count("by ") >= 2


def test_review_question_and_answer_show_in_order(page, ticket, cast, urls, holder):
    desk.take(ticket_id=ticket.pk, by=staff(cast.agent), at=timezone.now())
    conversation.ask(
        ticket_id=ticket.pk, body="어떤 색을 원하세요?", by=staff(cast.agent), at=timezone.now()
    )
    asked = page()
    assert steps(asked)[-3:] == ["(Your answer)", "(Decision)", "(Refund)"]
    assert "어떤 색을 원하세요?" in asked
    assert "needs your answer" in asked
    assert cast.agent.name not in asked

    answer = holder[0].post(urls["answer"], {"key": "k", "text": "파란색"})

    assert answer["Location"] == f"{urls['page']}#{ticket.number}"
    assert steps(page()) == [
        "Received", "In review", "The shop asked you something", "You answered",
        "(Decision)", "(Refund)",
    ]  # fmt: skip


def test_approved_then_refunded(page, ticket, cast):
    approve(ticket, cast)
    assert steps(page()) == ["Received", "Approved", "(Refund)"]

    executor.run_due()
    deliveries.deliver_all()

    assert steps(page()) == ["Received", "Approved", "Refunded"]
    assert "3,333원" in page()


def test_a_refusal_shows_its_ground_article_and_text(page, ticket, cast):
    refuse(ticket, cast)

    text = page()

    assert "Opened a product that can be copied" in text
    assert "전자상거래법 §17②4" in text
    assert "포장을 뜯으셨습니다." in text
    assert steps(text) == ["Received", "Refused"]


def test_notes_of_the_desk_and_inner_steps_stay_inside(page, ticket, cast):
    cast.line.paid = 900_000
    cast.line.quantity = 1
    cast.line.save()
    conversation.note(
        ticket_id=ticket.pk, body="속이는 듯", by=staff(cast.agent), at=timezone.now()
    )
    decisions.propose(
        decisions.Wanted(decisions.Verb.APPROVE), ticket_id=ticket.pk, by=staff(cast.lead),
        at=timezone.now(),
    )  # fmt: skip

    text = page()

    assert "속이는 듯" not in text
    assert steps(text) == ["Received", "(Decision)", "(Refund)"]


def test_a_parcel_that_had_left_turns_it_into_a_return(page, ticket, cast, holder):
    approve(ticket, cast)
    refund = Refund.objects.get()
    refunds.take_back(
        claim_id=refund.claim_id, cause=Cause.SHIPPED, by=Actor.system("test"), at=timezone.now()
    )
    deliveries.deliver_all()
    back = holder[1].tickets.get(kind="R")

    assert steps(page()) == [
        "Received", "Approved", "The parcel had left: this goes on as a return",
        "Received", "(Decision)", "(Refund within three business days after the goods are back)",
    ]  # fmt: skip
    desk.accept_return(ticket_id=back.pk, by=staff(cast.agent), at=timezone.now())
    assert steps(page())[4:6] == [
        "Return accepted: please send the goods back", "(The goods come back to the shop)",
    ]  # fmt: skip
    today = seoul_day(timezone.now())
    desk.goods_back(ticket_id=back.pk, on=today, by=staff(cast.agent), at=timezone.now())
    assert steps(page())[-3:] == ["The goods are back at the shop", "(Decision)", "(Refund)"]
    assert "전자상거래법 §18②1" in page()


def test_an_inquiry_says_by_when_the_shop_replies(buyer, cast):
    sent = buyer.post("/order/question/", {"key": "k", "about": "0", "text": "?"})
    status = sent["Location"].removesuffix("sent/")
    assert steps(buyer.get(status).text) == ["Received", "(Reply from the shop)"]
    ticket = Message.objects.get().ticket

    conversation.reply(ticket_id=ticket.pk, body="네.", by=staff(cast.agent), at=timezone.now())
    assert steps(buyer.get(status).text) == ["Received"]
    desk.resolve(ticket_id=ticket.pk, by=staff(cast.agent), at=timezone.now())
    assert steps(buyer.get(status).text) == ["Received", "Answered"]
    buyer.post(f"{status}tickets/{ticket.public_id}/answer/", {"key": "k", "text": "아직요"})

    assert steps(buyer.get(status).text)[:3] == ["Received", "Answered", "Taken up again"]


def test_reason_and_details_are_shown_masked(client, cast, ask, buyer):
    details = {"description": "연락처는 010-1234-5678"}
    request = ask(Wish(cast.line.pk, 1, "DAMAGED", details))

    text = buyer.get(f"/requests/{request.public_id}/").text

    assert "Damaged or faulty" in text
    assert "연락처는 010-****-5678" in text


def test_an_answer_is_shown_without_numbers_of_persons(page, urls, holder):
    holder[0].post(urls["answer"], {"key": "k", "text": "010-1234-5678 로 전화 주세요"})

    assert "010-****-5678" in page()
    assert Message.objects.get().body == "010-1234-5678 로 전화 주세요"


def test_an_answer_sent_twice_is_said_once(urls, holder):
    for _ in range(2):
        holder[0].post(urls["answer"], {"key": "k", "text": "한 번"})
    holder[0].post(urls["answer"], {"key": "k", "text": "두 번"})

    assert list(Message.objects.values_list("body", flat=True)) == ["한 번", "두 번"]


def test_an_empty_answer_is_said_at_its_ticket(holder, cast, ask, rows):
    client, request = holder
    ticket = request.tickets.get()
    before = rows()

    page = client.post(
        f"/requests/{request.public_id}/tickets/{ticket.public_id}/answer/",
        {"key": "k", "text": " "},
        follow=True,
    )

    assert f'id="{ticket.number}-text_error"' in page.text
    assert "Write something first." in page.text
    assert "<details open>" in page.text
    assert rows() == before


def test_an_answer_to_a_closed_request_goes_on_as_a_question(holder, urls, ticket, rows):
    desk.withdraw(ticket_id=ticket.pk, by=Actor.buyer(), at=timezone.now())
    before = rows()

    page = holder[0].post(urls["answer"], {"key": "k", "text": "잠깐만요"}, follow=True)

    assert page.redirect_chain == [(f"{urls['page']}question/", 302)]
    assert "This request is closed (Withdrawn). Please ask a new question." in page.text
    assert "잠깐만요" in page.text
    assert rows() == before


def test_withdrawing_asks_first_and_then_does_it(holder, urls, ticket, rows, page):
    before = rows()
    asked = holder[0].get(urls["withdraw"])
    assert "Keep the order after all?" in asked.text
    assert rows() == before

    done = holder[0].post(urls["withdraw"])

    ticket.refresh_from_db()
    assert done["Location"] == f"{urls['page']}#{ticket.number}"
    assert ticket.status == "WITHDRAWN"
    assert steps(page()) == ["Received", "Withdrawn: you keep the order"]
    assert urls["withdraw"] not in page()


def test_withdrawing_twice_leads_to_the_same_page(holder, urls, rows):
    holder[0].post(urls["withdraw"])
    before = rows()

    assert holder[0].post(urls["withdraw"]).status_code == 302
    assert holder[0].get(urls["withdraw"]).status_code == 302
    assert rows() == before


def test_an_approved_request_is_withdrawn_until_the_money_moves(holder, urls, ticket, cast, page):
    approve(ticket, cast)
    assert urls["withdraw"] in page()

    holder[0].post(urls["withdraw"])

    assert Refund.objects.get().state == "VOID"
    assert "3,333원" not in page()


def test_money_under_way_is_not_called_back(holder, urls, ticket, cast, page, rows):
    approve(ticket, cast)
    Refund.objects.update(state="SENDING", sent_at=timezone.now())
    before = rows()

    assert urls["withdraw"] not in page()
    assert holder[0].get(urls["withdraw"]).status_code == 409
    refused = holder[0].post(urls["withdraw"])

    assert refused.status_code == 409
    assert "already on its way" in refused.text
    assert rows() == before


def test_a_refunded_request_offers_nothing_more(holder, urls, ticket, cast, page, rows):
    approve(ticket, cast)
    executor.run_due()
    deliveries.deliver_all()
    before = rows()

    assert "<details" not in page()
    assert urls["withdraw"] not in page()
    assert urls["reopen"] not in page()
    refused = holder[0].post(urls["withdraw"])
    assert refused.status_code == 409
    assert "The request is now: Refunded." in refused.text
    assert holder[0].post(urls["reopen"]).status_code == 409
    assert rows() == before


def test_a_refused_request_can_be_taken_up_again_once(holder, urls, ticket, cast, page):
    refuse(ticket, cast)
    assert urls["reopen"] in page()
    assert "Shall the shop look at it again?" in holder[0].get(urls["reopen"]).text

    holder[0].post(urls["reopen"])

    ticket.refresh_from_db()
    assert ticket.status == "REVIEWING"
    assert steps(page())[:3] == ["Received", "Refused", "Taken up again"]
    assert holder[0].post(urls["reopen"]).status_code == 302


def test_after_fourteen_days_a_refusal_stands(holder, urls, ticket, cast, page, rows, time_machine):
    refuse(ticket, cast)
    time_machine.move_to(timezone.now() + timedelta(days=14, seconds=1))
    before = rows()

    assert urls["reopen"] not in page()
    refused = holder[0].post(urls["reopen"])

    assert refused.status_code == 409
    assert "14 days" in refused.text
    assert rows() == before


def test_a_late_decision_says_so(page, ticket, time_machine):
    time_machine.move_to(timezone.now() + timedelta(days=10))

    assert "late; we are sorry" in page()


@pytest.mark.parametrize("verb", ["answer", "withdraw", "reopen"])
def test_a_ticket_of_another_request_is_missing_here(holder, ask, rows, verb):
    client, request = holder
    other = ask().tickets.get()
    before = rows()

    page = f"/requests/{request.public_id}/tickets/{other.public_id}/{verb}/"

    assert client.post(page, {"key": "k", "text": "x"}).status_code == 404
    assert rows() == before


def test_answers_are_limited_for_one_request(holder, urls):
    statuses = [
        holder[0].post(urls["answer"], {"key": str(n), "text": str(n)}).status_code
        for n in range(31)
    ]

    assert statuses == [302] * 30 + [429]


def test_upper_apps_show_something_at_the_end(holder, page, monkeypatch):
    monkeypatch.setattr(slots, "_renderers", slots._renderers.__class__(list))
    seen = []
    slots.register("request.after", lambda request, buyer_request: seen.append(buyer_request) or "")

    page()

    assert seen == [holder[1]]


def test_fifty_tickets_cost_no_more_queries_than_one(client, cast, ask, buyer, count_queries):
    one = ask()
    lines = OrderLineFactory.create_batch(50, order=cast.order)
    fifty = ask(*(Wish(line.pk, 1, "CHANGED_MIND") for line in lines))
    for ticket in fifty.tickets.all():
        approve(ticket, cast)

    count = count_queries(buyer, f"/requests/{one.public_id}/")

    assert count_queries(buyer, f"/requests/{fifty.public_id}/") == count <= 13


def test_the_page_is_korean_for_korean_readers(holder):
    client, request = holder

    page = client.get(f"/requests/{request.public_id}/", HTTP_ACCEPT_LANGUAGE="ko")

    assert 'lang="ko"' in page.text
    assert "접수" in page.text
