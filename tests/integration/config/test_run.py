"""`make run` as a person meets it: real processes, real signals, nothing left behind."""

import json
import os
import secrets
import shutil
import signal
import socket
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from config import processes, run
from config.env import ROOT
from config.testing.services import free_port

pytestmark = pytest.mark.xdist_group("run")
READY = "The desk is ready"


def environment(folder, port, **more):
    """An installation of its own: embedded services, its data in `folder`."""
    return os.environ | {
        "SECRET_KEY": secrets.token_urlsafe(64),
        "DEBUG": "True",  # spares the tests the collecting of static files
        "VAR_DIR": str(folder),
        "DATABASE_URL": f"sqlite:///{folder}/chwiso.sqlite3",
        "CELERY_BROKER_URL": "",
        "CACHE_URL": "",
        "EMAIL_URL": "",
        "SITE_URL": "",
        "PORT": str(port),
        "WEB_PROCESSES": "1",
        "WORKER_PROCESSES": "1",
    } | more  # fmt: skip


@pytest.fixture(scope="module")
def prepared(tmp_path_factory):
    """The data folder of a desk that was set up once; tests copy it."""
    folder = tmp_path_factory.mktemp("prepared")
    command = [sys.executable, "-m", "config.prepare"]
    subprocess.run(command, cwd=ROOT, env=environment(folder, 1), check=True)
    return folder


class Desk:
    """One `python -m config.run` and what it wrote to the terminal."""

    def __init__(self, folder, port, output="output", **more):
        self.folder, self.port = folder, int(more.get("PORT", port))
        self.output = (folder / output).open("w+")
        self.launcher = subprocess.Popen(
            [sys.executable, "-m", "config.run"],
            cwd=ROOT,
            env=environment(folder, port, **more),
            stdout=self.output,
            stderr=subprocess.STDOUT,
        )

    def said(self):
        return Path(self.output.name).read_text()

    def wait_until(self, condition, seconds=90):
        end = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < end, self.said()
            time.sleep(0.05)

    def ready(self):
        self.wait_until(lambda: READY in self.said() or self.launcher.poll() is not None)
        assert READY in self.said(), self.said()
        return self

    def noted(self):
        return json.loads((self.folder / "run" / "desk.pid").read_text())

    def stop(self, number=signal.SIGTERM):
        """Ask the launcher to stop; return its status."""
        if self.launcher.poll() is None:
            self.launcher.send_signal(number)
        status = self.launcher.wait(timeout=60)
        self.output.close()
        return status

    def pids(self, words):
        """Return the marked processes whose command line has these words."""
        marked = processes.marked(self.noted()["run"])
        return [pid for pid in marked if words in processes.command_of(pid)]


@pytest.fixture
def start(prepared, tmp_path):
    desks = []
    folder = tmp_path / "var"
    shutil.copytree(prepared, folder)

    def start_one(**more):
        desks.append(Desk(folder, free_port(), **more))
        return desks[-1]

    yield start_one
    for desk in desks:
        desk.stop()


@pytest.fixture(scope="module")
def running(prepared, tmp_path_factory):
    """A desk for the tests that only look at it."""
    folder = tmp_path_factory.mktemp("running") / "var"
    shutil.copytree(prepared, folder)
    desk = Desk(folder, free_port(), WORKER_PROCESSES="5")
    try:
        yield desk.ready()
    finally:
        desk.stop()


def listens(port):
    with socket.socket() as trial:
        return trial.connect_ex(("127.0.0.1", port)) == 0


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGHUP])
def test_run_stops_on_a_signal_and_leaves_no_process(start, number):
    desk = start().ready()
    run_name = desk.noted()["run"]
    assert run.answers(desk.port)
    assert processes.marked(run_name)

    assert desk.stop(number) == 0

    assert processes.marked(run_name) == []
    assert not listens(desk.port)
    assert desk.said().endswith("Stopped.\n")
    assert (desk.folder / "run" / "desk.pid").read_text() == ""


