"""Run the processes of the Procfile: `python -m config.procfile`, or one of them by its name.

All of them run under honcho, and when one ends, the others are ended; config/run.py starts this
in a session of its own. One by name takes the place of this process, as a container wants it.
"""

import argparse
import os
import signal
import sys

from honcho import compat, environ, manager
from honcho.printer import Printer

from config.env import ROOT

PATIENCE = 20  # seconds for a task or a request to finish after SIGTERM


class GentleProcesses(compat.ProcessManager):
    """Ask the first process of a group to stop; it knows best how to stop its own children.

    honcho signals the whole group, which ends the children of a Celery worker in mid-task.
    """

    def terminate(self, pid: int) -> None:
        try:
            os.kill(pid, signal.SIGTERM)
        except ProcessLookupError:
            return


def main(arguments: list[str] | None = None) -> int:
    """Become the process of this name; or run all until one ends, and return its exit status."""
    commands = environ.parse_procfile((ROOT / "Procfile").read_text()).processes
    parser = argparse.ArgumentParser(prog="config.procfile", description="Run the desk.")
    parser.add_argument("name", nargs="?", choices=commands)
    if name := parser.parse_args(arguments).name:
        os.execv("/bin/sh", ["/bin/sh", "-c", commands[name]])  # noqa: S606  our own Procfile
    manager.KILL_WAIT = PATIENCE
    group = manager.Manager(Printer(sys.stdout))
    group._procmgr = GentleProcesses()
    for name, command in commands.items():
        group.add_process(name, command, env=dict(os.environ))
    group.loop()
    return group.returncode or 0


if __name__ == "__main__":
    sys.exit(main())
