"""Set the desk up and run it until Ctrl-C: `python -m config.run [--demo]`, or `make run`.

Checks first, so that what is wrong is said before anything changes; then backup, migration and
demo; then the processes of the Procfile. Whatever way this ends, it leaves no process behind: all
carry a mark in their environment, and the next start ends what a killed one left.
"""

import argparse
import fcntl
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import FrameType

from django.core.exceptions import ImproperlyConfigured

from config import env, processes
from config.console import complain, say
from config.health import answers
from config.procfile import PATIENCE

WORKERS_ON_SQLITE = 2
READY_SECONDS = 90
PATIENCE_WITH_LEFTOVERS = 5  # nobody reads what they still have to say
STOPPED_BY = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class CannotRun(Exception):
    """The text says why and what to do."""


class Stopped(BaseException):
    """Ctrl-C or a signal: not an error."""


@dataclass(frozen=True, slots=True)
class Run:
    """One run of the desk: its name (the mark of its processes) and the port of its pages."""

    name: str
    port: int

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}/"

    def start(self, *arguments: str, capture: bool = False) -> subprocess.Popen[str]:
        """Start one of our programs with the mark, in a session that Ctrl-C does not reach."""
        return subprocess.Popen(  # noqa: S603  our own command line, no shell
            [sys.executable, *arguments],
            cwd=env.ROOT,
            env=self._environment(),
            stdout=subprocess.PIPE if capture else None,
            text=True,
            start_new_session=True,
        )

    def _environment(self) -> dict[str, str]:
        beside = str(Path(sys.executable).parent)  # gunicorn and celery of this environment
        return os.environ | {
            processes.MARK: self.name,
            "PATH": f"{beside}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
            "PORT": str(self.port),
            "PYTHONUNBUFFERED": "1",
            "WORKER_PROCESSES": str(worker_processes()),
        }


def main(arguments: list[str] | None = None) -> int:
    """Run the desk; return 0 when it was stopped, 1 when it could not run."""
    parser = argparse.ArgumentParser(prog="config.run", description="Set up and run the desk.")
    parser.add_argument("--demo", action="store_true", help="with a demo shop and log-ins")
    demo = parser.parse_args(arguments).demo
    for number in STOPPED_BY:
        signal.signal(number, _stop)
    try:
        write_env(env.ROOT / ".env")
        env.load()
        check_settings()
        with only_one(env.var() / "run" / "desk.pid") as run:
            serve(run, demo=demo)
    except (CannotRun, ImproperlyConfigured) as error:
        complain(f"\n{error}")
        return 1
    except Stopped:
        say("Stopped.")
    return 0


def _stop(number: int, _frame: FrameType | None) -> None:
    _ignore_signals()
    raise Stopped(signal.Signals(number).name)


def _ignore_signals() -> None:
    for number in STOPPED_BY:
        signal.signal(number, signal.SIG_IGN)


def write_env(path: Path) -> None:
    """Write .env with a random key, unless there is one or the environment has a key."""
    if path.exists() or os.environ.get("SECRET_KEY"):
        return
    key = secrets.token_urlsafe(64)
    content = (env.ROOT / ".env.example").read_text()
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(content.replace("SECRET_KEY=\n", f"SECRET_KEY={key}\n", 1))
    say(f"Wrote {path} with a random SECRET_KEY.")


def check_settings() -> None:
    """Refuse to go on without a key; a new one would void sessions and links that exist."""
    if not env.text("SECRET_KEY"):
        raise CannotRun(
            f"SECRET_KEY is missing in {env.ROOT / '.env'}.\n"
            "If this desk has run before, put its old key there. If not, add this line:\n"
            f"SECRET_KEY={secrets.token_urlsafe(64)}"
        )
    worker_processes()


def worker_processes() -> int:
    """Return how many worker processes to start; on SQLite writers wait for each other."""
    asked = env.whole("WORKER_PROCESSES", default=WORKERS_ON_SQLITE, least=1)
    if env.database()["ENGINE"].endswith("sqlite3"):
        return min(asked, WORKERS_ON_SQLITE)
    return asked


