"""Pages by key over real rows: nothing twice, nothing skipped, while rows come in."""

from datetime import timedelta

import pytest

from common import keyset
from orders.models import Order
from tests.factories.rows import MONDAY, OrderFactory
from tests.integration.api.conftest import problem
from tickets.models import Ticket

TICKETS = "/api/v1/tickets/"


def walk(client, path, **query):
    """Follow the pages to the end; return them."""
    pages, cursor = [], None
    while True:
        body = client.get(path, query | ({"cursor": cursor} if cursor else {})).json()
        pages.append(body["results"])
        cursor = body["next_cursor"]
        if cursor is None:
            return pages


@pytest.fixture
def orders(cast):
    """Seven orders, three of one moment and two of one millisecond."""
    moments = [0, 0, 0, 1, 1.000_1, 2, 3]
    return [
        OrderFactory(store=cast.store, ordered_at=MONDAY + timedelta(seconds=s)) for s in moments
    ]


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 8, 100])
def test_pages_hold_every_row_once(limit, orders, agent):
    pages = walk(agent, "/api/v1/orders/", limit=limit)
    seen = [row["number"] for page in pages for row in page]
    wanted = Order.objects.filter(store__slug="mapo").order_by("-ordered_at", "-id")
    assert seen == [order.number for order in wanted]
    assert all(len(page) == limit for page in pages[:-1])
    assert 0 < len(pages[-1]) <= limit


def test_pages_skip_nothing_while_rows_come_in(cast, orders, agent):
    first = agent.get("/api/v1/orders/", {"limit": 3}).json()
    OrderFactory(store=cast.store, ordered_at=MONDAY + timedelta(hours=1))  # above
    below = OrderFactory(store=cast.store, ordered_at=MONDAY - timedelta(hours=1))
    rest = walk(agent, "/api/v1/orders/", limit=3, cursor=first["next_cursor"])
    seen = [row["number"] for page in [first["results"], *rest] for row in page]
    assert len(seen) == len(set(seen))
    assert set(seen) == {cast.order.number, below.number, *(o.number for o in orders)}


def test_cursor_of_another_list_is_refused(cast, orders, agent):
    cursor = agent.get("/api/v1/orders/", {"limit": 1}).json()["next_cursor"]
    problem(agent.get(TICKETS, {"cursor": cursor}), 400, "bad_cursor")


def test_cursor_shows_nothing_of_another_store(cast, orders, agent, stranger):
    """A cursor is a place, not a right."""
    cursor = agent.get("/api/v1/orders/", {"limit": 1}).json()["next_cursor"]
    rows = stranger.get("/api/v1/orders/", {"cursor": cursor}).json()["results"]
    assert {row["store"] for row in rows} <= {"haeundae"}


@pytest.mark.parametrize("order", [("next_due_at", "id"), ("-next_due_at", "-id")])
def test_rows_without_a_value_come_last_and_once(order, cast):
    made = [cast.ticket(), cast.ticket(), cast.ticket()]
    Ticket.objects.filter(pk__in=[made[0].pk, made[1].pk]).update(next_due_at=None)
    seen, cursor = [], None
    while True:
        page = keyset.page(Ticket.objects.all(), order=order, cursor=cursor, size=1)
        seen += [row.pk for row in page.rows]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert seen[0] == made[2].pk
    assert sorted(seen) == sorted(ticket.pk for ticket in made)


def test_page_is_one_query(cast, orders, django_assert_num_queries):
    with django_assert_num_queries(1):
        keyset.page(Order.objects.all(), order=("-ordered_at", "-id"), cursor=None, size=3)
