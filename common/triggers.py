"""Rows that may never change: triggers on SQLite and PostgreSQL, as migration operations."""

from collections.abc import Iterable

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

MESSAGE = "append-only"


def append_only(table: str, *, once: Iterable[str] = ()) -> migrations.RunPython:
    """Refuse DELETE and UPDATE of `table`; a column in `once` may go from NULL to a value."""
    return _operation(table, _change_condition_builder(tuple(once)), guard="TRUE")


def freeze_when(table: str, column: str) -> migrations.RunPython:
    """Refuse UPDATE and DELETE of rows of `table` whose `column` is already set."""
    return _operation(table, lambda columns: "TRUE", guard=f"OLD.{column} IS NOT NULL")


def _change_condition_builder(once: tuple[str, ...]):
    def condition(columns: list[str]) -> str:
        """SQL that is true when a change is not allowed."""
        parts = [f"OLD.{c} IS NOT NULL AND {_differs(c)}" for c in once]
        parts += [_differs(c) for c in columns if c not in once]
        return " OR ".join(f"({part})" for part in parts) if once else "TRUE"

    return condition


def _differs(column: str) -> str:
    return f'OLD."{column}" IS DISTINCT FROM NEW."{column}"'


def _operation(table: str, condition, *, guard: str) -> migrations.RunPython:
    def create(apps: object, editor: BaseDatabaseSchemaEditor) -> None:
        with editor.connection.cursor() as cursor:
            found = editor.connection.introspection.get_table_description(cursor, table)
        refused = condition([column.name for column in found])
        for statement in _statements(editor.connection.vendor, table, refused, guard):
            editor.execute(statement)

    def drop(apps: object, editor: BaseDatabaseSchemaEditor) -> None:
        on = f" ON {table}" if editor.connection.vendor == "postgresql" else ""
        for what in ("update", "delete", "truncate"):
            editor.execute(f"DROP TRIGGER IF EXISTS {table}_no_{what}{on}")
        if on:
            editor.execute(f"DROP FUNCTION IF EXISTS {table}_refuse()")

    return migrations.RunPython(create, drop)


def _statements(vendor: str, table: str, refused: str, guard: str) -> list[str]:
    if vendor == "postgresql":
        return _postgresql(table, refused, guard)
    # SQLite spells IS DISTINCT FROM as IS NOT, and has no TRUE before 3.23.
    refused = refused.replace("IS DISTINCT FROM", "IS NOT")
    stop = f"BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END"
    return [
        f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} "
        f"WHEN ({guard}) AND ({refused}) {stop}",
        f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} WHEN {guard} {stop}",
    ]


def _postgresql(table: str, refused: str, guard: str) -> list[str]:
    statements = [
        f"CREATE FUNCTION {table}_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$BEGIN RAISE EXCEPTION '{MESSAGE}' USING ERRCODE = 'restrict_violation'; END$$",
        f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} FOR EACH ROW "
        f"WHEN (({guard}) AND ({refused})) EXECUTE FUNCTION {table}_refuse()",
        f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} FOR EACH ROW "
        f"WHEN ({guard}) EXECUTE FUNCTION {table}_refuse()",
    ]
    if guard == "TRUE":
        statements.append(
            f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION {table}_refuse()"
        )
    return statements


def freeze_with_parent(table: str, parent: str) -> migrations.RunPython:
    """Refuse INSERT, UPDATE and DELETE of the parts of something that is published.

    `parent` is SQL that reads the parent's moment of publishing, its table called `v` and the
    row called {row}: "SELECT v.published_at FROM version v WHERE v.id = {row}.version_id". On
    SQLite an operation that rebuilds the parent's table must drop these triggers first.
    """

    def create(apps: object, editor: BaseDatabaseSchemaEditor) -> None:
        for statement in _with_parent(editor.connection.vendor, table, parent):
            editor.execute(statement)

    def drop(apps: object, editor: BaseDatabaseSchemaEditor) -> None:
        postgresql = editor.connection.vendor == "postgresql"
        for verb in ("insert", "update", "delete"):
            on = f" ON {table}" if postgresql else ""
            editor.execute(f"DROP TRIGGER IF EXISTS {table}_no_{verb}{on}")
        if postgresql:
            editor.execute(f"DROP FUNCTION IF EXISTS {table}_refuse()")

    return migrations.RunPython(create, drop)


def _with_parent(vendor: str, table: str, parent: str) -> list[str]:
    rows = {"insert": ("NEW",), "update": ("OLD", "NEW"), "delete": ("OLD",)}
    if vendor != "postgresql":
        return [
            f"CREATE TRIGGER {table}_no_{verb} BEFORE {verb.upper()} ON {table} BEGIN "
            f"SELECT RAISE(ABORT, '{MESSAGE}') WHERE "
            + " OR ".join(f"({parent.format(row=row)}) IS NOT NULL" for row in names)
            + "; END"
            for verb, names in rows.items()
        ]
    # The share lock waits for whoever is publishing the parent, and reads it afterwards.
    checks = "".join(
        f"IF TG_OP <> '{other}' THEN {parent.format(row=row)} INTO published FOR KEY SHARE OF v; "
        f"IF published IS NOT NULL THEN RAISE EXCEPTION '{MESSAGE}' "
        "USING ERRCODE = 'restrict_violation'; END IF; END IF; "
        for other, row in (("INSERT", "OLD"), ("DELETE", "NEW"))
    )
    return [
        f"CREATE FUNCTION {table}_refuse() RETURNS trigger LANGUAGE plpgsql AS $$"
        f"DECLARE published timestamptz; BEGIN {checks}"
        "IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END$$"
    ] + [
        f"CREATE TRIGGER {table}_no_{verb} BEFORE {verb.upper()} ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION {table}_refuse()"
        for verb in rows
    ]
