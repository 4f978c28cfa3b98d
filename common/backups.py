"""Copies of the database, taken before a migration changes it."""

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Mapping
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

KEEP = 10
PREFIX = "desk-"
# A copy of the file, plus what the log of SQLite may add to it.
SPARE = 1.2


class BackupFailed(Exception):
    """No copy was made; the text says why and what to do."""


def back_up(database: Mapping[str, Any], folder: Path, *, at: datetime) -> Path:
    """Copy the database (an entry of DATABASES) into `folder`, keep the last ten, return the copy.

    `at` is aware and gives the copy its name, in UTC. SQLite is copied while others read and
    write; PostgreSQL by pg_dump. Raise BackupFailed when there is no whole copy.
    """
    copy, ending = (
        (_copy_sqlite, "sqlite3") if database["ENGINE"].endswith("sqlite3") else (_dump, "dump")
    )
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise BackupFailed(f"The folder {folder} cannot be made: {error.strerror}.") from error
    target = folder / f"{PREFIX}{at:%Y%m%dT%H%M%SZ}.{ending}"
    part = target.with_suffix(".part")
    try:
        part.touch(mode=0o600)
        copy(database, part)
        part.replace(target)
    except OSError as error:
        raise BackupFailed(f"{target} cannot be written: {error.strerror}.") from error
    finally:
        part.unlink(missing_ok=True)
    _forget_old(folder, f"{PREFIX}*.{ending}")
    return target


def _copy_sqlite(database: Mapping[str, Any], target: Path) -> None:
    source = Path(database["NAME"])
    if not source.is_file():
        raise BackupFailed(f"There is no database file {source}.")
    free = shutil.disk_usage(target.parent).free
    if free < source.stat().st_size * SPARE:
        raise BackupFailed(
            f"The database has {source.stat().st_size:,} bytes, and only {free:,} are free under "
            f"{target.parent}. Make room there."
        )
    try:
        with (
            closing(sqlite3.connect(source, timeout=20)) as opened,
            closing(sqlite3.connect(target)) as copy,
        ):
            opened.backup(copy)
            # The copy is one file: without this it would want a log beside it.
            copy.execute("PRAGMA journal_mode=DELETE")
            found = copy.execute("PRAGMA quick_check").fetchone()[0]
    except sqlite3.Error as error:
        raise BackupFailed(f"SQLite could not copy {source}: {error}.") from error
    if found != "ok":
        raise BackupFailed(f"The database file {source} is damaged: {found}.")


def _dump(database: Mapping[str, Any], target: Path) -> None:
    program = shutil.which("pg_dump")
    if program is None:
        raise BackupFailed(
            "pg_dump is not installed, so PostgreSQL cannot be backed up from here. "
            "Install it (on Debian: apt-get install postgresql-client)."
        )
    command = [program, "--format=custom", "--no-password", f"--file={target}"]
    done = subprocess.run(  # noqa: S603  no shell, and the name comes from shutil.which
        command, env=_libpq(database), capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise BackupFailed(f"pg_dump failed: {done.stderr.strip()}")


def _libpq(database: Mapping[str, Any]) -> dict[str, str]:
    """Return an environment for libpq: a password in an argument would show in `ps`."""
    named = {
        "PGHOST": database.get("HOST"),
        "PGPORT": database.get("PORT"),
        "PGUSER": database.get("USER"),
        "PGPASSWORD": database.get("PASSWORD"),
        "PGDATABASE": database["NAME"],
        "PGSSLMODE": database.get("OPTIONS", {}).get("sslmode"),
        "PGSSLROOTCERT": database.get("OPTIONS", {}).get("sslrootcert"),
    }
    return os.environ | {name: str(value) for name, value in named.items() if value}


def _forget_old(folder: Path, pattern: str) -> None:
    for old in sorted(folder.glob(pattern))[:-KEEP]:
        old.unlink()
