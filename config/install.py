"""Make the virtual environment and install what a lock file names.

The Makefile runs this with any Python it finds (`python -I config/install.py .venv FILE`), before
anything is installed: standard library only.
"""

import hashlib
import subprocess
import sys
import venv
from pathlib import Path

KEPT_LINES = 30
# Developers' packages are those of the runtime and more, in the same versions.
HOLDS_TOO = {"requirements-dev.txt": "requirements.txt"}


class NotInstalled(Exception):
    """The text says what went wrong and what to do."""


def main(folder: Path, lock: Path) -> int:
    """Install `lock` into the environment in `folder` unless that was done; return a status."""
    try:
        make(folder)
        install(folder, lock)
    except NotInstalled as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except KeyboardInterrupt:
        sys.stderr.write("\nStopped; the next call goes on from here.\n")
        return 1
    return 0


def make(folder: Path) -> None:
    """Make the environment when there is none, or when its Python no longer runs."""
    if _runs(folder):
        return
    if folder.exists() and any(folder.iterdir()) and not (folder / "pyvenv.cfg").is_file():
        raise NotInstalled(f"{folder} is no virtual environment; name another: VENV=folder make …")
    say(f"Making a virtual environment in {folder} with Python {sys.version.split()[0]}")
    try:
        venv.EnvBuilder(clear=True, with_pip=True, symlinks=True).create(folder)
    except (subprocess.CalledProcessError, OSError) as error:
        raise NotInstalled(
            f"The virtual environment could not be made: {error}\n"
            "On Debian and Ubuntu this needs: apt-get install python3-venv"
        ) from error


def install(folder: Path, lock: Path) -> None:
    """Install what `lock` names, with hashes; a stamp in the environment remembers its digest."""
    if _is_stamped(folder, lock):
        return
    names = sum("==" in line for line in lock.read_text().splitlines())
    say(f"Installing {names} packages from {lock.name} (a minute or two, only when it changes)")
    command = [python_of(folder), "-m", "pip", "install", "--require-hashes", "--no-input"]
    command += ["--disable-pip-version-check", "--progress-bar=off", "--requirement", str(lock)]
    with subprocess.Popen(  # noqa: S603  our own command line, no shell
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as pip:
        last = _follow(pip)
    if pip.returncode:
        raise NotInstalled("".join(last) + f"pip could not install {lock.name}; see above.")
    for held in (lock, lock.with_name(HOLDS_TOO.get(lock.name, lock.name))):
        _stamp_of(folder, held).write_text(_digest(held))


def _is_stamped(folder: Path, lock: Path) -> bool:
    stamp = _stamp_of(folder, lock)
    return stamp.is_file() and stamp.read_text() == _digest(lock)


def _stamp_of(folder: Path, lock: Path) -> Path:
    return folder / f".installed-{lock.name}"


def _digest(lock: Path) -> str:
    return hashlib.sha256(lock.read_bytes()).hexdigest()


def _follow(pip: subprocess.Popen[str]) -> list[str]:
    """Show how far pip is; return its last lines."""
    last: list[str] = []
    done = 0
    for line in pip.stdout or ():
        last = [*last[1 - KEPT_LINES :], line]
        if line.startswith("Collecting "):
            done += 1
            if sys.stdout.isatty():
                say(f"\r  {done} packages", end="")
        elif line.startswith("Installing collected"):
            say(f"\r  {done} packages are here, unpacking")
    return last


def python_of(folder: Path) -> str:
    """Return the environment's Python."""
    return str(folder / "bin" / "python")


def _runs(folder: Path) -> bool:
    try:
        done = subprocess.run(  # noqa: S603
            [python_of(folder), "-c", "import pip"], capture_output=True, check=False
        )
    except OSError:
        return False
    return done.returncode == 0


def say(text: str, end: str = "\n") -> None:
    """Write at once."""
    sys.stdout.write(text + end)
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2])))
