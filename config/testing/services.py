"""Private PostgreSQL and Redis for tests: started from installed programs, gone afterwards."""

import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import psycopg
import redis

# Debian keeps the server's programs out of PATH, as Homebrew does with versioned ones.
POSTGRES_HOMES = ["/usr/lib/postgresql/*/bin", "/opt/homebrew/opt/postgresql@*/bin"]
# Root may not run PostgreSQL: these accounts exist where it is installed, or everywhere.
UNPRIVILEGED = ["postgres", "nobody"]
READY_SECONDS = 30

Starter = Callable[[], AbstractContextManager[str]]


class Missing(Exception):
    """The program is not installed."""


class NotReady(Exception):
    """The program was started and did not answer in time."""


def postgres_program(name: str) -> str:
    """Return the path of a program of the newest PostgreSQL here."""
    if found := shutil.which(name):
        return found
    homes = [path for pattern in POSTGRES_HOMES for path in Path("/").glob(pattern[1:])]
    programs = [home / name for home in homes if (home / name).is_file()]
    if not programs:
        raise Missing(f"PostgreSQL ({name}) is not installed")
    return str(max(programs, key=_version))


def _version(program: Path) -> int:
    digits = "".join(filter(str.isdigit, program.parent.parent.name))
    return int(digits or 0)


@contextmanager
def postgres() -> Iterator[str]:
    """Run a PostgreSQL of our own; give its URL. Nothing is forced to disk: it is for tests."""
    programs = [postgres_program(name) for name in ("initdb", "postgres")]
    account = _account()
    with tempfile.TemporaryDirectory(prefix="desk-postgres-") as name:
        folder, port, password = Path(name), free_port(), secrets.token_urlsafe(16)
        (folder / "password").write_text(password)
        _hand_over(folder, account)
        _make_cluster(programs[0], folder, account)
        options = {
            "port": str(port),
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": "",
            "fsync": "off",
            "full_page_writes": "off",
            "synchronous_commit": "off",
            "max_connections": "200",
        }
        command = [programs[1], "-D", f"{name}/data"]
        command += [part for key, value in options.items() for part in ("-c", f"{key}={value}")]
        url = f"postgres://desk:{password}@127.0.0.1:{port}/postgres"
        with _server(command, folder, account, lambda: psycopg.connect(url).close()):
            yield url


def _make_cluster(initdb: str, folder: Path, account: str | None) -> None:
    command = [initdb, "-D", f"{folder}/data", "-U", "desk", "--no-sync", "--encoding=UTF8"]
    command += ["--locale=C.UTF-8", "--auth=scram-sha-256", f"--pwfile={folder}/password"]
    done = subprocess.run(  # noqa: S603
        command, cwd=folder, user=account, group=_group(account), capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    if done.returncode:
        raise NotReady(f"initdb failed: {done.stderr}")


@contextmanager
def redis_server() -> Iterator[str]:
    """Run a Redis of our own without persistence; give its URL."""
    program = shutil.which("redis-server")
    if program is None:
        raise Missing("redis-server is not installed")
    with tempfile.TemporaryDirectory(prefix="desk-redis-") as name:
        port = free_port()
        command = [program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", name]
        url = f"redis://127.0.0.1:{port}/0"
        with _server(command, Path(name), None, lambda: redis.Redis.from_url(url).ping()):
            yield url


@contextmanager
def _server(
    command: list[str], folder: Path, account: str | None, probe: Callable[[], object]
) -> Iterator[None]:
    """Run a server until the block ends; `probe` raises as long as it does not answer."""
    with (folder / "log").open("w") as log:
        server = subprocess.Popen(  # noqa: S603
            command, cwd=folder, user=account, group=_group(account), stdout=log, stderr=log,
            start_new_session=True,
        )  # fmt: skip
    try:
        _wait_for(probe, server, folder / "log")
        yield
    finally:
        server.send_signal(signal.SIGINT)  # at once, even if a test left a connection open
        try:
            server.wait(timeout=15)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def _wait_for(probe: Callable[[], object], server: subprocess.Popen[bytes], log: Path) -> None:
    give_up = time.monotonic() + READY_SECONDS
    while True:
        try:
            probe()
        except (psycopg.OperationalError, redis.RedisError) as error:
            if server.poll() is not None or time.monotonic() > give_up:
                raise NotReady(f"{error}\n{log.read_text()}") from error
            time.sleep(0.1)
        else:
            return


def free_port() -> int:
    """Return a TCP port that nobody uses at this moment."""
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])


def _account() -> str | None:
    if os.geteuid():
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    return next(name for name in UNPRIVILEGED if name in known)


def _group(account: str | None) -> int | None:
    if account is None:
        return None
    return pwd.getpwnam(account).pw_gid


def _hand_over(folder: Path, account: str | None) -> None:
    for path in (folder, *folder.iterdir()):
        if account:
            shutil.chown(path, account)
