"""Stock is never negative; what is oversold is shortage."""

from hypothesis import given
from hypothesis import strategies as st

from orders.domain import stock


@given(changes=st.lists(st.integers(-50, 50), max_size=60))
def test_after_keeps_the_sum_and_neither_side_negative(changes):
    on_hand = shortage = 0
    for change in changes:
        on_hand, shortage = stock.after(on_hand, shortage, change)
        assert on_hand >= 0
        assert shortage >= 0
        assert not (on_hand and shortage)
    assert on_hand - shortage == sum(changes)
