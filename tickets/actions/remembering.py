"""What counts for a store, looked up once for many tickets."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import TypeVar

from orders.models import Store

V = TypeVar("V")

_known: ContextVar[dict[tuple[object, int], object] | None] = ContextVar("known", default=None)


@contextmanager
def remembered() -> Iterator[None]:
    """Look each policy and calendar up once in here; for one transaction, not for long."""
    token = _known.set({})
    try:
        yield
    finally:
        _known.reset(token)


def remember(look_up: Callable[[Store], V]) -> Callable[[Store], V]:
    """Let a look-up by store answer from memory inside `remembered()`."""

    @wraps(look_up)
    def answer(store: Store) -> V:
        known = _known.get()
        if known is None:
            return look_up(store)
        key = (look_up, store.pk)
        if key not in known:
            known[key] = look_up(store)
        return known[key]  # type: ignore[return-value]

    return answer
