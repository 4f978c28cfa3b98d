"""The test command judges itself: what it must notice, and what it may let pass."""

import os
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
import redis

from config import processes
from config.testing import __main__ as command
from config.testing import checks, locks, packages, services, translations
from config.testing.checks import Check, Result


@pytest.fixture
def session(monkeypatch):
    for name in command.SERVICES:
        monkeypatch.delenv(name, raising=False)
    with command.session() as current:
        yield current


def missing():
    raise services.Missing("redis-server is not installed")


def test_session_is_reached_by_no_settings_of_the_developer(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgres://live")
    monkeypatch.setenv("EMAIL_URL", "smtp://live")
    with command.session() as current:
        assert current.environment["DATABASE_URL"].startswith("sqlite:///")
        assert current.environment["EMAIL_URL"] == ""


def test_missing_service_is_a_skip_that_says_so(session, monkeypatch, capsys):
    monkeypatch.setattr(command, "IN_CI", False)
    monkeypatch.setattr(command, "SERVICES", {"TEST_REDIS_URL": missing})
    with command.services_for(session):
        assert command.on_services(session) == {}
    assert session.failed == []
    assert "SKIPPED" in capsys.readouterr().out


def test_missing_service_is_a_failure_in_ci(session, monkeypatch):
    monkeypatch.setattr(command, "IN_CI", True)
    monkeypatch.setattr(command, "SERVICES", {"TEST_REDIS_URL": missing})
    with command.services_for(session):
        assert session.failed == ["TEST_REDIS_URL: redis-server is not installed"]


def test_services_that_are_set_are_used_and_not_started(session, monkeypatch):
    session.environment["TEST_REDIS_URL"] = "redis://mine"
    monkeypatch.setattr(command, "SERVICES", {"TEST_REDIS_URL": missing})
    with command.services_for(session):
        assert session.environment["TEST_REDIS_URL"] == "redis://mine"
    assert session.without == []


def test_failing_check_is_shown_and_noted(session, capsys):
    script = "import sys; print('line 3: wrong'); sys.exit(1)"
    check = Check("style", [sys.executable, "-c", script])
    session.report(check.name, session.look(check))
    assert session.failed == ["style"]
    assert "line 3: wrong" in capsys.readouterr().out


def test_check_has_an_environment_of_its_own(session):
    script = "import os; print(os.environ['SITE_URL'])"
    check = Check("deploy", [sys.executable, "-c", script], checks.production())
    assert session.look(check).output == "https://desk.example.com\n"
    assert session.environment["SITE_URL"] == ""


def test_private_postgres_answers_and_leaves_nothing():
    try:
        services.postgres_program("initdb")
    except services.Missing as error:
        pytest.skip(str(error))
    with services.postgres() as url:
        port = int(url.rpartition(":")[2].partition("/")[0])
        with psycopg.connect(url) as opened:
            (folder,) = opened.execute("SHOW data_directory").fetchone()
        with pytest.raises(psycopg.OperationalError):
            psycopg.connect(url.replace("desk:", "desk:not"))
    assert processes.listener(port) is None
    assert not Path(folder).exists()


def test_private_redis_answers_and_leaves_nothing():
    if "redis-server" in packages.missing_packages():
        pytest.skip("redis-server is not installed")
    with services.redis_server() as url:
        assert redis.Redis.from_url(url).ping()
    with pytest.raises(redis.ConnectionError):
        redis.Redis.from_url(url).ping()


UV = """#!/bin/sh
for last; do :; done
[ "$FAKE" = offline ] && { echo "error: Failed to fetch: https://pypi.org/simple/" >&2; exit 2; }
[ "$FAKE" = wrong ] && { echo "error: no such extra" >&2; exit 2; }
[ "$FAKE" = changed ] && echo "surprise==1.0" >> "$last"
exit 0
"""


@pytest.mark.parametrize(("_case", "fake", "in_ci", "passed"), [
    ("in step", "same", "true", True),
    ("a package more", "changed", "", False),
    ("no network at home", "offline", "", True),
    ("no network in CI", "offline", "true", False),
    ("cannot be resolved", "wrong", "", False),
])  # fmt: skip
def test_locks_in_step(_case, fake, in_ci, passed, tmp_path):
    (tmp_path / "uv").write_text(UV)
    (tmp_path / "uv").chmod(0o755)
    path = f"{tmp_path}{os.pathsep}/usr/bin{os.pathsep}/bin"
    result = locks.in_step({"PATH": path, "FAKE": fake, "CI": in_ci})
    assert result.passed is passed
    assert (result.note != "") is (fake == "offline" and passed)


PO = 'msgid ""\nmsgstr ""\n"POT-Creation-Date: {date}\\n"\n\nmsgid "Refund"\nmsgstr "{text}"\n'


@pytest.mark.parametrize(("_case", "date", "text", "same"), [
    ("only made at another time", "2026-12-01 10:00+0000", "환불", True),
    ("a translation changed", "2026-11-23 10:00+0000", "취소", False),
])  # fmt: skip
def test_catalogues_are_compared_without_their_dates(_case, date, text, same, tmp_path):
    kept, made = tmp_path / "kept.po", tmp_path / "made.po"
    kept.write_text(PO.format(date="2026-11-23 10:00+0000", text="환불"))
    made.write_text(PO.format(date=date, text=text))
    assert translations._same(made, kept) is same
    assert not translations._same(made, tmp_path / "gone.po")


def test_dockerfile_passes_with_a_note_where_hadolint_does_not_exist(tmp_path):
    assert checks.dockerfile({"PATH": str(tmp_path)}) == Result(
        passed=True, note="hadolint does not exist for this machine: not linted"
    )


def test_ci_exports_the_sample_data_and_calls_make_test(tmp_path):
    tree, data = tmp_path / "tree", tmp_path / "shared" / "data"
    data.mkdir(parents=True)
    (tree / ".ci").mkdir(parents=True)
    script = (checks.ROOT / ".ci" / "run").read_text()
    (tree / ".ci" / "run").write_text(script)
    (tree / "Makefile").write_text("test:\n\t@echo $(SAMPLE_DATA) in $(CURDIR)\n")
    # As on a fresh machine: these tests may themselves run below a make, which says where it is.
    alone = {name: value for name, value in os.environ.items() if "MAKE" not in name}
    done = subprocess.run(
        ["sh", str(tree / ".ci" / "run")],
        cwd=tmp_path,
        env=alone,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == f"{data} in {tree}\n"


def test_missing_programs_are_installed_by_apt(tmp_path, monkeypatch):
    (tmp_path / "apt-get").write_text(f'#!/bin/sh\necho "$@" >> {tmp_path}/given\n')
    (tmp_path / "apt-get").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}/usr/bin{os.pathsep}/bin")
    monkeypatch.setattr(packages.os, "geteuid", lambda: 0)
    monkeypatch.setattr(packages, "missing_packages", lambda: ["chromium", "gettext"])
    packages.install_missing()
    update, installed = (tmp_path / "given").read_text().splitlines()
    assert update.endswith(" update")
    assert installed.endswith(" install -y --no-install-recommends chromium gettext")
