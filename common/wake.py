"""Wake-up calls: after the commit, tell a worker to look at the table. Losing one is harmless."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import partial

import structlog
from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError

log = structlog.get_logger("common.wake")

_silent: ContextVar[bool] = ContextVar("silent", default=False)


@contextmanager
def silence() -> Iterator[None]:
    """Wake nobody from here: the caller does the work by itself."""
    token = _silent.set(True)
    try:
        yield
    finally:
        _silent.reset(token)


def after_commit(task: str) -> None:
    """Send `task` once the transaction is committed, once a transaction."""
    if _silent.get():
        return
    connection = transaction.get_connection()
    waiting = {
        getattr(entry[1], "args", (None,))[0]
        for entry in connection.run_on_commit
        if isinstance(entry[1], partial) and entry[1].func is _send
    }
    if task not in waiting:
        transaction.on_commit(partial(_send, task), robust=True)


def _send(task: str) -> None:
    try:
        current_app.send_task(task, retry=False, ignore_result=True)
    except (OperationalError, OSError) as error:
        # The poller in the worker finds the row within seconds.
        log.warning("wake_up_call_lost", task=task, error=type(error).__name__)
