"""The queue: what it shows, to whom, in what order, with how many queries."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from common.domain.actors import Actor
from common.models import OutboundMail
from orders.models import Role
from tests.factories.rows import (
    MembershipFactory,
    OrderFactory,
    OrderLineFactory,
    ProductFactory,
    UserFactory,
)
from tickets.actions import conversation, desk
from tickets.models import Ticket

QUEUE = "/admin/tickets/ticket/"


def rows_in(response) -> list[str]:
    """Return the numbers of the tickets that the page lists."""
    return [
        cell.text for row in response.context["rows"] for column, cell in row
        if column.kind == "head"
    ]  # fmt: skip


def many(cast, count: int) -> list[Ticket]:
    """Open tickets on orders of their own, an hour apart."""
    at = timezone.now() - timedelta(days=10)
    tickets = []
    for n in range(count):
        product = ProductFactory(store=cast.store, tracks_stock=True, on_hand=n)
        order = OrderFactory(store=cast.store, ordered_at=at, paid_at=at)
        line = OrderLineFactory(order=order, product=product, quantity=2)
        ticket = cast.ticket(line=line, at=at + timedelta(hours=n))
        Ticket.objects.filter(pk=ticket.pk).update(assignee=UserFactory())
        tickets.append(ticket)
    return tickets


def test_queue_shows_a_ticket_with_its_buyer_masked(cast, sign_in):
    ticket = cast.ticket()
    page = sign_in(cast.agent).get(QUEUE).content.decode()

    assert ticket.number in page
    assert "홍*동" in page
    assert "홍길동" not in page
    assert "3,333원" in page  # a third of 10,000
    assert "무선 마우스" in page
    assert "First reply" in page


def test_queue_lists_the_nearest_deadline_first(cast, sign_in):
    tickets = many(cast, 3)
    Ticket.objects.filter(pk=tickets[0].pk).update(next_due_at=None)
    last, first = tickets[1], tickets[2]
    Ticket.objects.filter(pk=first.pk).update(next_due_at=timezone.now() - timedelta(days=40))

    numbers = rows_in(sign_in(cast.agent).get(QUEUE))

    assert numbers == [first.number, last.number, tickets[0].number]


def test_queue_takes_as_many_queries_for_thirty_rows_as_for_one(cast, sign_in):
    client = sign_in(cast.lead)
    many(cast, 1)
    client.get(QUEUE)  # what is read once per process
    with CaptureQueriesContext(connection) as for_one:
        assert len(rows_in(client.get(QUEUE))) == 1
    many(cast, 29)
    with CaptureQueriesContext(connection) as for_thirty:
        assert len(rows_in(client.get(QUEUE))) == 25

    assert len(for_thirty) == len(for_one)
    assert len(for_one) <= 15


def test_queue_never_counts_or_skips_rows(cast, sign_in, django_assert_max_num_queries):
    many(cast, 30)
    client = sign_in(cast.agent)
    with django_assert_max_num_queries(30) as asked:
        first = client.get(QUEUE)
        second = client.get(QUEUE + first.context["next_query"])

    assert len(rows_in(first)) == 25
    assert len(rows_in(second)) == 5
    assert not set(rows_in(first)) & set(rows_in(second))
    said = " ".join(query["sql"] for query in asked.captured_queries)
    assert "OFFSET" not in said
    assert "COUNT(" not in said


def test_queue_shows_open_tickets_until_asked_for_others(cast, sign_in):
    ticket, closed = many(cast, 2)
    desk.withdraw(ticket_id=closed.pk, by=Actor.buyer(), at=timezone.now())
    client = sign_in(cast.agent)

    assert rows_in(client.get(QUEUE)) == [ticket.number]
    assert rows_in(client.get(QUEUE + "?state=closed")) == [closed.number]
    assert rows_in(client.get(QUEUE + "?status=WITHDRAWN")) == [closed.number]
    assert set(rows_in(client.get(QUEUE + "?state=all"))) == {ticket.number, closed.number}


def test_queue_filters_by_assignee_kind_and_lateness(cast, sign_in):
    mine, nobodys = many(cast, 2)
    Ticket.objects.filter(pk=mine.pk).update(assignee=cast.agent)
    Ticket.objects.filter(pk=nobodys.pk).update(
        assignee=None, next_due_at=timezone.now() + timedelta(days=1)
    )
    client = sign_in(cast.agent)

    assert rows_in(client.get(QUEUE + "?assignee=me")) == [mine.number]
    assert rows_in(client.get(QUEUE + "?assignee=nobody")) == [nobodys.number]
    assert rows_in(client.get(QUEUE + "?late=late")) == [mine.number]
    assert rows_in(client.get(QUEUE + "?late=running")) == [nobodys.number]
    assert rows_in(client.get(QUEUE + "?kind=I")) == []
    assert len(rows_in(client.get(QUEUE + "?kind=X&state=?&late=%00"))) == 2


@pytest.mark.parametrize("words", ["number", "order", "길동", "홍길동"])
def test_queue_finds_by_number_order_and_buyer(cast, sign_in, words):
    ticket = cast.ticket()
    foreign = cast.ticket(line=cast.other_line)
    text = {"number": ticket.number, "order": cast.order.number[:12]}.get(words, words)

    found = rows_in(sign_in(cast.agent).get(QUEUE, {"q": text}))

    assert found == [ticket.number]
    assert foreign.number not in found


def test_search_looks_at_closed_tickets_too(cast, sign_in):
    ticket = cast.ticket()
    desk.withdraw(ticket_id=ticket.pk, by=Actor.buyer(), at=timezone.now())

    assert rows_in(sign_in(cast.agent).get(QUEUE, {"q": ticket.number})) == [ticket.number]


def test_queue_filters_by_store_only_among_ones_own(cast, sign_in):
    MembershipFactory(user=cast.agent, store=cast.other_store, role=Role.AGENT)
    here, there = cast.ticket(), cast.ticket(line=cast.other_line)
    client = sign_in(cast.agent)

    assert set(rows_in(client.get(QUEUE))) == {here.number, there.number}
    assert rows_in(client.get(QUEUE + "?store=haeundae")) == [there.number]
    assert rows_in(sign_in(cast.agent2).get(QUEUE + "?store=haeundae")) == [here.number]


@pytest.mark.parametrize("cursor", ["nonsense", "W10", "WyJ4IiwxXQ", "%00"])
def test_queue_begins_again_after_a_bad_cursor(cast, sign_in, cursor):
    answer = sign_in(cast.agent).get(f"{QUEUE}?cursor={cursor}")

    assert answer.status_code == 302
    assert answer["Location"] == QUEUE


def test_clock_is_coloured_only_near_and_past_its_deadline(cast, sign_in):
    def tone(due_in: timedelta, warned: bool) -> str:
        clock = ticket.clocks.get(kind="FIRST_REPLY")
        clock.due_at = timezone.now() + due_in
        clock.save(update_fields=["due_at"])
        warning = timezone.now() - timedelta(minutes=1) if warned else clock.due_at
        clock.levels.filter(level="WARNING").update(at=warning)
        return sign_in(cast.agent).get(QUEUE).context["rows"][0][0][1].tone

    ticket = cast.ticket()
    ticket.clocks.exclude(kind="FIRST_REPLY").update(due_at=timezone.now() + timedelta(days=9))

    assert tone(timedelta(hours=3), warned=False) == ""
    assert tone(timedelta(hours=1), warned=True) == "near"
    assert tone(timedelta(hours=-1), warned=True) == "late"


def test_empty_queue_says_so(cast, sign_in):
    assert b"Nothing waits" in sign_in(cast.agent).get(QUEUE).content


def test_undelivered_mail_is_told_to_leads_and_operators_alone(cast, sign_in):
    OutboundMail.objects.create(
        dedupe_key="k", template="refused", to="b@example.com", state="PARKED"
    )

    assert b"1 mail could not be delivered" in sign_in(cast.lead).get(QUEUE).content
    assert b"1 mail could not be delivered" in sign_in(cast.operator).get(QUEUE).content
    assert b"could not be delivered" not in sign_in(cast.agent).get(QUEUE).content


def test_queue_escapes_what_buyers_and_sellers_wrote(cast, sign_in):
    cast.order.buyer_name = "<script>a</script>"
    cast.order.save()
    product = cast.line.product
    product.name = "<img src=x onerror=alert(1)>"
    product.save()
    ticket = cast.ticket()
    conversation.buyer_writes(ticket_id=ticket.pk, body="<b>x</b>", at=timezone.now())

    page = sign_in(cast.agent).get(QUEUE).content.decode()

    assert "<img src=x" not in page
    assert "<script>a" not in page
    assert "&lt;img src=x onerror=alert(1)&gt;" in page
