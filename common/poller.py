"""The worker's own look at the tables: the same work as the tasks, with no broker needed."""

import threading
from collections.abc import Callable

import structlog
from celery.signals import worker_ready, worker_shutting_down
from django.conf import settings
from django.db import close_old_connections

log = structlog.get_logger("common.poller")

_work: list[Callable[[], object]] = []
_stop = threading.Event()


def register(work: Callable[[], object]) -> None:
    """Run `work` every POLL_SECONDS in one thread of the worker; it must be safe to run twice."""
    if work not in _work:
        _work.append(work)


def poll_once() -> None:
    """Do every registered work once; a failing one never stops the others."""
    for work in _work:
        close_old_connections()
        try:
            work()
        except Exception:
            log.exception("poll_failed", work=getattr(work, "__name__", repr(work)))
        finally:
            close_old_connections()


def _run() -> None:
    while not _stop.wait(settings.POLL_SECONDS):
        poll_once()


@worker_ready.connect
def start(**_: object) -> None:
    """Start polling once the worker's pool stands."""
    _stop.clear()
    threading.Thread(target=_run, name="poller", daemon=True).start()


@worker_shutting_down.connect
def stop(**_: object) -> None:
    """Stop after the round that is under way."""
    _stop.set()
