"""A worker is killed at every step of a refund's way; the next one goes on. Nothing doubles."""

import os
from dataclasses import dataclass

import pytest
from django.db import connection

from orders.models import Refund
from tests.faults import books
from tests.faults.conftest import Workers
from tests.faults.shop import Shop
from tests.faults.steps import STEPS
from tickets.models import Ticket

RUNS = 20 if os.environ.get("HYPOTHESIS_PROFILE") == "nightly" else 3
KILLED = -9
APPLIED, UNHEARD = "APPLIED", None
Kills = tuple[str, ...]

# Where workers are killed, one after the other, and what the tries of the refund then say.
BEFORE_SENDING = (
    "before the lease", "after the lease", "after the read", "intent written, not committed",
)  # fmt: skip
SENT_NOT_DONE = ("intent committed", "ledger written, not committed")
DONE_NOT_NOTED = (
    "ledger committed, no answer", "before the answer is noted", "answer noted, not committed",
    "confirmed, restocked, not committed", "confirmed, recorded, not committed",
)  # fmt: skip
CONFIRMED = (
    "confirmation committed", "delivery leased", "ticket settled, not committed",
    "ticket settled", "mail queued, not committed", "mail queued",
)  # fmt: skip
TABLE: dict[Kills, list[str | None]] = (
    {(step,): [APPLIED] for step in BEFORE_SENDING}
    | {(step,): [UNHEARD, APPLIED] for step in SENT_NOT_DONE}
    | {(step,): [UNHEARD] for step in DONE_NOT_NOTED}
    | {(step,): [APPLIED] for step in CONFIRMED}
    | {
        ("ledger committed, no answer", "marked unknown"): [UNHEARD],
        ("ledger committed, no answer", "after the read"): [UNHEARD],
        ("ledger committed, no answer", "confirmed, restocked, not committed"): [UNHEARD],
        ("intent committed", "marked unknown"): [UNHEARD, APPLIED],
        ("intent committed", "intent committed"): [UNHEARD, UNHEARD, APPLIED],
        ("intent committed", "ledger committed, no answer"): [UNHEARD, UNHEARD],
        ("ticket settled, not committed", "ticket settled, not committed"): [APPLIED],
    }
)
SHORT: tuple[Kills, ...] = tuple(
    (step,)
    for step in (
        "after the lease", "intent written, not committed", "intent committed",
        "ledger committed, no answer", "answer noted, not committed",
        "confirmed, recorded, not committed", "confirmation committed",
        "ticket settled, not committed", "mail queued, not committed",
    )
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """What became of one refund whose workers were killed."""

    kills: Kills
    died: list[int]
    ended: int
    leases: int
    tries: list[str | None]
    wrong: list[str]

    def __str__(self) -> str:
        tries = ", ".join(answer or "unheard" for answer in self.tries)
        result = "; ".join(self.wrong) or "once"
        return f"{' > '.join(self.kills):<64} {self.leases:>6}  {tries:<26} {result}"


def kill_at(kills: Kills, workers: Workers, shop: Shop, sabotage: str | None = None) -> Row:
    """Approve a ticket, kill a worker at each step, let another one finish, read the books."""
    ticket = shop.approved()
    died = [workers.run(step=step, sabotage=sabotage) for step in kills]
    ended = workers.run(sabotage=sabotage)
    refund = Refund.objects.get(claim=ticket.claim_id)
    wrong = books.differences(Ticket.objects.get(pk=ticket.pk)) + books.stock_differences()
    return Row(kills, died, ended, refund.attempts, books.tries_of(refund)[2], wrong)


def table(title: str, rows: list[Row]) -> str:
    """Return the table as text."""
    head = f"\n{title}\n{'killed':<64} {'leases':>6}  {'tries':<26} refunded"
    return "\n".join([head, *map(str, rows)])


def assert_right(row: Row) -> None:
    assert row.died == [KILLED] * len(row.kills), row
    assert row.ended == 0, row
    assert row.wrong == [], row
    assert row.tries == TABLE[row.kills], row


def test_every_step_stands_in_the_table():
    assert {step for kills in TABLE for step in kills} == set(STEPS)


def test_a_kill_at_the_main_steps_neither_loses_nor_doubles_a_refund(workers, shop):
    rows = [kill_at(kills, workers, shop) for kills in SHORT]
    print(table(f"Kills on {connection.vendor}", rows))  # noqa: T201
    for row in rows:
        assert_right(row)


@pytest.mark.faults
def test_a_kill_at_every_step_neither_loses_nor_doubles_a_refund(workers, shop):
    rows = []
    for run in range(RUNS):
        rows = [kill_at(kills, workers, shop) for kills in TABLE]
        print(table(f"Kills on {connection.vendor}, run {run + 1} of {RUNS}", rows))  # noqa: T201
        for row in rows:
            assert_right(row)


@pytest.mark.parametrize(
    ("sabotage", "kills", "wrong"),
    [
        ("new_name_for_each_send", ("ledger committed, no answer",), "ledger"),
        ("done_before_it_is_done", ("ticket settled, not committed",), "ticket"),
        ("no_intent", ("ledger committed, no answer",), "tries"),
    ],
)
def test_control_with_a_guard_taken_out_the_books_break(workers, shop, sabotage, kills, wrong):
    row = kill_at(kills, workers, shop, sabotage)
    assert row.died == [KILLED]
    assert [line for line in row.wrong if f": {wrong}: " in line], row
