"""Reasons ask for what they need, and buyers are not offered what only the seller knows."""

import pytest

from orders.domain import reasons
from orders.domain.reasons import REASONS, DetailMissing, DetailTooLong, ReasonCode, UnknownReason


def test_every_code_has_its_reason_with_both_labels():
    assert set(REASONS) == set(ReasonCode)
    assert all(r.label("ko") != r.label("en") and r.label("ko") for r in REASONS.values())


@pytest.mark.parametrize("code", ["", "NOPE", "SOLD_OUT"])
def test_reason_for_refuses_buyers(code):
    with pytest.raises(UnknownReason):
        reasons.reason_for(code, by_buyer=True)


def test_reason_for_lets_staff_say_sold_out():
    assert reasons.reason_for("SOLD_OUT", by_buyer=False).fault == "SELLER"


@pytest.mark.parametrize("reason", [r for r in REASONS.values() if r.required])
def test_checked_details_asks_for_everything_required(reason):
    with pytest.raises(DetailMissing) as refused:
        reasons.checked_details(reason, {d.value: "  " for d in reason.required})
    assert all(d.value in refused.value.facts["fields"] for d in reason.required)
    given = {d.value: " 검정  L " for d in reason.required}
    assert set(reasons.checked_details(reason, given)) == {d.value for d in reason.required}


def test_checked_details_keeps_known_fields_only_and_bounds_them():
    reason = REASONS[ReasonCode.CHANGED_MIND]
    assert reasons.checked_details(reason, {"description": " a\n b ", "evil": "x"}) == {
        "description": "a\n b"
    }
    with pytest.raises(DetailTooLong):
        reasons.checked_details(reason, {"description": "x" * 1001})
