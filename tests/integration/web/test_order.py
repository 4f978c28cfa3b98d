"""The order's page: what each line may still do."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from tests.factories.rows import OrderLineFactory
from tickets.actions.opening import Wish

pytestmark = pytest.mark.django_db


def test_the_page_shows_number_items_and_a_masked_name_only(buyer, cast):
    page = buyer.get("/order/").text

    assert cast.order.number in page
    assert "무선 마우스" in page
    assert "10,000원" in page
    assert "홍*동" in page
    for hidden in ("홍길동", "1234-5678", "buyer@example.com", "월드컵로"):
        assert hidden not in page


def test_a_free_line_can_be_cancelled(buyer):
    page = buyer.get("/order/").text

    assert 'href="/order/cancel/?item=1"' in page
    assert "Cancel this item (up to 3)" in page
    assert "§17①1" in page


def test_a_shipped_line_leads_to_a_question_about_a_return(buyer, cast):
    cast.line.dispatched_at = timezone.now()
    cast.line.save()

    page = buyer.get("/order/").text

    assert "it can be returned, not cancelled" in page
    assert 'href="/order/question/?item=1"' in page
    assert "/order/cancel/" not in page


@pytest.mark.parametrize(
    ("_case", "shipped_at", "shown"),
    [
        # Dispatched on Monday the 9th: seven days end on Monday the 16th at the earliest.
        ("known bound", datetime(2026, 11, 9, 3, tzinfo=UTC), "at least until Mon 16 November"),
        ("late in Seoul", datetime(2026, 11, 8, 16, tzinfo=UTC), "at least until Mon 16 November"),
        ("bound has passed", datetime(2026, 10, 1, tzinfo=UTC), "seven days from the day you rec"),
    ],
)
def test_a_shipped_line_says_until_when_one_may_withdraw(
    client, cast, open_order, time_machine, _case, shipped_at, shown
):
    time_machine.move_to(datetime(2026, 11, 12, 1, tzinfo=UTC))
    cast.line.dispatched_at = shipped_at
    cast.line.save()
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"

    page = open_order(client, cast.order).get("/order/").text

    assert shown in page
    assert "not legal advice" in page


def test_a_line_in_an_open_request_shows_its_number_and_the_way_there(buyer, cast, ask):
    request = ask(Wish(cast.line.pk, 3, "CHANGED_MIND"))
    ticket = request.tickets.get()

    page = buyer.get("/order/").text

    assert f'href="/requests/{request.public_id}/#{ticket.number}"' in page
    assert "In an open request: 3" in page
    assert "/order/cancel/" not in page


def test_a_line_claimed_at_the_marketplace_says_so(buyer, cast):
    cast.line.channel_state = {"claim": "취소요청"}
    cast.line.save()

    page = buyer.get("/order/").text

    assert "claim on this item at the marketplace already (취소요청)" in page
    assert "/order/cancel/" not in page


def test_a_refunded_line_shows_what_went_back(buyer, cast):
    cast.line.refunded_qty, cast.line.refunded_amount = 1, 3333
    cast.line.save()

    page = buyer.get("/order/").text

    assert "Refunded: 1 · 3,333원" in page
    assert "Cancel this item (up to 2)" in page


def test_a_line_without_a_known_amount_leads_to_the_shop(buyer, cast):
    cast.line.paid = None
    cast.line.save()

    page = buyer.get("/order/").text

    assert "amount paid for this item is not known" in page
    assert "/order/cancel/" not in page


@pytest.mark.parametrize("path", ["/order/", "/order/cancel/"])
def test_fifty_lines_cost_no_more_queries_than_one(buyer, cast, ask, count_queries, path):
    ask()
    one = count_queries(buyer, path)
    lines = OrderLineFactory.create_batch(49, order=cast.order)
    ask(*(Wish(line.pk, 1, "CHANGED_MIND") for line in lines[:20]))

    assert count_queries(buyer, path) == one <= 5


def test_a_day_of_another_year_is_written_with_its_year(buyer, cast):
    cast.order.ordered_at = datetime(2025, 12, 31, 3, tzinfo=UTC)
    cast.order.save()

    assert "Wed 31 December 2025 12:00" in buyer.get("/order/").text
    assert "2025년 12월 31일 (수) 12:00" in buyer.get("/order/", HTTP_ACCEPT_LANGUAGE="ko").text


def test_an_order_link_that_ends_sooner_ends_the_page_sooner(buyer, cast, time_machine):
    """The right of the session never outlives the hour, whatever the link still allows."""
    time_machine.move_to(timezone.now() + timedelta(minutes=59))
    assert buyer.get("/order/").status_code == 200
    time_machine.move_to(timezone.now() + timedelta(minutes=2))
    assert buyer.get("/order/").status_code == 404
