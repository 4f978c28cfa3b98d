"""Real worker processes for tests: `python -m tests.faults.worker`, orders as JSON lines.

Django is loaded once; each worker is a child with connections of its own. Orders:
{"do": "run", "step": ..., "sabotage": ...} works until nothing is left, answers how it ended;
{"do": "start", "sabotage": ...} works until somebody kills it, answers its process id.
"""

import json
import os
import sys
import time
from collections.abc import Callable
from contextlib import suppress

LONGEST_RUN_SECONDS = 30
PAUSE_SECONDS = 0.02


def work_until_idle() -> None:
    """Do what is due, also what a dead worker still holds, until nothing is left."""
    from common import poller  # noqa: PLC0415 - models load after django.setup()
    from tests.faults.books import is_idle  # noqa: PLC0415

    give_up = time.monotonic() + LONGEST_RUN_SECONDS
    while not is_idle() and time.monotonic() < give_up:
        poller.poll_once()
        time.sleep(PAUSE_SECONDS)


def work_for_ever() -> None:
    """Do what is due until a signal comes."""
    from common import poller  # noqa: PLC0415

    while True:
        poller.poll_once()
        time.sleep(PAUSE_SECONDS)


def fork(work: Callable[[], None], order: dict) -> int:
    """Start a child that is prepared as the order says; return its process id."""
    pid = os.fork()
    if pid:
        return pid
    status = 1
    try:
        prepare(order)
        work()
        status = 0
    finally:
        os._exit(status)


def prepare(order: dict) -> None:
    """Install the deadly step and the sabotage; wake-up calls get lost."""
    from common import wake  # noqa: PLC0415
    from tests.faults import sabotages, steps  # noqa: PLC0415

    wake._send = lambda task: None
    if sabotage := order.get("sabotage"):
        sabotages.SABOTAGES[sabotage]()
    if step := order.get("step"):
        steps.install(step)


def obey(order: dict) -> dict:
    """Carry out one order and return the answer."""
    if order["do"] == "start":
        return {"pid": fork(work_for_ever, order)}
    _, status = os.waitpid(fork(work_until_idle, order), 0)
    return {"ended": os.waitstatus_to_exitcode(status)}


def bury() -> None:
    """Take note of children that were killed, so that their process ids are free again."""
    with suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def main() -> None:
    """Obey until the orders end."""
    import django  # noqa: PLC0415

    django.setup()
    for line in sys.stdin:
        print(json.dumps(obey(json.loads(line))), flush=True)  # noqa: T201
        bury()


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    main()
