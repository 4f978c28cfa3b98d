"""What the refund executor does next; pure, so that every answer class is a line of a test.

Source: the refund protocol and "States of a refund".
"""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from orders.domain.refunds import MAX_SENDS, Cause


class Do(StrEnum):
    """The executor's next act."""

    SEND = "SEND"
    CONFIRM = "CONFIRM"
    VOID = "VOID"
    REFUSE = "REFUSE"
    WAIT = "WAIT"
    UNKNOWN = "UNKNOWN"
    PLAN_AGAIN = "PLAN_AGAIN"
    ASK_HUMAN = "ASK_HUMAN"


@dataclass(frozen=True, slots=True)
class Next:
    """An act, with the cause of an end or the time to wait."""

    do: Do
    cause: Cause | None = None
    wait: timedelta = timedelta()


@dataclass(frozen=True, slots=True)
class Reading:
    """What a fresh look at the line says. `done`: this very operation; None: cannot tell."""

    done: bool | None
    withdrawn: bool = False
    forced: bool = False
    shipped: bool = False


HOLD_AFTER_PROVED_NOT_DONE = timedelta(seconds=30)


def before_sending(reading: Reading, *, authorised: bool, expired: bool) -> Next:
    """Decide for a PLANNED refund, after its line was read under the lease."""
    if reading.done:
        return Next(Do.CONFIRM)
    for stop, cause in (
        (reading.withdrawn, Cause.WITHDRAWN),
        (reading.forced, Cause.FORCED),
        (reading.shipped, Cause.SHIPPED),
        # The approval was for something else than what stands there now, or too long ago.
        (not authorised or expired, Cause.EXPIRED),
    ):
        if stop:
            return Next(Do.VOID, cause)
    return Next(Do.SEND)


def after_proved_not_done(sends: int) -> Next:
    """Decide after 401, 403 or 429: hold and plan again, at most three sends."""
    if sends >= MAX_SENDS:
        return Next(Do.VOID, Cause.TOO_MANY_SENDS)
    return Next(Do.PLAN_AGAIN, wait=HOLD_AFTER_PROVED_NOT_DONE)


def after_reading_unknown(reading: Reading, *, sends: int) -> Next:
    """Decide for an UNKNOWN refund of a channel that knows its operations by op_id.

    A ledger of our own answers at once, so there is no quiet time: done, or send again. A
    channel that cannot tell whether the operation is done is never sent to again from here.
    """
    if reading.done:
        return Next(Do.CONFIRM)
    if reading.done is None:
        return Next(Do.ASK_HUMAN)
    if reading.shipped:
        return Next(Do.REFUSE, Cause.SHIPPED)
    if reading.withdrawn or reading.forced:
        return Next(Do.REFUSE, Cause.GONE)
    return Next(Do.SEND) if sends < MAX_SENDS else Next(Do.ASK_HUMAN)
