"""The worker as the Procfile starts it, on the embedded broker: killed whole, started again."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from config.env import ROOT
from orders.models import DirectSettlement
from tests.faults import books
from tests.faults.conftest import database_url, environment
from tickets.models import Ticket

TICKETS = 30
PATIENCE_SECONDS = 120


def procfile(name: str) -> str:
    """Return the command of a process."""
    found = re.search(rf"^{name}: (.+)$", (ROOT / "Procfile").read_text(), re.MULTILINE)
    assert found
    return found[1]


class Desk:
    """Processes of one desk, with its own folder and the test's database."""

    def __init__(self, var: Path) -> None:
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        self.environment = environment(
            var, DATABASE_URL=database_url(), LEASE_SECONDS="2", POLL_SECONDS="1", PATH=path
        )
        self.workers: list[subprocess.Popen[bytes]] = []

    def start_worker(self) -> subprocess.Popen[bytes]:
        """Start a worker with its pool, in a process group of its own."""
        worker = subprocess.Popen(
            ["sh", "-c", procfile("worker")],
            cwd=ROOT,
            env=self.environment,
            start_new_session=True,
        )
        self.workers.append(worker)
        return worker

    def approve(self, tickets: int) -> subprocess.Popen[bytes]:
        """Approve tickets from another process."""
        return subprocess.Popen(
            [sys.executable, "-m", "tests.faults.approve", str(tickets)],
            cwd=ROOT,
            env=self.environment,
        )

    def kill_workers(self) -> None:
        """Kill every process of every worker at once."""
        for worker in self.workers:
            with suppress(ProcessLookupError):
                os.killpg(worker.pid, signal.SIGKILL)
            worker.wait()


@pytest.fixture
def desk(transactional_db: None, tmp_path: Path):
    desk = Desk(tmp_path)
    yield desk
    desk.kill_workers()


def wait_for(what: Callable[[], bool], name: str) -> None:
    give_up = time.monotonic() + PATIENCE_SECONDS
    while not what():
        assert time.monotonic() < give_up, f"waited in vain for: {name}"
        time.sleep(0.05)


@pytest.mark.faults
def test_a_celery_worker_that_is_killed_as_a_whole_goes_on_when_it_is_started_again(desk, tmp_path):
    desk.start_worker()
    approving = desk.approve(TICKETS)
    wait_for(lambda: DirectSettlement.objects.count() >= TICKETS // 3, "a third is paid")
    desk.kill_workers()
    paid = DirectSettlement.objects.count()
    assert approving.wait(timeout=PATIENCE_SECONDS) == 0
    assert paid < TICKETS
    assert not books.is_idle()

    desk.start_worker()
    wait_for(books.is_idle, "every ticket is refunded and told")
    print(f"\ncelery: killed after {paid} of {TICKETS} refunds, {books.doubled()} doubled")  # noqa: T201
    assert (books.doubled(), books.lost()) == (0, 0)
    wrong = [line for ticket in Ticket.objects.all() for line in books.differences(ticket)]
    assert wrong == books.stock_differences() == []
    assert Ticket.objects.count() == TICKETS
    assert not list((tmp_path / "broker" / "unreadable").iterdir())
