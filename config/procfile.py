"""Run the processes of the Procfile under honcho: `python -m config.procfile`.

config/run.py starts this in a session of its own. When one process ends, the others are ended.
"""

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


def main() -> int:
    """Run until a process ends or a signal comes; return the exit status of the first to end."""
    manager.KILL_WAIT = PATIENCE
    group = manager.Manager(Printer(sys.stdout))
    group._procmgr = GentleProcesses()
    procfile = environ.parse_procfile((ROOT / "Procfile").read_text())
    for name, command in procfile.processes.items():
        group.add_process(name, command, env=dict(os.environ))
    group.loop()
    return group.returncode or 0


if __name__ == "__main__":
    sys.exit(main())