def test_run_says_where_pages_and_mail_are(running):
    said = running.said()
    assert f"http://127.0.0.1:{running.port}/admin/" in said
    assert str(running.folder / "mail") in said


def test_run_keeps_to_two_worker_processes_on_sqlite(running):
    workers = running.pids("celery --quiet --app config worker")
    assert workers
    assert all("--concurrency 2 " in processes.command_of(pid) for pid in workers)


def test_run_refuses_a_second_one_and_the_first_goes_on(running):
    second = Desk(running.folder, free_port(), output="second")
    assert second.launcher.wait(timeout=60) == 1
    assert f"runs already (process {running.launcher.pid}" in second.said()
    assert f"kill {running.launcher.pid}" in second.said()
    assert run.answers(running.port)


def test_run_ends_everything_when_the_manager_of_the_processes_is_killed(start):
    desk = start().ready()
    run_name = desk.noted()["run"]
    managers = desk.pids("config.procfile")
    for pid in managers:
        os.kill(pid, signal.SIGKILL)

    assert managers
    assert desk.launcher.wait(timeout=60) == 1
    assert processes.marked(run_name) == []
    assert "A process ended with status -9" in desk.said()


def test_run_ends_what_a_killed_one_left_behind(start):
    killed = start().ready()
    noted = killed.noted()
    managers = killed.pids("config.procfile")
    for pid in [killed.launcher.pid, *managers]:
        os.kill(pid, signal.SIGKILL)
    killed.launcher.wait(timeout=10)
    left = processes.marked(noted["run"])
    assert left  # the control: without the next start they would stay
    assert listens(killed.port)

    following = start(PORT=str(killed.port), output="following").ready()

    assert f"The run of {noted['since']} was killed" in following.said()
    assert processes.marked(noted["run"]) == []
    assert run.answers(killed.port)
    assert following.stop(signal.SIGTERM) == 0
    assert not listens(killed.port)


def test_run_stops_all_when_one_process_ends(start):
    desk = start().ready()
    run_name = desk.noted()["run"]
    os.kill(desk.pids("celery --quiet --app config beat")[0], signal.SIGKILL)
    assert desk.launcher.wait(timeout=60) == 1
    assert processes.marked(run_name) == []
    assert "A process ended" in desk.said()


def test_run_names_who_holds_its_port_and_touches_nothing(start):
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = holder.getsockname()[1]
        desk = start(PORT=str(port))
        assert desk.launcher.wait(timeout=60) == 1
    assert f"Port {port} is taken by process {os.getpid()}" in desk.said()
    assert f"PORT={port + 1} make run" in desk.said()
    assert "Migrating" not in desk.said()


@pytest.mark.parametrize(("_case", "port", "answer"), [
    ("too high", "70000", "the highest port is 65535"),
    ("negative", "-1", "write a whole number"),
])  # fmt: skip
def test_run_refuses_a_port_that_is_none(_case, port, answer, start):
    desk = start(PORT=port)
    assert desk.launcher.wait(timeout=60) == 1
    assert answer in desk.said()


def test_env_file_gets_a_random_key_only_its_owner_reads(tmp_path, monkeypatch):
    monkeypatch.delenv("SECRET_KEY", raising=False)
    keys = set()
    for name in ("first", "second"):
        path = tmp_path / name
        run.write_env(path)
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        (line,) = [line for line in path.read_text().splitlines() if line.startswith("SECRET_KEY")]
        keys.add(line.removeprefix("SECRET_KEY="))
    assert len(keys) == 2
    assert min(map(len, keys)) >= 50


def test_env_file_that_exists_is_left_alone(tmp_path, monkeypatch):
    monkeypatch.delenv("SECRET_KEY", raising=False)
    path = tmp_path / ".env"
    path.write_text("PORT=8001\n")
    run.write_env(path)
    assert path.read_text() == "PORT=8001\n"


def test_missing_key_is_refused_with_a_line_to_add(monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "")
    with pytest.raises(run.CannotRun, match=r"put its old key there.*\nSECRET_KEY=\S{50,}"):
        run.check_settings()
