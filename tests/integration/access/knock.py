"""Try one row of the matrix in every way and say what is not as declared."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.cookies import SimpleCookie
from typing import Any

from django.apps import apps
from django.core.cache import cache
from django.db import connection, transaction
from django.test import Client

from common.models import IdempotencyKey, Rate
from tests.integration.access.roles import Target, Who
from tests.integration.access.table import Row
from tests.integration.access.things import Ask
from tests.integration.access.walk import path_of
from tests.integration.access.world import World

OURS = ("common", "orders", "tickets", "feedback", "training")
# Counters are no business rows: a refused try is counted all the same.
TECHNICAL = frozenset({Rate._meta.db_table, IdempotencyKey._meta.db_table})
WRITE = re.compile(r'^\s*(?:INSERT(?: OR \w+)? INTO|UPDATE|DELETE FROM)\s+"?(\w+)', re.IGNORECASE)
JSON = "application/json"
# What differs between two answers that say the same.
CSRF = re.compile(r'name="csrfmiddlewaretoken" value="\w+"|[\w-]{32,}(?=")|nonce-[\w+/=-]+')


@dataclass(frozen=True, slots=True)
class Cell:
    """One try."""

    who: Who
    method: str
    target: Target

    def __str__(self) -> str:
        return f"{self.method} {self.target} by {self.who}"


class Prober:
    """Knocks at addresses; every try is undone, so that the order of tries does not matter."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.client = Client(raise_request_exception=False)
        self.careful = Client(raise_request_exception=False, enforce_csrf_checks=True)
        self.rows = all_rows()

    def faults(self, row: Row) -> list[str]:
        """Return what is not as the row declares, over all roles, methods and targets."""
        found: list[str] = []
        for who in Who:
            for method in row.methods:
                found += self._by_targets(row, who, method)
        return found

    def _by_targets(self, row: Row, who: Who, method: str) -> Iterator[str]:
        bodies: dict[Target, str] = {}
        # PUT, PATCH and DELETE are taken nowhere: one try shows it.
        for target in Target if method in ("GET", "POST") else (Target.OWN,):
            ask = row.thing(self.world, who, target)
            if ask is None:
                continue
            cell = Cell(who, method, target)
            answer, changed = self.knock(row, cell, ask)
            for fault in self._judge(row, cell, answer, changed, ask):
                yield f"{cell}: {fault}"
            if target is not Target.OWN:
                bodies[target] = plain(answer, path_of(row.route, ask.params))
        if len(set(bodies.values())) > 1:
            yield f"{method} by {who}: {sorted(bodies)} are told different things"

    def forged(self, row: Row) -> tuple[Any, bool]:
        """Return what a form of somebody else's site gets that uses the right person's session."""
        who = next(who for who in Who if row.may_change(who, "POST", Target.OWN))
        cell = Cell(who, "POST", Target.OWN)
        ask = row.thing(self.world, who, Target.OWN)
        assert ask is not None
        return self.knock(row, cell, ask, self.careful)

    def knock(
        self, row: Row, cell: Cell, ask: Ask, client: Client | None = None
    ) -> tuple[Any, bool]:
        """Return the answer, and whether rows changed; everything is undone."""
        client = client or self.client
        body = {**row.body, **ask.body}
        client.cookies = SimpleCookie(
            {name: morsel.value for name, morsel in self.world.cookies[cell.who].items()}
        )
        sent: dict[str, Any] = {"data": body} if cell.method != "GET" else {}
        if row.is_api:
            sent |= {"headers": self.world.headers[cell.who], "content_type": JSON}
        cache.clear()
        with undone(), writes() as tables:
            send = getattr(client, cell.method.lower())
            answer = send(path_of(row.route, ask.params), **sent)
            # The rows are compared only when something of ours was written at all.
            changed = bool(tables - TECHNICAL) and all_rows() != self.rows
        return answer, changed

    def _judge(self, row: Row, cell: Cell, answer: Any, changed: bool, ask: Ask) -> Iterator[str]:
        expected = row.expected(cell.who, cell.method, cell.target)
        if answer.status_code not in expected:
            yield f"answered {answer.status_code}, declared {sorted(expected)}{cause(answer)}"
        if changed is not row.may_change(cell.who, cell.method, cell.target):
            yield "changed rows" if changed else "changed nothing"
        yield from header_faults(answer, path_of(row.route, ask.params), row.door.is_public)
        text = answer.content.decode(errors="replace")
        asked = f"{ask.params} {ask.body}"
        for mark in self.world.forbidden_marks(cell.who):
            if mark in text and mark not in asked:
                yield f"shows {mark!r}"


def cause(answer: Any) -> str:
    """Return the exception behind a 500."""
    return f" ({answer.exc_info[1]!r})" if getattr(answer, "exc_info", None) else ""


def header_faults(answer: Any, path: str, is_public: bool) -> Iterator[str]:
    """Say which header that every answer carries is missing or too weak."""
    policy = answer.headers.get("Content-Security-Policy", "")
    if "frame-ancestors 'none'" not in policy or "default-src 'none'" not in policy:
        yield f"weak policy: {policy!r}"
    scripts = re.search(r"script-src ([^;]*)", policy)
    if not path.startswith("/admin/") and (scripts is None or scripts[1].strip() != "'self'"):
        yield f"scripts from elsewhere: {policy!r}"
    for name, wanted in (
        ("X-Content-Type-Options", {"nosniff"}),
        ("X-Frame-Options", {"DENY"}),
        ("Referrer-Policy", {"same-origin", "no-referrer"}),
        ("Cross-Origin-Opener-Policy", {"same-origin"}),
    ):
        if answer.headers.get(name) not in wanted:
            yield f"{name} is {answer.headers.get(name)!r}"
    if "camera=()" not in answer.headers.get("Permissions-Policy", ""):
        yield "no Permissions-Policy"
    kept = answer.headers.get("Cache-Control", "")
    if answer.status_code < 300 and not is_public and "no-store" not in kept:
        yield f"may be kept by a cache: {kept!r}"


def plain(answer: Any, path: str) -> str:
    """Return status, place and body without what differs between equal answers."""
    text = CSRF.sub("", answer.content.decode(errors="replace")).replace(path, "{path}")
    return (
        f"{answer.status_code} {answer.headers.get('Location', '').replace(path, '{path}')} {text}"
    )


def all_rows() -> dict[str, list[tuple]]:
    """Return every business row."""
    models = [m for m in apps.get_models() if m._meta.app_label in OURS]
    return {
        m._meta.label: sorted(m._base_manager.values_list(), key=repr)
        for m in models
        if m._meta.db_table not in TECHNICAL
    }


@contextmanager
def undone() -> Iterator[None]:
    """Take back whatever the database is told inside."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@contextmanager
def writes() -> Iterator[set[str]]:
    """Collect the names of our tables that are written to."""
    tables: set[str] = set()

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        found = WRITE.match(sql)
        if found and found[1].split("_")[0] in OURS:
            tables.add(found[1])
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield tables
