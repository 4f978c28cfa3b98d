"""The whole test command: `python -m config.testing test`, or `make test`.

First everything that needs no test: lint, types, contracts, settings, lock, translations. Then the
tests on SQLite, then those that meet the database on PostgreSQL and Redis.
"""

import os
import secrets
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from config.console import complain, say
from config.env import ROOT
from config.testing import checks, locks, services, translations
from config.testing.packages import install_missing

IN_CI = os.environ.get("CI", "").lower() == "true"
CORES = 2
# Tests that share a costly start stay on one process.
PARALLEL = [f"--numprocesses={CORES}", "--dist=loadgroup"]
SERVICES = {"TEST_DATABASE_URL": services.postgres, "TEST_REDIS_URL": services.redis_server}
IN_STEP = [
    checks.Check("lock files in step", look=locks.in_step),
    checks.Check("translations in step", look=translations.in_step),
]
ON_SERVICES = ["tests/integration", "tests/concurrency"]
# Set-up brings its own SQLite whatever this run is on.
NOT_ON_SERVICES = "--ignore=tests/integration/config"


@dataclass(slots=True)
class Session:
    """What one call of the test command has, and what failed in it."""

    environment: dict[str, str]
    without: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)

    def run(self, name: str, command: Sequence[str], **more: str) -> None:
        """Run a command in sight; note its failure and go on."""
        say(f"\n--- {name}")
        status = subprocess.run(  # noqa: S603
            command, cwd=ROOT, env=self.environment | more, check=False
        ).returncode
        if status:
            self.failed.append(name)

    def look(self, check: checks.Check) -> checks.Result:
        """Run one check."""
        return check.run(self.environment)

    def report(self, name: str, result: checks.Result) -> None:
        """Show how a check ended; note its failure."""
        say(f"{'ok  ' if result.passed else 'FAIL'} {result.seconds:5.1f} s  {name}")
        if not result.passed:
            say(result.output)
            self.failed.append(name)
        elif result.note:
            say(f"              {result.note}")

    def pytest(self, name: str, *arguments: str, **more: str) -> None:
        """Run tests on as many processes as we have cores."""
        command = [sys.executable, "-m", "pytest", *PARALLEL, *arguments]
        self.run(name, command, **more)


def main(verb: str) -> int:
    """Run one verb of the Makefile; return its exit status."""
    began = time.monotonic()
    if IN_CI:
        install_missing()
    with session() as current:
        VERBS[verb](current)
        if current.failed:
            complain(f"\nmake {verb} failed in: {', '.join(current.failed)}")
            complain(f"after {time.monotonic() - began:.0f} s")
    return 1 if current.failed else 0


@contextmanager
def session() -> Iterator[Session]:
    """Prepare an environment that no .env reaches, with a database folder of its own."""
    with tempfile.TemporaryDirectory(prefix="desk-tests-") as folder:
        emptied = dict.fromkeys(["CELERY_BROKER_URL", "CACHE_URL", "EMAIL_URL", "SITE_URL"], "")
        own = {
            "SECRET_KEY": secrets.token_urlsafe(64),
            "VAR_DIR": folder,
            "DATABASE_URL": f"sqlite:///{folder}/desk.sqlite3",
            "DEBUG": "False",
            "ALLOWED_HOSTS": "",
        }
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
        yield Session(os.environ | emptied | own | {"PATH": path})


def lint(current: Session) -> None:
    """Run every check that needs no test, two at a time; show what failed."""
    say("--- checks")
    with ThreadPoolExecutor(CORES) as pool:
        each = [*IN_STEP, *checks.commands()]
        for check, result in zip(each, pool.map(current.look, each), strict=True):
            current.report(check.name, result)


def messages(current: Session) -> None:
    """Collect and compile the translations."""
    current.report("translations", translations.make(current.environment))


def lock(current: Session) -> None:
    """Write the lock files anew."""
    current.report("lock files", locks.write(current.environment))


def test(current: Session) -> None:
    """Run the checks, the tests on SQLite and those on PostgreSQL."""
    lint(current)
    with services_for(current):
        marks = "not postgres and not faults"
        current.pytest("tests on SQLite", "-m", marks)
        if on := on_services(current):
            if current.failed:
                say(f"\nFailed so far: {', '.join(current.failed)}")
            paths = [path for path in ON_SERVICES if (ROOT / path).is_dir()]
            marks = "not faults and not browser"
            current.pytest(
                "tests on PostgreSQL and Redis", "-m", marks, NOT_ON_SERVICES, *paths, **on
            )


def faults(current: Session, **more: str) -> None:
    """Run the tests that kill processes, on both databases; they take all cores themselves."""
    command = [sys.executable, "-m", "pytest", "--capture=no", "-m", "faults", "tests/faults"]
    current.run("faults on SQLite", command, **more)
    with services_for(current):
        if on := on_services(current):
            current.run("faults on PostgreSQL", command, **on, **more)


def nightly(current: Session) -> None:
    """Run everything in its long form: tests read HYPOTHESIS_PROFILE."""
    long = {"HYPOTHESIS_PROFILE": "nightly"}
    current.environment |= long
    test(current)
    faults(current)


def bench(current: Session) -> None:
    """Measure; the module says what."""
    with services_for(current):
        current.run("bench", [sys.executable, "-m", "tests.bench"], **on_services(current))


def on_services(current: Session) -> Mapping[str, str]:
    """Return the environment of a desk on PostgreSQL and Redis; empty when they are missing."""
    if current.without:
        return {}
    url, redis = current.environment["TEST_DATABASE_URL"], current.environment["TEST_REDIS_URL"]
    return {"DATABASE_URL": url, "CELERY_BROKER_URL": redis, "CACHE_URL": redis}


@contextmanager
def services_for(current: Session) -> Iterator[None]:
    """Give the session TEST_DATABASE_URL and TEST_REDIS_URL: as set, or of private servers."""
    with ExitStack() as stack:
        for name, start in SERVICES.items():
            if not current.environment.get(name):
                _start(current, stack, name, start)
        yield


def _start(current: Session, stack: ExitStack, name: str, start: services.Starter) -> None:
    try:
        current.environment[name] = stack.enter_context(start())
        stack.callback(current.environment.pop, name)
    except (services.Missing, services.NotReady) as error:
        current.without.append(name)
        if IN_CI:
            current.failed.append(f"{name}: {error}")
        say(f"\nSKIPPED: tests on PostgreSQL and Redis, because {error}. Install it or set {name}.")


VERBS: Mapping[str, Callable[[Session], None]] = {
    "test": test,
    "lint": lint,
    "faults": faults,
    "nightly": nightly,
    "bench": bench,
    "messages": messages,
    "lock": lock,
}

if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
