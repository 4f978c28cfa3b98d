"""Who may write: actions (and what stands below them), never an edge. With samples of the check."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
APPS = ("common", "orders", "tickets", "feedback", "training")
# Edges: translate, call one action, answer.
EDGES = ("web", "api", "admin", "admin.py", "tasks.py", "subscribers.py", "mail.py")
WRITERS = {
    "save", "create", "update", "delete", "bulk_create", "bulk_update", "get_or_create",
    "update_or_create",
}  # fmt: skip
ROWS = re.compile(r"(^|\.)objects(\.|$)|_set\b|\.(filter|all|exclude|get)\(")


def writes(source: str) -> list[int]:
    """Return the lines that write through the ORM."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
            continue
        receiver = ast.unparse(node.func.value)
        is_row = node.func.attr == "save" and receiver not in ("form", "super()", "self.session")
        if node.func.attr in WRITERS and (ROWS.search(receiver) or is_row):
            found.append(node.lineno)
    return found


@pytest.mark.parametrize(
    "bad",
    [
        "ticket.save()",
        "Ticket.objects.create(title='x')",
        "Ticket.objects.filter(pk=1).update(status='x')",
        "order.lines.all().delete()",
    ],
)
def test_writes_finds(bad):
    assert writes(bad) == [1]


@pytest.mark.parametrize("good", ["data.update(a=1)", "Ticket.objects.filter(pk=1)", "form.save()"])
def test_writes_passes(good):
    assert writes(good) == []


def test_edges_write_nothing():
    found = [
        f"{path.relative_to(ROOT)}:{line}"
        for app in APPS
        for path in (ROOT / app).rglob("*.py")
        if set(path.relative_to(ROOT / app).parts[:2]) & set(EDGES)
        for line in writes(path.read_text())
    ]
    assert found == []


def lines_with(pattern: str, folders: tuple[str, ...] = APPS) -> list[str]:
    """Return `file:line` of every match outside migrations."""
    found = []
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*.py")):
            if "migrations" in path.parts:
                continue
            for number, line in enumerate(path.read_text().splitlines(), 1):
                if re.search(pattern, line):
                    found.append(f"{path.relative_to(ROOT)}:{number}")
    return found


def test_the_status_of_a_ticket_has_one_writer():
    found = {hit.rsplit(":", 1)[0] for hit in lines_with(r"ticket\.status = ", ("tickets",))}
    assert found == {"tickets/actions/lifecycle.py"}


def test_the_environment_is_read_in_config_only():
    found = {hit.rsplit(":", 1)[0] for hit in lines_with(r"os\.environ|os\.getenv")}
    # Hands its own environment on to pg_dump; reads no setting from it.
    assert found <= {"common/backups.py"}


def test_tasks_are_queued_after_the_commit_only():
    found = lines_with(r"\.delay\(|apply_async\(|send_task\(")
    assert {hit.rsplit(":", 1)[0] for hit in found} == {"common/wake.py"}


def test_no_lambda_waits_for_a_commit():
    assert lines_with(r"on_commit\(\s*lambda") == []


def test_locks_have_one_home():
    found = {hit.rsplit(":", 1)[0] for hit in lines_with(r"select_for_update\(")}
    allowed = {
        "orders/locks.py", "tickets/locks.py", "feedback/locks.py", "training/locks.py",
        "common/idempotency.py",
    }  # fmt: skip
    assert found <= allowed


def test_no_raw_sql_from_values():
    assert lines_with(r"\.(raw|extra)\(") == []
