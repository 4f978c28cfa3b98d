"""Workers are killed at random moments while refunds run; every ticket is refunded once."""

import os
import random
import time
from dataclasses import dataclass

import pytest
from django.db import connection
from django.db.models import Count, Sum

from common.models import Event, OutboundMail
from orders.models import DirectSettlement, OrderLine, Refund, RefundAttempt
from tests.faults import books
from tests.faults.conftest import Workers
from tests.faults.shop import Shop
from tickets.models import Ticket

NIGHTLY = os.environ.get("HYPOTHESIS_PROFILE") == "nightly"
TICKETS, KILLS = (4_000, 1_000) if NIGHTLY else (300, 60)
SETTLED_WITHIN_SECONDS = 60
MOST_TRIES_A_TICKET = 1.3


@dataclass(frozen=True, slots=True)
class Storm:
    """How many workers are killed: each a random while after so many tickets were paid."""

    tickets: int
    kills: int
    seed: int
    sabotage: str | None = None


def let_loose(storm: Storm, workers: Workers, shop: Shop) -> float:
    """Approve tickets, run workers, kill them; return the seconds from the last kill to rest."""
    chance = random.Random(storm.seed)
    for _ in range(storm.tickets):
        shop.approved()
    # SQLite has one writer at a time: more than two workers only wait there.
    for _ in range(2 if connection.vendor == "sqlite" else 4):
        workers.start(sabotage=storm.sabotage)
    for n in range(storm.kills):
        wait_until_paid(storm.tickets * n // storm.kills)
        time.sleep(chance.uniform(0, 0.3))
        workers.kill(chance.choice(workers.alive))
        workers.start(sabotage=storm.sabotage)
    last_kill = time.monotonic()
    while not books.is_idle() and time.monotonic() - last_kill < SETTLED_WITHIN_SECONDS:
        time.sleep(0.1)
    return time.monotonic() - last_kill


def wait_until_paid(tickets: int) -> None:
    """Let the workers get on before the next is killed."""
    give_up = time.monotonic() + SETTLED_WITHIN_SECONDS
    while DirectSettlement.objects.count() < tickets:
        assert time.monotonic() < give_up, f"{tickets} tickets are not paid"
        time.sleep(0.02)


def report(storm: Storm, seconds: float) -> str:
    """Return the figures as one line."""
    unheard = RefundAttempt.objects.filter(result=None).count()
    return (
        f"\n{connection.vendor}: seed {storm.seed}, {storm.kills} kills, {storm.tickets} tickets, "
        f"{RefundAttempt.objects.count()} tries ({unheard} unheard), "
        f"{Refund.objects.filter(fence__gt=1).count()} refunds taken over, "
        f"{books.doubled()} doubled, {books.lost()} lost, "
        f"{Refund.objects.filter(state='NEEDS_HUMAN').count()} for a person, "
        f"at rest {seconds:.1f} s after the last kill"
    )


def assert_sums_agree(tickets: int) -> None:
    """The ledger, the refunds, the lines, the events and the mails say the same in sum."""
    ledger = DirectSettlement.objects.aggregate(n=Count("id"), won=Sum("amount"))
    refunds = Refund.objects.filter(state="CONFIRMED").aggregate(n=Count("id"), won=Sum("amount"))
    lines = OrderLine.objects.aggregate(won=Sum("refunded_amount"), units=Sum("refunded_qty"))
    assert ledger == refunds == {"n": tickets, "won": tickets * 6_666}
    assert lines == {"won": ledger["won"], "units": tickets * 2}
    assert not OrderLine.objects.exclude(refunding_amount=0, claimed_qty=0).exists()
    for name in ("refund.confirmed", "ticket.refunded", "request.resolved"):
        told = Event.objects.filter(name=name)
        assert told.values("subject_id").distinct().count() == told.count() == tickets, name
    assert OutboundMail.objects.filter(template="refunded").count() == tickets
    assert books.stock_differences() == []


@pytest.mark.faults
def test_random_kills_neither_lose_nor_double_a_refund(workers, shop):
    storm = Storm(TICKETS, KILLS, seed=random.randrange(1_000_000))
    seconds = let_loose(storm, workers, shop)
    print(report(storm, seconds))  # noqa: T201
    assert seconds < SETTLED_WITHIN_SECONDS
    assert (books.doubled(), books.lost()) == (0, 0)
    assert_sums_agree(storm.tickets)
    assert RefundAttempt.objects.count() <= storm.tickets * MOST_TRIES_A_TICKET
    for ticket in Ticket.objects.order_by("?")[:20]:
        assert books.differences(ticket) == []


@pytest.mark.faults
def test_control_with_a_new_name_for_each_send_random_kills_double(workers, shop):
    storm = Storm(60, 20, seed=random.randrange(1_000_000), sabotage="new_name_for_each_send")
    seconds = let_loose(storm, workers, shop)
    print(report(storm, seconds))  # noqa: T201
    assert books.doubled() > 0
