"""Counting in windows, atomically."""

from datetime import timedelta

import pytest

from common import throttle
from common.models import Rate
from common.throttle import TooOften
from tests.factories.rows import MONDAY


def test_hit_refuses_beyond_the_limit_until_the_window_ends(db):
    for _ in range(3):
        throttle.hit("k", limit=3, seconds=60, at=MONDAY)
    with pytest.raises(TooOften) as refused:
        throttle.hit("k", limit=3, seconds=60, at=MONDAY + timedelta(seconds=20))
    assert refused.value.facts == {"seconds": 40}
    assert Rate.objects.get().count == 3
    throttle.hit("other", limit=1, seconds=60, at=MONDAY)
    throttle.hit("k", limit=3, seconds=60, at=MONDAY + timedelta(seconds=60))


def test_check_does_not_count(db):
    throttle.check("k", limit=1, seconds=60, at=MONDAY)
    throttle.check("k", limit=1, seconds=60, at=MONDAY)
    assert not Rate.objects.exists()
    throttle.hit("k", limit=1, seconds=60, at=MONDAY)
    with pytest.raises(TooOften):
        throttle.check("k", limit=1, seconds=60, at=MONDAY)
