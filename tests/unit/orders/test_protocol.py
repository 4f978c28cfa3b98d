"""The executor's decisions, one line each."""

import pytest

from orders.domain import protocol
from orders.domain.protocol import Do, Next, Reading
from orders.domain.refunds import Cause

OPEN = Reading(done=False)


@pytest.mark.parametrize(
    ("_case", "reading", "authorised", "expired", "expected"),
    [
        ("all in order", OPEN, True, False, Next(Do.SEND)),
        ("already done", Reading(done=True), True, False, Next(Do.CONFIRM)),
        ("done, though expired", Reading(done=True), True, True, Next(Do.CONFIRM)),
        ("withdrawn", Reading(False, withdrawn=True), True, False, Next(Do.VOID, Cause.WITHDRAWN)),
        ("forced", Reading(False, forced=True), True, False, Next(Do.VOID, Cause.FORCED)),
        ("shipped", Reading(False, shipped=True), True, False, Next(Do.VOID, Cause.SHIPPED)),
        ("other than approved", OPEN, False, False, Next(Do.VOID, Cause.EXPIRED)),
        ("too long ago", OPEN, True, True, Next(Do.VOID, Cause.EXPIRED)),
    ],
)
def test_before_sending(_case, reading, authorised, expired, expected):
    assert protocol.before_sending(reading, authorised=authorised, expired=expired) == expected


@pytest.mark.parametrize(
    ("_case", "reading", "sends", "expected"),
    [
        ("it was done", Reading(done=True), 1, Next(Do.CONFIRM)),
        ("the ledger lacks it", OPEN, 1, Next(Do.SEND)),
        ("after two sends", OPEN, 2, Next(Do.SEND)),
        ("never a fourth", OPEN, 3, Next(Do.ASK_HUMAN)),
        ("nobody can tell", Reading(done=None), 1, Next(Do.ASK_HUMAN)),
        ("shipped meanwhile", Reading(False, shipped=True), 1, Next(Do.REFUSE, Cause.SHIPPED)),
        ("withdrawn meanwhile", Reading(False, withdrawn=True), 1, Next(Do.REFUSE, Cause.GONE)),
    ],
)
def test_after_reading_unknown(_case, reading, sends, expected):
    assert protocol.after_reading_unknown(reading, sends=sends) == expected


def test_after_proved_not_done_holds_twice_and_gives_up_at_the_third_send():
    assert protocol.after_proved_not_done(1).do is Do.PLAN_AGAIN
    assert protocol.after_proved_not_done(2).wait == protocol.HOLD_AFTER_PROVED_NOT_DONE
    assert protocol.after_proved_not_done(3) == Next(Do.VOID, Cause.TOO_MANY_SENDS)
