"""Real processes on the database of the test."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from django.conf import settings
from django.db import connection

from config.env import ROOT
from tests.faults.shop import Shop


class Workers:
    """Starts worker processes; see tests/faults/worker.py."""

    def __init__(self, program: subprocess.Popen[str]) -> None:
        self._program = program
        self.alive: list[int] = []

    def run(self, *, step: str | None = None, sabotage: str | None = None) -> int:
        """Let a worker do all that is left; return its exit status, -9 when it was killed."""
        return self._ask(do="run", step=step, sabotage=sabotage)["ended"]

    def start(self, *, sabotage: str | None = None) -> int:
        """Start a worker that works until it is killed; return its process id."""
        pid = self._ask(do="start", sabotage=sabotage)["pid"]
        self.alive.append(pid)
        return pid

    def kill(self, pid: int) -> None:
        """Kill a worker where it stands."""
        os.kill(pid, signal.SIGKILL)
        self.alive.remove(pid)

    def kill_all(self) -> None:
        """Kill every worker that was started."""
        for pid in list(self.alive):
            self.kill(pid)

    def _ask(self, **order: str | None) -> dict:
        assert self._program.stdin is not None
        assert self._program.stdout is not None
        self._program.stdin.write(json.dumps(order) + "\n")
        self._program.stdin.flush()
        return json.loads(self._program.stdout.readline())


def database_url() -> str:
    """Return the URL of the database that the test itself uses."""
    found = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{found['NAME']}"
    password = f":{quote(found['PASSWORD'])}" if found["PASSWORD"] else ""
    port = found["PORT"] or 5432
    return f"postgres://{found['USER']}{password}@{found['HOST']}:{port}/{found['NAME']}"


def environment(var: Path, **more: str) -> dict[str, str]:
    """Return the environment of a desk of its own: embedded broker, mail to nowhere."""
    emptied = dict.fromkeys(["CELERY_BROKER_URL", "CACHE_URL", "SITE_URL"], "")
    own = {"SECRET_KEY": settings.SECRET_KEY, "VAR_DIR": str(var), "EMAIL_URL": "dummymail://"}
    return os.environ | emptied | own | more


@pytest.fixture(scope="session")
def worker_program(
    django_db_setup: None, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[subprocess.Popen[str]]:
    """A program that starts worker processes; what they hold is theirs for one second."""
    var = tmp_path_factory.mktemp("var")
    program = subprocess.Popen(
        [sys.executable, "-m", "tests.faults.worker"],
        cwd=ROOT,
        env=environment(var, DATABASE_URL=database_url(), LEASE_SECONDS="1"),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    yield program
    assert program.stdin is not None
    program.stdin.close()
    program.wait(timeout=20)


@pytest.fixture
def workers(worker_program: subprocess.Popen[str], transactional_db: None) -> Iterator[Workers]:
    """Worker processes on the database of the test; none is left when it ends."""
    started = Workers(worker_program)
    yield started
    started.kill_all()


@pytest.fixture
def shop(transactional_db: None) -> Shop:
    """A shop whose tickets are approved at once."""
    return Shop()
