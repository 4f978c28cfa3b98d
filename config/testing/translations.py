"""The catalogues of translations: collected, compiled and compared."""

import re
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from config.env import ROOT
from config.testing.checks import Result, execute, manage

COLLECT = [
    *manage("makemessages", "--locale=ko", "--no-location", "--no-obsolete", "--no-wrap"),
    *(f"--ignore={pattern}" for pattern in ("tests", ".venv*", "var")),
]
COMPILE = manage("compilemessages", "--ignore=.venv*")
NOT_COPIED = shutil.ignore_patterns(
    ".git", ".venv*", "var", ".*_cache", ".hypothesis", ".env", "__pycache__", "tests", "*.mo"
)
DATES = re.compile(r'^"(POT-Creation-Date|PO-Revision-Date):.*\n', re.MULTILINE)


def make(environment: Mapping[str, str]) -> Result:
    """Collect what is marked for translation, and compile what is translated."""
    collected = execute(COLLECT, environment)
    return execute(COMPILE, environment) if collected.passed else collected


def in_step(environment: Mapping[str, str]) -> Result:
    """Compile and collect in a copy of the tree, and compare."""
    if shutil.which("msgfmt") is None:
        needed = environment.get("CI", "").lower() == "true"
        missing = "gettext is not installed: translations not compared"
        return Result(passed=not needed, output=missing, note=missing)
    with tempfile.TemporaryDirectory(prefix="desk-translations-") as name:
        copy = Path(name) / "tree"
        shutil.copytree(ROOT, copy, ignore=NOT_COPIED)
        (copy / "locale").mkdir(exist_ok=True)
        seconds = 0.0
        # Compiled first: collecting changes the dates in the sources.
        for kind, command in (("*.mo", COMPILE), ("*.po", COLLECT)):
            done = execute(command, environment, copy)
            seconds += done.seconds
            wrong = [path for path in _files(copy, kind) if not _same(copy / path, ROOT / path)]
            if wrong or not done.passed:
                listed = "".join(f"{path} is out of step: make messages\n" for path in wrong)
                return Result(passed=False, output=done.output + listed, seconds=seconds)
    return Result(passed=True, seconds=seconds)


def _files(tree: Path, kind: str) -> list[Path]:
    return sorted(path.relative_to(tree) for path in (tree / "locale").rglob(kind))


def _same(made: Path, kept: Path) -> bool:
    if not kept.is_file():
        return False
    if made.suffix == ".mo":
        return made.read_bytes() == kept.read_bytes()
    return DATES.sub("", made.read_text()) == DATES.sub("", kept.read_text())