@contextmanager
def only_one(path: Path) -> Iterator[Run]:
    """Hold the pid file of the one run of this folder; end what a killed run left; clean up."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CannotRun(_running_already(path)) from None
        _end_leftovers(path)
        port = env.whole("PORT", default=8000, least=1)
        check_port(port)
        run = Run(name=str(uuid.uuid4()), port=port)
        since = datetime.now().astimezone().isoformat(timespec="seconds")
        path.write_text(json.dumps({"run": run.name, "pid": os.getpid(), "since": since}))
        try:
            yield run
        finally:
            _ignore_signals()  # nothing may tear the clean-up apart; it has a limit of its own
            processes.end(run.name, patience=PATIENCE)
            path.write_text("")


def _noted(path: Path) -> dict[str, str]:
    try:
        return dict(json.loads(path.read_text()))
    except ValueError:  # empty after a clean stop, or cut short
        return {}


def _running_already(path: Path) -> str:
    noted = _noted(path)
    return (
        f"The desk runs already (process {noted.get('pid', 'unknown')}, since "
        f"{noted.get('since', 'a moment ago')}). Stop it with Ctrl-C in its terminal"
        + (f", or with: kill {noted['pid']}" if noted else ".")
    )


def _end_leftovers(path: Path) -> None:
    noted = _noted(path)
    if not noted or not processes.marked(noted["run"]):
        return
    say(f"The run of {noted['since']} was killed and left processes behind; ending them.")
    ended = processes.end(noted["run"], patience=PATIENCE_WITH_LEFTOVERS)
    if left := processes.marked(noted["run"]):
        raise CannotRun(f"Still there: {left}. End them with: kill -9 {' '.join(map(str, left))}")
    say(f"Ended {len(ended)} processes: {', '.join(map(str, ended))}.")


def check_port(port: int) -> None:
    """Refuse a port that somebody uses, and say who."""
    with socket.socket() as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((env.text("BIND", "127.0.0.1"), port))
        except PermissionError:
            raise CannotRun(f"Port {port} needs more rights; take one above 1023.") from None
        except OverflowError:
            raise CannotRun(f"PORT={port}: the highest port is 65535.") from None
        except OSError as error:
            holder = processes.listener(port)
            by = f" by process {holder}: {processes.command_of(holder)}" if holder else ""
            raise CannotRun(
                f"Port {port} is taken{by} ({error.strerror}).\n"
                f"Stop that, or take another port: PORT={port + 1} make run"
            ) from None


def serve(run: Run, *, demo: bool) -> None:
    """Prepare the database, start the processes and stay until they end."""
    began = time.monotonic()
    _finish(run.start("-m", "config.prepare"), "The desk could not be prepared; see above.")
    log_ins = load_demo(run) if demo else ""
    desk = run.start("-m", "config.procfile")
    try:
        _wait_for_pages(run, desk)
        say(greeting(run, log_ins, seconds=time.monotonic() - began))
        status = desk.wait()
    except Stopped:
        say(f"\nStopping; what is under way gets up to {PATIENCE} s to finish.")
        desk.terminate()
        with suppress(subprocess.TimeoutExpired):
            desk.wait(timeout=PATIENCE + 5)
        raise
    raise CannotRun(f"A process ended with status {status}, so all were stopped; see above.")


def load_demo(run: Run) -> str:
    """Load the demo shop; return what it says about its log-ins."""
    say("Loading the demo shop (the first time takes a little)")
    loading = run.start("manage.py", "demo", capture=True)
    text, _ = loading.communicate()
    if loading.returncode:
        raise CannotRun(f"{text}\nThe demo could not be loaded; `make start` runs without it.")
    return text


def _finish(program: subprocess.Popen[str], failure: str) -> None:
    if program.wait():
        raise CannotRun(failure)


def _wait_for_pages(run: Run, desk: subprocess.Popen[str]) -> None:
    give_up = time.monotonic() + READY_SECONDS
    while not answers(run.port):
        if desk.poll() is not None:
            raise CannotRun(f"A process ended with status {desk.returncode}; see above.")
        if time.monotonic() > give_up:
            raise CannotRun(f"{run.address} did not answer in {READY_SECONDS} s; see above.")
        time.sleep(0.1)


def greeting(run: Run, log_ins: str, *, seconds: float) -> str:
    """Return what a person needs to begin: addresses, log-ins, where mail goes, how to stop."""
    mail = env.email().get("EMAIL_FILE_PATH") or "your mail server (EMAIL_URL)"
    lines = [
        "",
        f"The desk is ready after {seconds:.0f} s.",
        f"  Buyers   {run.address}",
        f"  Staff    {run.address}admin/",
        f"  API      {run.address}api/docs/",
        f"  Mail     {mail}",
        *(["", log_ins.strip()] if log_ins.strip() else []),
        "",
        "Ctrl-C stops everything.",
        "",
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
