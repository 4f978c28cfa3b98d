"""What every test stands on: no network, no broker, one fixed cast."""

import importlib
import os
import socket
from collections.abc import Iterator

import pytest
from django.apps import apps as django_apps
from django.conf import settings
from django.db import connection, transaction
from django.test.testcases import TransactionTestCase

from tests.factories.cast import Cast, make_cast

IS_CI = os.environ.get("CI") == "true"
SEEDS = (
    "common.migrations.0003_seed_calendar",
    "tickets.migrations.0003_seed_policies",
    "feedback.migrations.0003_seed_csat",
)

# What migrations made and no test changes.
KEPT_TABLES = {"django_migrations", "django_content_type", "auth_permission"}


@pytest.fixture
def cast(db: None) -> Cast:
    """One shop with its people and orders, and another shop that must see nothing of it."""
    return make_cast()


@pytest.fixture
def commit(django_capture_on_commit_callbacks):
    """Run what waits for the commit, as a real commit would."""
    return lambda: django_capture_on_commit_callbacks(execute=True)


@pytest.fixture(autouse=True)
def woken(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Catch the wake-up calls: tests have no broker. The names of the tasks are kept."""
    calls: list[str] = []
    monkeypatch.setattr("common.wake._send", calls.append)
    return calls


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Refuse connections that leave this machine."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address):
        host = address[0] if isinstance(address, tuple) else "localhost"
        if host not in ("127.0.0.1", "::1", "localhost"):
            raise OSError(f"tests must not connect to {host}")
        return connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)


@pytest.fixture(autouse=True)
def _simple_static(settings) -> None:
    """Tests need no collected static files."""
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings: None, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Keep a SQLite test database in a file: threads of a live server share it as processes do."""
    database = settings.DATABASES["default"]
    if database["ENGINE"].endswith("sqlite3"):
        database.setdefault("TEST", {})["NAME"] = str(
            tmp_path_factory.mktemp("database") / "test.sqlite3"
        )


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests marked `postgres` run there only; in CI the run on PostgreSQL is never missing."""
    if settings.DATABASES["default"]["ENGINE"].endswith("postgresql"):
        return
    here = pytest.mark.skip(reason="runs on PostgreSQL (DATABASE_URL=postgres://...)")
    for item in items:
        if item.get_closest_marker("postgres"):
            item.add_marker(here)


def _flush_append_only(self: TransactionTestCase) -> None:
    """Empty the tables between transactional tests, although many refuse deletion.

    Only a test may do this: triggers are put aside for it and stand again after it. Rows are
    deleted, not truncated: there are few, and a truncated table costs PostgreSQL a new file.
    """
    tables = set(connection.introspection.table_names()) - KEPT_TABLES
    with transaction.atomic(), _triggers_aside(), connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"DELETE FROM {connection.ops.quote_name(table)}")  # noqa: S608
    for name in SEEDS:
        importlib.import_module(name).seed(django_apps, None)


class _triggers_aside:
    def __enter__(self) -> None:
        self.kept: list[tuple[str, str]] = []
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                cursor.execute("SET session_replication_role = replica")
                return
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
            self.kept = cursor.fetchall()
            for name, _ in self.kept:
                cursor.execute(f"DROP TRIGGER {name}")

    def __exit__(self, *_: object) -> None:
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                cursor.execute("SET session_replication_role = DEFAULT")
            for _, sql in self.kept:
                cursor.execute(sql)


@pytest.fixture(scope="session", autouse=True)
def _flush_keeps_triggers() -> Iterator[None]:
    patch = pytest.MonkeyPatch()
    patch.setattr(TransactionTestCase, "_fixture_teardown", _flush_append_only)
    yield
    patch.undo()
