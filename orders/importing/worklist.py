"""The cancellations of a retail file in the order of time, and the lines each may take from.

Kept in a temporary database on disk that goes away by itself: sorting and looking up take the
same memory for a file of any size.
"""

import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from orders.importing.rows import Cancellation, Reject, RetailLine

TABLES = """
CREATE TABLE cancellation (
    row INTEGER PRIMARY KEY, at REAL, invoice TEXT, sku TEXT, customer TEXT, quantity INTEGER,
    matched INTEGER
);
CREATE TABLE line (
    row INTEGER PRIMARY KEY, at REAL, sku TEXT, customer TEXT, number TEXT, key TEXT
);
"""
BATCH = 5_000


@dataclass(frozen=True, slots=True)
class Candidate:
    """An order line of the file, by what identifies it in the store."""

    row: int
    number: str
    key: str


class Worklist:
    """Fill it with the cancellations, then with the lines; close it when done."""

    def __init__(self) -> None:
        self.rejected: Counter[str] = Counter()
        self.count = 0
        self.units = 0
        self._database = sqlite3.connect("", isolation_level=None)
        self._database.executescript(TABLES)

    def __enter__(self) -> "Worklist":
        return self

    def __exit__(self, *_: object) -> None:
        self._database.close()

    def add_cancellations(self, items: Iterable[Cancellation | Reject]) -> None:
        """Keep every cancellation; count the rejected rows by reason."""
        self._write("INSERT INTO cancellation VALUES (?, ?, ?, ?, ?, ?, 0)", self._accepted(items))
        self._database.execute("CREATE INDEX in_time ON cancellation (at, row)")
        self._database.execute("CREATE INDEX wanted ON cancellation (customer, sku)")

    def _accepted(self, items: Iterable[Cancellation | Reject]) -> Iterator[tuple[Any, ...]]:
        for item in items:
            if isinstance(item, Reject):
                self.rejected[item.reason] += 1
                continue
            self.count += 1
            self.units += item.quantity
            at = item.at.timestamp()
            yield item.row, at, item.invoice, item.sku, item.customer, item.quantity

    def add_lines(self, items: Iterable[RetailLine | Reject]) -> None:
        """Keep the lines of customers and products that something was cancelled of."""
        self._write(
            "INSERT INTO line SELECT ?1, ?2, ?3, ?4, ?5, ?6 WHERE EXISTS "
            "(SELECT 1 FROM cancellation WHERE customer = ?4 AND sku = ?3)",
            (
                (i.row, i.ordered_at.timestamp(), i.sku, i.customer, i.order_number, i.line_key)
                for i in items
                if isinstance(i, RetailLine) and i.customer
            ),
        )
        self._database.execute("CREATE INDEX latest ON line (customer, sku, at, row)")

    def _write(self, statement: str, rows: Iterator[tuple[Any, ...]]) -> None:
        while batch := list(islice(rows, BATCH)):
            self._database.execute("BEGIN")
            self._database.executemany(statement, batch)
            self._database.execute("COMMIT")

    def cancellations(self, *, skip: int = 0) -> Iterator[Cancellation]:
        """Yield them by (moment, row), without the first `skip`."""
        rows = self._database.execute(
            "SELECT row, invoice, sku, quantity, at, customer FROM cancellation "
            "ORDER BY at, row LIMIT -1 OFFSET ?",
            (skip,),
        )
        for row, invoice, sku, quantity, at, customer in rows:
            yield Cancellation(row, invoice, sku, quantity, _moment(at), customer)

    def candidates(self, wanted: Cancellation) -> Iterator[Candidate]:
        """Yield the earlier lines of the same customer and product, latest first."""
        rows = self._database.execute(
            "SELECT row, number, key FROM line WHERE customer = ? AND sku = ? "
            "AND (at, row) < (?, ?) ORDER BY at DESC, row DESC",
            (wanted.customer, wanted.sku, wanted.at.timestamp(), wanted.row),
        )
        for found in rows:
            yield Candidate(*found)

    def strike(self, candidates: Iterable[Candidate]) -> None:
        """Never offer these again: they have no units left."""
        rows = [(candidate.row,) for candidate in candidates]
        self._database.executemany("DELETE FROM line WHERE row = ?", rows)

    def note_matched(self, matches: Iterator[tuple[int, int]]) -> None:
        """Count units that were matched, given as (units, row of the cancellation)."""
        self._write("UPDATE cancellation SET matched = matched + ? WHERE row = ?", matches)

    def unmatched(self) -> tuple[int, int]:
        """Return how many rows have units that matched nothing, and how many units."""
        found: tuple[int, int] = self._database.execute(
            "SELECT count(*), coalesce(sum(quantity - matched), 0) FROM cancellation "
            "WHERE matched < quantity"
        ).fetchone()
        return found


def _moment(at: float) -> datetime:
    return datetime.fromtimestamp(at, UTC)
