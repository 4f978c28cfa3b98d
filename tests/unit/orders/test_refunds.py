"""How much goes back, which steps a refund may take, and what an approval covers."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orders.domain import refunds
from orders.domain.refunds import (
    FINAL,
    LIVE,
    MOVES,
    Authorisation,
    IllegalRefundMove,
    LineMoney,
    NothingToRefund,
    RefundState,
)


@given(
    paid=st.integers(0, 10**12),
    parts=st.lists(st.integers(1, 50), min_size=1, max_size=12),
    kept=st.integers(0, 20),
)
def test_amount_for_adds_up_to_the_floor_of_the_whole(paid, parts, kept):
    total = sum(parts) + kept
    money, done = LineMoney(quantity=total, paid=paid), 0
    for part in parts:
        amount = refunds.amount_for(money, part)
        done += part
        money = replace(
            money,
            refunded_quantity=money.refunded_quantity + part,
            refunded_amount=money.refunded_amount + amount,
        )
        assert money.refunded_amount == paid * done // total
    if not kept:
        assert money.refunded_amount == paid


@pytest.mark.parametrize(
    ("_case", "money", "quantity", "amount"),
    [
        ("a third", LineMoney(3, 10_000), 1, 3333),
        ("the next third", LineMoney(3, 10_000, 0, 0, 1, 3333), 1, 3333),
        ("the last third", LineMoney(3, 10_000, 0, 0, 2, 6666), 1, 3334),
        ("while one is on its way", LineMoney(3, 10_000, 1, 3333), 2, 6667),
        ("free of charge", LineMoney(2, 0), 2, 0),
        ("more was given back elsewhere", LineMoney(2, 1000, 0, 0, 1, 900), 1, 100),
        ("all was given back elsewhere", LineMoney(2, 1000, 0, 0, 1, 1000), 1, 0),
    ],
)
def test_amount_for(_case, money, quantity, amount):
    assert refunds.amount_for(money, quantity) == amount


@pytest.mark.parametrize("quantity", [0, -1, 4, 2**31, True])
def test_amount_for_refuses_units_that_are_not_there(quantity):
    with pytest.raises(NothingToRefund):
        refunds.amount_for(LineMoney(3, 10_000), quantity)


@pytest.mark.parametrize("state", RefundState)
@pytest.mark.parametrize("wanted", RefundState)
def test_require_move_is_the_table(state, wanted):
    if wanted in MOVES[state]:
        refunds.require_move(state, wanted)
    else:
        with pytest.raises(IllegalRefundMove):
            refunds.require_move(state, wanted)


def test_final_states_lead_nowhere_and_a_person_never_sends():
    assert all(not MOVES[state] for state in FINAL)
    assert set(RefundState) == FINAL | LIVE
    assert RefundState.SENDING not in MOVES[RefundState.NEEDS_HUMAN]
    senders = {state for state, to in MOVES.items() if RefundState.SENDING in to}
    assert senders == {RefundState.PLANNED, RefundState.UNKNOWN}


AUTHORISED = Authorisation(1, 2, 3, "DIRECT", 1, 5000, 0, "CHANGED_MIND")


@pytest.mark.parametrize(
    "change",
    [
        {"line_id": 9}, {"claim_id": 9}, {"claim_version": 4}, {"kind": "APPROVE"},
        {"quantity": 2}, {"amount": 5001}, {"delivery_amount": 1}, {"reason": "OTHER"},
    ],
)  # fmt: skip
def test_digest_changes_with_every_field(change):
    assert replace(AUTHORISED, **change).digest != AUTHORISED.digest
    assert replace(AUTHORISED).digest == AUTHORISED.digest
