"""Measure one database: `python -m tests.bench.measure [FILE.csv.gz]`; prints JSON."""

import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import django

LINES, CANCELLED, SKUS, CUSTOMERS = 20_000, 400, 500, 200
HEADER = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country"
BATCH = 5_000
COMMITS = 300


def main() -> None:
    """Make a database, measure, remove it."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    django.setup()
    from django.db import connection  # noqa: PLC0415 - after the set-up

    with tempfile.TemporaryDirectory() as folder:
        # In a file, as in use: SQLite's own choice for tests is memory.
        if connection.vendor == "sqlite":
            connection.settings_dict["TEST"]["NAME"] = f"{folder}/test.sqlite3"
        before = connection.settings_dict["NAME"]
        connection.creation.create_test_db(verbosity=0)
        try:
            path = Path(sys.argv[1]) if sys.argv[1:] else invented(Path(folder) / "retail.csv")
            figures = measured(path)
        finally:
            connection.creation.destroy_test_db(before, verbosity=0)
    sys.stdout.write(json.dumps(figures))


def invented(path: Path) -> Path:
    """Write a file of the retail shape in which every cancellation finds its line."""
    began = datetime(2011, 1, 3, 9)  # noqa: DTZ001 - wall time, as the file has it
    rows = [HEADER]
    for n in range(LINES):
        at = began + timedelta(minutes=n)
        order, sku, who = _line(n)
        rows.append(f"{order},{sku},THING {sku},{n % 9 + 2},{at},{n % 50 + 1}.25,{who},UK")
    for n in range(CANCELLED):
        at = began + timedelta(minutes=LINES + n)
        _, sku, who = _line(n * (LINES // CANCELLED))
        rows.append(f"C{700_000 + n},{sku},THING {sku},-1,{at},1.25,{who},UK")
    path.write_text("\n".join(rows) + "\n")
    return path


def _line(n: int) -> tuple[int, int, int]:
    """Return order, product and customer of the n-th line."""
    return 500_000 + n // 20, 10_000 + n % SKUS, 12_000 + n // 20 % CUSTOMERS


def measured(path: Path) -> dict[str, dict[str, float]]:
    """Import and replay the file; return figures per second beside their baselines."""
    from django.utils import timezone  # noqa: PLC0415

    from common.domain.actors import Actor  # noqa: PLC0415
    from orders.actions import importing  # noqa: PLC0415
    from orders.importing import retail  # noqa: PLC0415
    from orders.importing.formats import RETAIL, Source  # noqa: PLC0415
    from orders.importing.worklist import Worklist  # noqa: PLC0415
    from tickets.actions import calendars, replaying  # noqa: PLC0415

    by, at = Actor.system("bench"), timezone.now()
    store = importing.create_store(slug="bench", file_format=RETAIL, by=by, at=at)
    with path.open("rb") as stream, Worklist() as work:
        source = Source(stream=stream, format=RETAIL, zone=ZoneInfo(store.zone))

        def import_all() -> float:
            plan = importing.examine(source, on_reject=print_nothing, progress=print_nothing)
            importing.run(plan=plan, store=store, by=by, at=at, progress=print_nothing)
            return plan.summary.lines

        lines = rate(import_all)
        work.add_cancellations(retail.cancellations(path, zone=source.zone))
        work.add_lines(source.items())
        replay = replaying.begin(store=store, digest=source.digest(), work=work)
        calendars.desk_of(calendars.version_for(store).pk)  # once per process, not per ticket
        tickets = rate(lambda: replay_all(replay))
    return {
        "import": {"lines_per_s": lines, "bare_rows_per_s": rate(bare_rows)},
        "replay": {
            "tickets_per_s": tickets,
            "bare_commits_per_s": rate(bare_commits),
            "python_loops_per_s": rate(python_loops),
        },
    }


def replay_all(replay: Any) -> float:
    """Replay every row; return how many tickets that made."""
    from tickets.actions import replaying  # noqa: PLC0415
    from tickets.models import Ticket  # noqa: PLC0415

    replaying.run(replay, progress=print_nothing)
    return Ticket.objects.count()


def print_nothing(*_: object) -> None:
    """Stand where a progress bar would."""


def bare_rows() -> float:
    """Insert rows of a line's width into a table without an index, as fast as the driver can."""
    from django.db import connection, transaction  # noqa: PLC0415

    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE bench_rows (a BIGINT, b BIGINT, c BIGINT, d VARCHAR(80))")
        for start in range(0, LINES, BATCH):
            rows = [(n, n, n, f"{n}/10001/1") for n in range(start, start + BATCH)]
            with transaction.atomic():
                cursor.executemany("INSERT INTO bench_rows VALUES (%s, %s, %s, %s)", rows)
    return LINES


def bare_commits() -> float:
    """Commit one row at a time: what any durable change costs at least."""
    from django.db import connection  # noqa: PLC0415

    with connection.cursor() as cursor:
        for n in range(COMMITS):
            cursor.execute("INSERT INTO bench_rows VALUES (%s, 0, 0, '')", [n])
    return COMMITS


def python_loops() -> float:
    """Count: how fast the machine is for Python just now."""
    numbers: Iterator[int] = count()
    while next(numbers) < 2_000_000:
        pass
    return 2_000_000


def rate(work: Callable[[], float]) -> float:
    """Return how many things `work` did in a second."""
    began = time.perf_counter()
    done = work()
    return round(done / (time.perf_counter() - began), 1)


if __name__ == "__main__":
    main()
