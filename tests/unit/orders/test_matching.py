"""What a cancellation takes, and from which lines."""

from collections import defaultdict
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orders.domain.matching import Offer, take
from orders.importing.rows import Cancellation, Reject, RetailLine
from orders.importing.worklist import Worklist

BEGAN = datetime(2011, 3, 1, 9, tzinfo=UTC)


def offers(*free):
    return [Offer(n, units) for n, units in enumerate(free)]


@pytest.mark.parametrize(
    ("_case", "quantity", "free", "parts", "left"),
    [
        ("one line is enough", 2, (5, 5), [(0, 2)], 0),
        ("all of a line", 5, (5, 5), [(0, 5)], 0),
        ("over several lines", 7, (5, 1, 9), [(0, 5), (1, 1), (2, 1)], 0),
        ("an empty line is passed over", 3, (0, 4), [(1, 3)], 0),
        ("more than there is", 9, (2, 3), [(0, 2), (1, 3)], 4),
        ("nothing to take from", 4, (), [], 4),
    ],
)
def test_take_takes_in_the_order_offered(_case, quantity, free, parts, left):
    match = take(quantity, offers(*free))

    assert [(part.line, part.free) for part in match.parts] == parts
    assert match.left == left


def test_take_looks_at_no_more_offers_than_it_needs():
    seen = []

    def watched():
        for offer in offers(1, 1, 1):
            seen.append(offer.line)
            yield offer

    take(2, watched())

    assert seen == [0, 1]


def line(row, quantity, *, minutes=0, sku="10001", customer="7"):
    at = BEGAN + timedelta(minutes=minutes)
    return RetailLine(row, f"{row}/{sku}/1", str(row), sku, sku, quantity, 100, at, customer)


def cancellation(row, quantity, *, minutes=0, sku="10001", customer="7"):
    at = BEGAN + timedelta(minutes=minutes)
    return Cancellation(row, f"C{row}", sku, quantity, at, customer)


def worklist(items):
    work = Worklist()
    work.add_cancellations(i for i in items if not isinstance(i, RetailLine))
    work.add_lines(i for i in items if isinstance(i, RetailLine))
    return work


def test_worklist_yields_cancellations_by_moment_then_row():
    items = [
        cancellation(5, 1, minutes=9),
        cancellation(9, 1, minutes=3),
        cancellation(7, 1, minutes=3),
    ]
    with worklist(items) as work:
        assert [c.row for c in work.cancellations()] == [7, 9, 5]
        assert [c.row for c in work.cancellations(skip=1)] == [9, 5]
        assert next(work.cancellations()) == items[2]


def test_worklist_counts_what_was_rejected():
    with worklist(
        [Reject(1, "no_customer", ""), Reject(2, "no_customer", ""), cancellation(3, 4)]
    ) as work:
        assert (dict(work.rejected), work.count, work.units) == ({"no_customer": 2}, 1, 4)


def test_worklist_offers_earlier_lines_of_customer_and_product_latest_first():
    wanted = cancellation(6, 1, minutes=5)
    items = [
        line(1, 1, minutes=5), line(2, 1, minutes=1), line(3, 1, minutes=5), wanted,
        line(8, 1, minutes=5), line(4, 1, minutes=6), line(5, 1, sku="10002"),
        line(9, 1, customer="8"),
    ]  # fmt: skip
    with worklist(items) as work:
        assert [c.row for c in work.candidates(wanted)] == [3, 1, 2]
        work.strike([c for c in work.candidates(wanted) if c.row == 3])
        assert [c.row for c in work.candidates(wanted)] == [1, 2]


def test_worklist_adds_up_what_matched_nothing():
    with worklist([cancellation(1, 3), cancellation(2, 5), cancellation(3, 2)]) as work:
        work.note_matched(iter([(3, 1), (2, 2), (1, 2)]))
        assert work.unmatched() == (2, 4)


ITEM = st.tuples(
    st.booleans(),
    st.integers(1, 6),
    st.integers(0, 5),
    st.sampled_from("12"),
    st.sampled_from("78"),
)


def reference(items):
    """Match in memory, as the rules read: {(cancellation row, line row): units}."""
    left = {i.row: i.quantity for i in items if isinstance(i, RetailLine)}
    taken = defaultdict(int)
    wanted = [i for i in items if isinstance(i, Cancellation)]
    for one in sorted(wanted, key=lambda c: (c.at, c.row)):
        units = one.quantity
        earlier = [
            i for i in items
            if isinstance(i, RetailLine) and (i.sku, i.customer) == (one.sku, one.customer)
            and (i.ordered_at, i.row) < (one.at, one.row)
        ]  # fmt: skip
        for i in sorted(earlier, key=lambda i: (i.ordered_at, i.row), reverse=True):
            some = min(units, left[i.row])
            left[i.row] -= some
            units -= some
            taken[one.row, i.row] += some
    return {pair: units for pair, units in taken.items() if units}


@given(st.lists(ITEM, max_size=40))
def test_worklist_and_take_match_as_the_rules_read(drawn):
    items = [
        (cancellation if is_cancel else line)(
            row, units, minutes=at, sku=f"1000{sku}", customer=who
        )
        for row, (is_cancel, units, at, sku, who) in enumerate(drawn)
    ]
    left = {i.row: i.quantity for i in items if isinstance(i, RetailLine)}
    found = {}
    with worklist(items) as work:
        for one in work.cancellations():
            match = take(one.quantity, (Offer(c.row, left[c.row]) for c in work.candidates(one)))
            for part in match.parts:
                left[part.line] -= part.free
                found[one.row, part.line] = part.free
            work.strike(c for c in list(work.candidates(one)) if left[c.row] == 0)

    assert found == reference(items)
