"""Look at and end the processes of a run: found by a mark in their environment, never by name."""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

from config.console import complain

MARK = "DESK_RUN"
PROC = Path("/proc")
AFTER_FORCE = 10  # seconds the kernel may take to bury what was killed
LISTENING = "0A"  # the kernel's code in /proc/net/tcp


def marked(run: str) -> list[int]:
    """Return the ids of the living processes that a run of this name started."""
    wanted = f"{MARK}={run}"
    if PROC.is_dir():
        found = [pid for pid in _pids() if wanted.encode() in _read(pid, "environ").split(b"\0")]
    else:
        lines = _output(["ps", "-axEww", "-o", "pid=,command="]).splitlines()
        found = [int(line.split(maxsplit=1)[0]) for line in lines if f" {wanted}" in line]
    return [pid for pid in found if pid != os.getpid()]


def end(run: str, *, patience: float) -> list[int]:
    """End the processes of a run, by force after `patience` seconds; return whom it had to end."""
    ended = marked(run)
    _signal(ended, signal.SIGTERM)
    force_at = time.monotonic() + patience
    while (left := marked(run)) and time.monotonic() < force_at + AFTER_FORCE:
        if time.monotonic() > force_at:
            _signal(left, signal.SIGKILL)
        time.sleep(0.05)
    return ended


def command_of(pid: int) -> str:
    """Return the command line of a process, or an empty text when it cannot be read."""
    if PROC.is_dir():
        return _read(pid, "cmdline").replace(b"\0", b" ").decode(errors="replace").strip()
    return _output(["ps", "-ww", "-o", "command=", "-p", str(pid)]).strip()


def listener(port: int) -> int | None:
    """Return the id of the process that listens on a TCP port of this machine, where readable."""
    if not PROC.is_dir():
        found = _output(["lsof", "-nP", "-t", f"-iTCP:{port}", "-sTCP:LISTEN"]).split()
        return int(found[0]) if found else None
    sockets = {f"socket:[{inode}]" for inode in _listening_inodes(port)}
    return next((pid for pid in _pids() if sockets & _open_files(pid)), None)


def _pids() -> Iterator[int]:
    return (int(path.name) for path in PROC.iterdir() if path.name.isdigit())


def _read(pid: int, name: str) -> bytes:
    try:
        return (PROC / str(pid) / name).read_bytes()
    except OSError:  # ended meanwhile, or somebody else's
        return b""


def _open_files(pid: int) -> set[str]:
    try:
        return {str(path.readlink()) for path in (PROC / str(pid) / "fd").iterdir()}
    except OSError:
        return set()


def _listening_inodes(port: int) -> Iterator[str]:
    for table in ("tcp", "tcp6"):
        try:
            lines = (PROC / "net" / table).read_text().splitlines()[1:]
        except OSError:
            continue
        for line in lines:
            _, local, _, state, *rest = line.split()
            if state == LISTENING and int(local.rpartition(":")[2], 16) == port:
                yield rest[5]


def _signal(pids: list[int], number: signal.Signals) -> None:
    for pid in pids:
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            continue
        except PermissionError:
            complain(f"Process {pid} belongs to somebody else; it goes on.")


def _output(command: list[str]) -> str:
    if shutil.which(command[0]) is None:
        return ""
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    return done.stdout
