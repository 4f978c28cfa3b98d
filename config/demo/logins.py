"""The demo's log-ins: passwords are random and cannot be read back from a database."""

import json
import os
from collections.abc import Mapping
from pathlib import Path

from django.conf import settings

from common.models import User


def path() -> Path:
    """Return the file beside the database; only its owner may read it."""
    return Path(settings.VAR) / "demo-logins.json"


def keep(passwords: Mapping[str, str]) -> None:
    """Write the passwords down for the next start."""
    target = path()
    target.parent.mkdir(parents=True, exist_ok=True)
    target.unlink(missing_ok=True)
    with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(dict(passwords), file, indent=1)


def forget() -> None:
    """Remove the file."""
    path().unlink(missing_ok=True)


def known(people: list[User]) -> dict[str, str]:
    """Return the kept passwords; none when they are of another database or were changed."""
    try:
        kept = json.loads(path().read_text())
    except (OSError, ValueError):
        return {}
    if not isinstance(kept, dict) or not people:
        return {}
    first = people[0]  # one of them will do: checking a password takes a while by design
    return kept if first.check_password(kept.get(first.email, "")) else {}
