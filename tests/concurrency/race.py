"""Threads that meet at one point of the code, so that a race happens every time or never.

Nobody sleeps and hopes: a thread that reaches the point waits there until every other one has
reached it too, waits for a lock in the database, or has ended. With the lock in place the first
one goes through alone; with the lock taken out they all go through together.
"""

import threading
import time
from collections.abc import Callable
from enum import Enum
from pkgutil import resolve_name

import pytest
from django.db import connection

PATIENCE_SECONDS = 15.0
LOOK_AGAIN_SECONDS = 0.005
BLOCKED = """
    SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND wait_event_type = 'Lock'
"""


class Where(Enum):
    """What a thread is doing."""

    RUNNING = 1
    AT_THE_POINT = 2
    ENDED = 3


class Race:
    """Calls that run at once and meet. Use: `meet_after`, or `meet_before`, then `run`."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._monkeypatch = monkeypatch
        self._changed = threading.Condition()
        self._where: dict[int, Where] = {}
        self._met: dict[tuple[int, str], int] = {}
        self._round = 0
        self._eye = connection.copy()
        self._eye.inc_thread_sharing()

    def meet_after(
        self, point: str, *, times: int = 1, when: Callable[[], bool] = lambda: True
    ) -> None:
        """Let the threads meet when `point`, a dotted name, returns; `times` times each."""
        original = resolve_name(point)

        def meeting(*args, **kwargs):
            result = original(*args, **kwargs)
            if when():
                self.meet(point, times)
            return result

        self._monkeypatch.setattr(point, meeting)

    def meet_before(self, point: str, *, times: int = 1) -> None:
        """Let the threads meet when `point` is called."""
        original = resolve_name(point)

        def meeting(*args, **kwargs):
            self.meet(point, times)
            return original(*args, **kwargs)

        self._monkeypatch.setattr(point, meeting)

    def run(self, *calls: Callable[[], object]) -> list[object]:
        """Run the calls at once; return what each returned or raised, in their order."""
        outcomes: list[object] = [None] * len(calls)
        start = threading.Barrier(len(calls))

        def one(n: int, call: Callable[[], object]) -> None:
            self._now(Where.RUNNING)
            start.wait()
            try:
                outcomes[n] = call()
            except Exception as error:  # noqa: BLE001 - what it raised is what we look at
                outcomes[n] = error
            finally:
                connection.close()
                self._now(Where.ENDED)

        threads = [
            threading.Thread(target=one, args=(n, call), daemon=True)
            for n, call in enumerate(calls)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(PATIENCE_SECONDS * 2)
        assert not any(thread.is_alive() for thread in threads), "a thread hangs"
        self._where.clear()
        self._met.clear()
        self._eye.close()
        return outcomes

    def _now(self, where: Where) -> None:
        with self._changed:
            self._where[threading.get_ident()] = where
            self._changed.notify_all()

    def meet(self, point: str, times: int = 1) -> None:
        """Wait at `point` for the others, if this thread is one of the race."""
        me = threading.get_ident()
        if me not in self._where:
            return  # the test itself, before or after the race
        met = self._met[me, point] = self._met.get((me, point), 0) + 1
        if met > times:
            return
        give_up = time.monotonic() + PATIENCE_SECONDS
        with self._changed:
            self._where[me] = Where.AT_THE_POINT
            arrived_in = self._round
            while self._round == arrived_in and not self._all_accounted_for():
                assert time.monotonic() < give_up, f"nobody else came to {point}"
                self._changed.wait(LOOK_AGAIN_SECONDS)
            if self._round == arrived_in:
                self._let_go()

    def _all_accounted_for(self) -> bool:
        running = list(self._where.values()).count(Where.RUNNING)
        return running == 0 or running <= self._blocked()

    def _blocked(self) -> int:
        with self._eye.cursor() as cursor:
            cursor.execute(BLOCKED)
            return cursor.fetchone()[0]

    def _let_go(self) -> None:
        """Let everybody who is at the point go on."""
        self._round += 1
        for thread, where in self._where.items():
            if where is Where.AT_THE_POINT:
                self._where[thread] = Where.RUNNING
        self._changed.notify_all()
