"""The checks that need no test: each a program to run, or a function that looks."""

import secrets
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from config.env import ROOT

YAML = "{extends: default, rules: {line-length: {max: 100}, document-start: disable}}"
BANDIT = ["bandit", "-q", "-r", "-c", "pyproject.toml", "--severity-level", "medium"]
PACKAGES = ["common", "orders", "tickets", "feedback", "training", "config"]


@dataclass(frozen=True, slots=True)
class Result:
    """How a check ended; a note says what it could not look at."""

    passed: bool
    output: str = ""
    seconds: float = 0
    note: str = ""


Look = Callable[[Mapping[str, str]], Result]


@dataclass(frozen=True, slots=True)
class Check:
    """A command, with what its environment has besides; or a function of the environment."""

    name: str
    command: Sequence[str] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    look: Look | None = None

    def run(self, environment: Mapping[str, str]) -> Result:
        """Run the check at the root of the tree."""
        if self.look is not None:
            return self.look(environment)
        return execute(self.command, {**environment, **self.environment})


def execute(command: Sequence[str], environment: Mapping[str, str], where: Path = ROOT) -> Result:
    """Run a command out of sight; return what it said."""
    began = time.monotonic()
    done = subprocess.run(  # noqa: S603  our own command lines, no shell
        command, cwd=where, env=dict(environment), capture_output=True, text=True, check=False
    )
    seconds = time.monotonic() - began
    return Result(done.returncode == 0, done.stdout + done.stderr, seconds)


def manage(*arguments: str) -> list[str]:
    """Return a command line of manage.py."""
    return [sys.executable, "manage.py", *arguments]


def commands() -> list[Check]:
    """Return the checks that are one command, the slow ones first."""
    apps = [name for name in PACKAGES if (ROOT / name).is_dir()]
    strict = manage("check", "--deploy", "--fail-level", "WARNING")
    return [
        Check("types (mypy)", ["mypy", *apps]),
        Check("templates (djlint)", ["djlint", "--lint", "--quiet", *apps]),
        Check("settings for production", strict, production()),
        Check("migrations in step", manage("makemigrations", "--check", "--dry-run")),
        Check("import contracts", ["lint-imports"]),
        Check("security (bandit)", [*BANDIT, *apps]),
        Check("style (ruff)", ["ruff", "check", "."]),
        Check("format (ruff)", ["ruff", "format", "--check", "."]),
        Check("compose.yaml (yamllint)", ["yamllint", "--strict", f"-d={YAML}", "compose.yaml"]),
        Check("Dockerfile (hadolint)", look=dockerfile),
    ]


def production() -> dict[str, str]:
    """Return the environment of a real installation behind TLS."""
    return {
        "DEBUG": "False",
        "SECRET_KEY": secrets.token_urlsafe(64),
        "SITE_URL": "https://desk.example.com",
        "ALLOWED_HOSTS": "desk.example.com",
        "BEHIND_PROXY": "True",
        "DATABASE_URL": "postgres://desk:secret@database:5432/desk",
        "CELERY_BROKER_URL": "redis://redis:6379/0",
        "CACHE_URL": "rediscache://redis:6379/1",
        "EMAIL_URL": "smtp+tls://desk:secret@mail.example.com:587",
        "DEFAULT_FROM_EMAIL": "desk@example.com",
    }


def dockerfile(environment: Mapping[str, str]) -> Result:
    """Lint the Dockerfile; hadolint exists for some machines only (see pyproject.toml)."""
    if shutil.which("hadolint", path=environment["PATH"]) is None:
        return Result(passed=True, note="hadolint does not exist for this machine: not linted")
    return execute(["hadolint", "Dockerfile"], environment)
