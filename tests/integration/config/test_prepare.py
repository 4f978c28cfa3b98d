"""What happens to the data before a start."""

import os
import secrets
import sqlite3
import subprocess
import sys
from contextlib import closing

import pytest

from config.env import ROOT


def prepare(folder, **more):
    own = {
        "SECRET_KEY": secrets.token_urlsafe(64),
        "DEBUG": "True",
        "VAR_DIR": str(folder),
        "DATABASE_URL": f"sqlite:///{folder}/chwiso.sqlite3",
        "CACHE_URL": "",
    }
    command = [sys.executable, "-m", "config.prepare"]
    return subprocess.run(
        command, cwd=ROOT, env=os.environ | own | more, capture_output=True, text=True, check=False
    )


def tables(path):
    with closing(sqlite3.connect(path)) as opened:
        return {name for (name,) in opened.execute("SELECT name FROM sqlite_master")}


@pytest.fixture
def behind(tmp_path):
    """The data folder of a desk with one migration to come, that of the sessions."""
    assert prepare(tmp_path).returncode == 0
    with closing(sqlite3.connect(tmp_path / "chwiso.sqlite3")) as opened:
        opened.execute("DROP TABLE django_session")
        opened.execute("DELETE FROM django_migrations WHERE app = 'sessions'")
        opened.commit()
    return tmp_path


def test_prepare_backs_up_before_it_migrates_and_only_then(behind):
    assert not (behind / "backups").exists()  # an empty database had nothing to lose

    done = prepare(behind)

    assert done.returncode == 0, done.stderr
    (copy,) = (behind / "backups").iterdir()
    assert f"Backed the database up to {copy}" in done.stdout
    assert "django_session" not in tables(copy)
    assert "django_session" in tables(behind / "chwiso.sqlite3")
    assert prepare(behind).stdout == ""
    assert list((behind / "backups").iterdir()) == [copy]


def test_prepare_does_not_migrate_when_the_backup_fails(behind):
    (behind / "backups").write_text("in the way")

    done = prepare(behind)

    assert done.returncode == 1
    assert "SKIP_BACKUP=True" in done.stderr
    assert "django_session" not in tables(behind / "chwiso.sqlite3")
    assert prepare(behind, SKIP_BACKUP="True").returncode == 0
    assert "django_session" in tables(behind / "chwiso.sqlite3")


def test_prepare_says_when_the_database_does_not_answer(tmp_path):
    done = prepare(tmp_path, DATABASE_URL="postgres://desk:secret@127.0.0.1:9/desk")
    assert done.returncode == 1
    assert "The database did not do its part" in done.stderr
    assert "Traceback" not in done.stderr
    assert "secret" not in done.stderr


def test_prepare_collects_static_files_once(tmp_path):
    first = prepare(tmp_path, DEBUG="False")
    assert "Collecting static files" in first.stdout
    assert (tmp_path / "static" / "staticfiles.json").is_file()
    assert "Collecting" not in prepare(tmp_path, DEBUG="False").stdout
