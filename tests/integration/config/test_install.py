"""The way from a clone to a virtual environment: which Python, and what is installed when."""

import os
import subprocess
import sys

import pytest

from config import install
from config.env import ROOT
from config.install import NotInstalled

REAL = "/usr/bin:/bin"


def fake(folder, name, body):
    path = folder / name
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)


def make(folder, verb, **more):
    return subprocess.run(
        ["make", verb, f"VENV={folder}/venv"],
        cwd=ROOT,
        env={"PATH": f"{folder}:{REAL}", **more},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def pythons(tmp_path):
    """Commands as a version manager leaves them: 3.13 only fails, 3.12 notes what it is given."""
    fake(tmp_path, "python3.13", 'echo "python3.13: command not found" >&2; exit 127')
    fake(tmp_path, "python3.12", f'[ "$1" = -c ] && exit 0\necho "$@" > {tmp_path}/given\nexit 3')
    fake(tmp_path, "python3.11", "echo 'not asked for' >&2; exit 1")
    return tmp_path


def test_make_takes_the_newest_python_that_really_runs(pythons):
    done = make(pythons, "run")
    given = (pythons / "given").read_text().split()
    assert given == ["-I", "config/install.py", f"{pythons}/venv", "requirements.txt"]
    assert done.returncode != 0  # what could not be installed is not run
    assert "not asked for" not in done.stderr


def test_make_test_installs_what_developers_need(pythons):
    make(pythons, "test")
    assert (pythons / "given").read_text().split()[-1] == "requirements-dev.txt"


def test_make_says_what_to_do_without_a_python(tmp_path):
    for name in ("python3.13", "python3.12", "python3.11", "python3"):
        fake(tmp_path, name, "exit 1")
    done = make(tmp_path, "run")
    assert done.returncode != 0
    assert "No Python runs here that is 3.11 or newer" in done.stderr


def test_help_lists_every_verb(tmp_path):
    listed = {line.split()[1] for line in make(tmp_path, "help").stdout.splitlines()}
    assert listed == {
        "help", "run", "start", "test", "faults", "nightly", "bench", "lint", "fix", "messages",
        "lock", "clean",
    }  # fmt: skip


@pytest.fixture(scope="module")
def environment(tmp_path_factory):
    folder = tmp_path_factory.mktemp("made") / "venv"
    install.make(folder)
    return folder


@pytest.fixture
def lock(tmp_path):
    path = tmp_path / "requirements.txt"
    path.write_text("# nothing\n")
    return path


def test_install_happens_when_the_lock_changes_and_only_then(environment, lock, capsys):
    install.install(environment, lock)
    assert "Installing 0 packages" in capsys.readouterr().out
    install.install(environment, lock)
    assert capsys.readouterr().out == ""
    lock.write_text("# nothing else\n")
    install.install(environment, lock)
    assert "Installing" in capsys.readouterr().out


def test_install_for_developers_spares_the_one_for_running(environment, lock, capsys):
    developers = lock.with_name("requirements-dev.txt")
    developers.write_text("# more\n")
    lock.write_text("# changed since\n")
    install.install(environment, developers)
    capsys.readouterr()
    install.install(environment, lock)
    assert capsys.readouterr().out == ""


def test_install_without_a_hash_is_refused_and_tried_again(environment, lock, capsys):
    lock.write_text("honcho==2.0.0\n")
    for _ in range(2):
        with pytest.raises(NotInstalled, match="--require-hashes"):
            install.install(environment, lock)
    assert capsys.readouterr().out.count("Installing 1 packages") == 2


def test_environment_whose_python_is_gone_is_made_anew(environment):
    python = environment / "bin" / "python"
    python.unlink()
    install.make(environment)
    done = subprocess.run([str(python), "-c", "import pip"], check=False)
    assert done.returncode == 0


def test_folder_that_is_no_environment_is_left_alone(tmp_path):
    (tmp_path / "photo.jpg").write_text("dear")
    with pytest.raises(NotInstalled, match="is no virtual environment"):
        install.make(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["photo.jpg"]


def test_install_needs_nothing_but_the_standard_library():
    command = [sys.executable, "-I", "-S", "config/install.py"]
    done = subprocess.run(command, cwd=ROOT, env=os.environ, capture_output=True, check=False)
    assert b"IndexError" in done.stderr  # all imports worked: only the arguments are missing
