"""The lock files: written from pyproject.toml, and compared with it."""

import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from config.env import ROOT
from config.testing.checks import Result, execute

COMPILE = ["uv", "pip", "compile", "pyproject.toml"]
FORM = ["--universal", "--generate-hashes"]
# What each file holds besides the runtime; the others follow the versions of the first.
LOCKS: Mapping[str, list[str]] = {
    "requirements.txt": [],
    "requirements-dev.txt": ["--extra", "dev"],
    "requirements-prod.txt": ["--extra", "production"],
}
RUNTIME = "requirements.txt"
UNREACHABLE = ("Failed to fetch", "error sending request", "Could not connect", "dns error")


def command(lock: str) -> list[str]:
    """Return the command that writes a lock file; uv keeps the versions that are in it."""
    follows = [] if lock == RUNTIME else ["-c", RUNTIME]
    return [*COMPILE, *LOCKS[lock], *FORM, *follows, "-o", lock]


def in_step(environment: Mapping[str, str]) -> Result:
    """Write each lock file anew elsewhere, from its own versions, and compare."""
    seconds = 0.0
    with tempfile.TemporaryDirectory(prefix="desk-locks-") as name:
        folder = Path(name)
        for file in ["pyproject.toml", *LOCKS]:
            shutil.copy(ROOT / file, folder)
        for lock in LOCKS:
            done = execute(command(lock), environment, folder)
            seconds += done.seconds
            if not done.passed:
                return _out_of_reach(done, environment)
            if (folder / lock).read_text() != (ROOT / lock).read_text():
                return Result(False, f"{lock} is out of step with pyproject.toml: make lock\n")
    return Result(passed=True, seconds=seconds)


def _out_of_reach(done: Result, environment: Mapping[str, str]) -> Result:
    offline = any(sign in done.output for sign in UNREACHABLE)
    if offline and environment.get("CI", "").lower() != "true":
        return Result(passed=True, note="the package index is out of reach: not compared")
    return done


def write(environment: Mapping[str, str]) -> Result:
    """Write the lock files with the newest versions that pyproject.toml allows."""
    done = Result(passed=True)
    for lock in LOCKS:
        done = execute([*command(lock), "--upgrade", "--quiet"], environment)
        if not done.passed:
            break
        # The upgrade is not part of the command that the file says it was made by.
        done = execute([*command(lock), "--quiet"], environment)
    return done
