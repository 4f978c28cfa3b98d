"""Backups of real database files and of a real PostgreSQL, read back."""

import os
import sqlite3
import stat
import subprocess
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import psycopg
import pytest
from django.db import connection

from common import backups
from common.backups import BackupFailed, back_up

AT = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "backups"


@pytest.fixture
def database(tmp_path):
    """A SQLite file in WAL mode, as ours are; its writer stays connected."""
    path = tmp_path / "desk.sqlite3"
    writer = sqlite3.connect(path, isolation_level=None)
    writer.execute("PRAGMA journal_mode=WAL")
    writer.execute("PRAGMA wal_autocheckpoint=0")
    writer.execute("CREATE TABLE tickets (number TEXT)")
    writer.executemany("INSERT INTO tickets VALUES (?)", [(f"C-{n}",) for n in range(500)])
    yield {"ENGINE": "django.db.backends.sqlite3", "NAME": str(path)}
    writer.close()


def numbers(path):
    with closing(sqlite3.connect(path)) as opened:
        return [number for (number,) in opened.execute("SELECT number FROM tickets")]


def test_backup_holds_what_is_still_in_the_log_of_sqlite(database, folder):
    copy = back_up(database, folder, at=AT)
    assert copy == folder / "desk-20261123T093000Z.sqlite3"
    assert numbers(copy) == [f"C-{n}" for n in range(500)]
    assert [path.name for path in folder.iterdir()] == [copy.name]


def test_backup_shows_the_database_as_others_see_it_while_one_writes(database, folder):
    with closing(sqlite3.connect(database["NAME"], isolation_level=None)) as writer:
        writer.execute("BEGIN IMMEDIATE")
        writer.execute("DELETE FROM tickets")
        copy = back_up(database, folder, at=AT)
        writer.execute("ROLLBACK")
    assert len(numbers(copy)) == 500


def test_backup_can_be_read_by_its_owner_only(database, folder):
    copy = back_up(database, folder, at=AT)
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_backup_keeps_the_last_ten(database, folder):
    made = [back_up(database, folder, at=AT + timedelta(hours=n)) for n in range(12)]
    (folder / "notes.txt").write_text("not ours")
    made.append(back_up(database, folder, at=AT + timedelta(hours=12)))
    assert sorted(folder.iterdir()) == [*made[-backups.KEEP :], folder / "notes.txt"]


def test_backup_refuses_a_damaged_database_and_keeps_the_good_copies(database, folder):
    good = back_up(database, folder, at=AT)
    with closing(sqlite3.connect(database["NAME"])) as opened:
        opened.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    with Path(database["NAME"]).open("r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * 2048)
    with pytest.raises(BackupFailed):
        back_up(database, folder, at=AT + timedelta(hours=1))
    assert list(folder.iterdir()) == [good]


def test_backup_refuses_when_the_disk_has_no_room(database, folder, monkeypatch):
    monkeypatch.setattr(backups.shutil, "disk_usage", lambda _path: SimpleNamespace(free=10))
    with pytest.raises(BackupFailed, match="only 10 are free"):
        back_up(database, folder, at=AT)
    assert list(folder.iterdir()) == []


def test_backup_says_what_to_install_when_pg_dump_is_missing(folder, monkeypatch):
    monkeypatch.setenv("PATH", str(folder))
    database = {"ENGINE": "django.db.backends.postgresql", "NAME": "desk"}
    with pytest.raises(BackupFailed, match="apt-get install postgresql-client"):
        back_up(database, folder, at=AT)
    assert list(folder.iterdir()) == []


def test_backup_passes_on_what_pg_dump_says_and_leaves_no_half_file(folder, tmp_path, monkeypatch):
    program = tmp_path / "pg_dump"
    program.write_text('#!/bin/sh\nfor last; do :; done\necho "server is newer $*" >&2\nexit 1\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}/usr/bin{os.pathsep}/bin")
    database = {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "desk",
        "PASSWORD": "do-not-show",
    }
    with pytest.raises(BackupFailed, match="server is newer") as refused:
        back_up(database, folder, at=AT)
    assert "do-not-show" not in str(refused.value)
    assert list(folder.iterdir()) == []


@pytest.fixture
def committed(db):
    """A connection beside the test's own transaction, which pg_dump cannot see into."""
    known = connection.settings_dict
    names = {"NAME": "dbname", "USER": "user", "PASSWORD": "password", "HOST": "host"}
    facts = {name: known[key] for key, name in names.items()} | {"port": known["PORT"]}
    with psycopg.connect(**facts, autocommit=True) as opened:
        opened.execute("CREATE TABLE backed_up (number text)")
        yield opened
        opened.execute("DROP TABLE backed_up")


@pytest.mark.postgres
@pytest.mark.skipif(connection.vendor != "postgresql", reason="this run is on SQLite")
def test_backup_of_postgresql_can_be_restored(committed, folder):
    committed.execute("INSERT INTO backed_up VALUES ('C-2026-000123')")
    copy = back_up(connection.settings_dict, folder, at=AT)
    restored = subprocess.run(
        ["pg_restore", "--table=backed_up", "--file=-", str(copy)],
        capture_output=True,
        text=True,
        check=True,
    )
    assert "C-2026-000123" in restored.stdout
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
