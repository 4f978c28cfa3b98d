"""Bring the database and the static files up to date: `python -m config.prepare`.

Runs before every start, here and in the container that migrates. A database with data in it is
backed up before a migration touches it.
"""

import hashlib
import io
import os
import sys
from datetime import UTC, datetime
from pathlib import Path

import django
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from common.backups import BackupFailed, back_up
from config import env
from config.console import complain, say

WITHOUT_BACKUP = "Or go on without a backup: SKIP_BACKUP=True in front of the command."
STATIC_STAMP = ".made-from"
NOT_COLLECTED = ["CVS", ".*", "*~"]


def main() -> int:
    """Prepare everything; return the exit status."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    try:
        django.setup()
        call_command("check", database=["default"], stdout=io.StringIO())
        migrate(at=datetime.now(UTC))
        collect_static(Path(settings.STATIC_ROOT))
    except BackupFailed as error:
        complain(f"No backup, so the database was not migrated. {error}\n{WITHOUT_BACKUP}")
    except DatabaseError as error:
        complain(f"The database did not do its part: {error}\nSee DATABASE_URL in .env.")
    except (CommandError, ImproperlyConfigured) as error:
        complain(str(error))
    else:
        return 0
    return 1


def migrate(*, at: datetime) -> None:
    """Back up a database that has data, then apply what is pending."""
    executor = MigrationExecutor(connection)
    pending = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if pending:
        if executor.loader.applied_migrations and not env.flag("SKIP_BACKUP", default=False):
            copy = back_up(connection.settings_dict, settings.VAR / "backups", at=at)
            say(f"Backed the database up to {copy}")
        say(f"Migrating the database ({len(pending)} steps)")
        call_command("migrate", interactive=False, verbosity=0)
    call_command("createcachetable", verbosity=0)


def collect_static(root: Path) -> None:
    """Collect static files when they changed since the last time."""
    if settings.WHITENOISE_USE_FINDERS:
        return
    stamp, wanted = root / STATIC_STAMP, _static_digest()
    if stamp.is_file() and stamp.read_text() == wanted:
        return
    say("Collecting static files")
    call_command("collectstatic", interactive=False, clear=True, verbosity=0)
    stamp.write_text(wanted)


def _static_digest() -> str:
    digest = hashlib.sha256(settings.STORAGES["staticfiles"]["BACKEND"].encode())
    for finder in get_finders():
        for name, storage in finder.list(NOT_COLLECTED):
            facts = Path(storage.path(name)).stat()
            digest.update(f"{name} {facts.st_size} {facts.st_mtime_ns}\n".encode())
    return digest.hexdigest()


if __name__ == "__main__":
    sys.exit(main())
