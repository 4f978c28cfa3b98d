"""What commands share: a progress bar, and files that are written whole or not at all."""

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TextIO

from tqdm import tqdm

from common.errors import Refused, gettext_noop


class CannotWrite(Refused):
    """A place a command was told to write to is none."""

    code = "cannot_write"
    wording = gettext_noop("%(path)s cannot be written.")


@contextmanager
def bar(title: str, unit: str, total: int | None = None) -> Iterator[Callable[[int], object]]:
    """Show how many are done, the rate and the time left; quiet where nobody watches."""
    with tqdm(desc=title, total=total, unit=f" {unit}", disable=None) as shown:
        yield shown.update


def check_target(path: Path, *, source: Path | None = None) -> None:
    """Refuse a place that cannot be written to, or the source itself, before anything happens."""
    fits = path.parent.is_dir() and os.access(path.parent, os.W_OK) and not path.is_dir()
    if not fits or (source is not None and path.resolve() == source.resolve()):
        raise CannotWrite(path=str(path))


@contextmanager
def whole_file(path: Path) -> Iterator[TextIO]:
    """Write beside `path` and put it there at the end; a failure leaves what was there."""
    part = path.with_name(f"{path.name}.part")
    try:
        with part.open("w", encoding="utf-8") as target:
            yield target
        part.replace(path)
    finally:
        with suppress(FileNotFoundError):
            part.unlink()


def write_json(path: Path, content: object) -> None:
    """Write one JSON document for people and programs."""
    with whole_file(path) as target:
        json.dump(content, target, ensure_ascii=False, indent=1)
        target.write("\n")
