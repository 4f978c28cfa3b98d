import csv
import json
from dataclasses import FrozenInstanceError
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.domain import days
from common.domain.holidays_kr import HolidaysUnknown, public_holidays
from orders.domain import statutes
from orders.domain.statutes import (
    RecordType,
    RefundCase,
    Statutory,
    WithdrawalBasis,
    delay_interest,
    refund_due,
    refund_due_moment,
    retention_until,
    supply_failure_refund_due,
    withdrawal_deadline,
)

CASES = Path(__file__).parents[2] / "data" / "law_cases.csv"
DATES = {"rule", "basis", "case", "record_type"}  # text that is no date
in_reach = st.dates(date(2020, 1, 1), date(2040, 12, 31))


def read_cases():
    with CASES.open(encoding="utf-8", newline="") as file:
        for number, row in enumerate(csv.DictReader(file), start=1):
            inputs = {key: as_date(key, value) for key, value in json.loads(row["inputs"]).items()}
            expected = int(row["expected"]) if row["expected"].isdigit() else row["expected"]
            if isinstance(expected, str):
                expected = date.fromisoformat(expected)
            yield pytest.param(
                row["rule"],
                inputs,
                Statutory(expected, row["article"]),
                id=f"{number}-{row['rule']}",
            )


def as_date(key, value):
    return date.fromisoformat(value) if isinstance(value, str) and key not in DATES else value


@pytest.mark.parametrize(("rule", "inputs", "expected"), list(read_cases()))
def test_statutes_agree_with_the_worked_case(rule, inputs, expected):
    assert getattr(statutes, rule)(**inputs) == expected


def test_there_are_55_worked_cases():
    assert len(list(read_cases())) == 55


def test_statutory_is_frozen():
    due = refund_due(case="goods_returned", trigger_date=date(2026, 4, 6))

    with pytest.raises(FrozenInstanceError):
        due.value = date(2026, 4, 10)


def by_hand(day):
    """Whether a day is off, from the official calendar."""
    return day.weekday() >= 5 or day in public_holidays(day.year)


@given(document=in_reach, goods=in_reach, agreed=st.none() | st.integers(1, 60))
def test_change_of_mind_ends_on_a_working_day_after_seven_days(document, goods, agreed):
    due = withdrawal_deadline(
        basis="change_of_mind",
        document_received=document,
        goods_supplied=goods,
        agreed_days=agreed,
    ).value

    earliest = max(document, goods) + timedelta(days=max(7, agreed or 0))
    assert due >= earliest
    assert not by_hand(due)
    passed = [earliest + timedelta(days=n) for n in range((due - earliest).days)]
    assert all(by_hand(day) for day in passed)


@pytest.mark.parametrize("fact", ["address_known", "obstruction_ended"])
@pytest.mark.parametrize(
    ("agreed", "end"),
    [(None, date(2026, 10, 21)), (7, date(2026, 10, 21)), (10, date(2026, 10, 26))],
)
def test_a_longer_agreed_period_counts_for_the_other_bases_of_the_paragraph(fact, agreed, end):
    basis = {"address_known": "no_document_or_address", "obstruction_ended": "obstruction"}[fact]

    due = withdrawal_deadline(basis=basis, agreed_days=agreed, **{fact: date(2026, 10, 14)})

    assert due.value == end
    assert ("더 긴 약정" in due.article) == (agreed == 10)


def test_an_agreed_period_leaves_goods_not_as_described_alone():
    facts = {"goods_supplied": date(2026, 3, 10), "known": date(2026, 3, 20)}

    assert withdrawal_deadline(basis="not_as_described", **facts) == withdrawal_deadline(
        basis="not_as_described", agreed_days=90, **facts
    )


@given(supplied=in_reach, known=st.integers(0, 120), could=st.none() | st.integers(0, 120))
def test_not_as_described_ends_with_the_earlier_limit(supplied, known, could):
    known_on = supplied + timedelta(days=known)
    could_on = None if could is None else supplied + timedelta(days=could)

    due = withdrawal_deadline(
        basis="not_as_described", goods_supplied=supplied, known=known_on, could_have_known=could_on
    ).value

    first = min(day for day in (known_on, could_on) if day)
    assert not by_hand(due)
    assert due >= min(first + timedelta(days=30), supplied + timedelta(days=89))
    assert due <= first + timedelta(days=30 + 12)
    assert due <= supplied + timedelta(days=92 + 12)


def test_not_as_described_takes_either_way_of_knowing():
    facts = {"basis": "not_as_described", "goods_supplied": date(2026, 8, 3)}

    assert withdrawal_deadline(**facts, could_have_known=date(2026, 8, 5)) == withdrawal_deadline(
        **facts, known=date(2026, 8, 5)
    )


@given(trigger=in_reach)
def test_refund_is_due_on_the_third_business_day(trigger):
    due = refund_due(case="goods_returned", trigger_date=trigger).value

    passed = [trigger + timedelta(days=n) for n in range(1, (due - trigger).days + 1)]
    assert sum(not by_hand(day) for day in passed) == 3
    assert not by_hand(due)
    assert supply_failure_refund_due(paid_on=trigger).value == due


def test_holidays_of_the_caller_replace_the_public_ones():
    children_day, temporary = date(2026, 5, 5), date(2026, 5, 8)

    assert refund_due(
        case="goods_returned", trigger_date=date(2026, 5, 4), holidays={children_day, temporary}
    ).value == date(2026, 5, 11)
    assert supply_failure_refund_due(paid_on=date(2026, 5, 4), holidays=set()).value == date(
        2026, 5, 7
    )
    assert withdrawal_deadline(
        basis="obstruction", obstruction_ended=date(2026, 4, 28), holidays={children_day}
    ).value == date(2026, 5, 6)


@given(amount=st.integers(0, 10**12), late=st.integers(-400, 4000), rate=st.integers(0, 40))
def test_delay_interest_is_the_floor_of_the_exact_amount(amount, late, rate):
    due_on = date(2026, 6, 5)

    won = delay_interest(
        amount_krw=amount,
        due_on=due_on,
        refunded_on=due_on + timedelta(days=late),
        annual_rate_percent=rate,
    ).value

    exact = Fraction(amount) * rate * max(late, 0) / 36500
    assert isinstance(won, int)
    assert 0 <= exact - won < 1


def test_delay_interest_takes_another_rate_and_basis_and_says_the_rate():
    facts = {"due_on": date(2028, 1, 1), "refunded_on": date(2028, 12, 31)}  # 365 days late

    leap = delay_interest(amount_krw=366_000, day_count_basis=366, **facts)
    half = delay_interest(amount_krw=100_000, annual_rate_percent=Decimal("12.5"), **facts)

    assert leap.value == 54_750
    assert half.value == 12_500
    assert "(연 12.5%)" in half.article
    assert "(연 15%)" in leap.article


@pytest.mark.parametrize(
    ("_case", "refusal", "wrong"),
    [
        ("negative amount", statutes.BadAmount, {"amount_krw": -1}),
        ("fraction of a won", statutes.BadAmount, {"amount_krw": 1.0}),
        ("true", statutes.BadAmount, {"amount_krw": True}),
        ("negative rate", statutes.BadRate, {"annual_rate_percent": -1}),
        ("float rate", statutes.BadRate, {"annual_rate_percent": 15.0}),
        ("no number", statutes.BadRate, {"annual_rate_percent": Decimal("NaN")}),
        ("endless", statutes.BadRate, {"annual_rate_percent": Decimal("Infinity")}),
        ("text", statutes.BadRate, {"annual_rate_percent": "15"}),
        ("no days in a year", days.BadLength, {"day_count_basis": 0}),
        ("text for a day", days.NotADay, {"due_on": "2026-06-05"}),
        ("moment for a day", days.NotADay, {"refunded_on": datetime(2026, 6, 5, tzinfo=UTC)}),
    ],
)
def test_delay_interest_refuses_nonsense(_case, refusal, wrong):
    facts = {"amount_krw": 1000, "due_on": date(2026, 6, 5), "refunded_on": date(2026, 6, 6)}

    with pytest.raises(refusal) as refused:
        delay_interest(**{**facts, **wrong})
    assert str(refused.value)


@pytest.mark.parametrize(
    ("basis", "given_facts", "missing"),
    [
        ("change_of_mind", {"goods_supplied"}, "document_received"),
        ("change_of_mind", {"document_received"}, "goods_supplied"),
        ("no_document_or_address", {"goods_supplied"}, "address_known"),
        ("obstruction", {"address_known"}, "obstruction_ended"),
        ("not_as_described", {"known"}, "goods_supplied"),
        ("not_as_described", {"goods_supplied"}, "known / could_have_known"),
    ],
)
def test_withdrawal_names_the_fact_its_basis_misses(basis, given_facts, missing):
    facts = dict.fromkeys(given_facts, date(2026, 6, 1))

    with pytest.raises(statutes.FactMissing) as refused:
        withdrawal_deadline(basis=basis, **facts)

    assert refused.value.facts == {"basis": basis, "missing": missing}


def test_a_defect_cannot_be_known_before_the_goods_came():
    with pytest.raises(statutes.KnownBeforeSupply):
        withdrawal_deadline(
            basis="not_as_described",
            goods_supplied=date(2026, 6, 2),
            known=date(2026, 6, 5),
            could_have_known=date(2026, 6, 1),
        )


@pytest.mark.parametrize("agreed", [0, -7, 14.0, True, "14"])
def test_an_agreed_period_is_a_whole_number_of_days(agreed):
    with pytest.raises(days.BadLength):
        withdrawal_deadline(
            basis="obstruction", obstruction_ended=date(2026, 6, 1), agreed_days=agreed
        )


@pytest.mark.parametrize("kind", ["", "GOODS_RETURNED", "other", None, 1])
def test_unknown_kinds_are_refused_with_the_known_ones(kind):
    day = date(2026, 6, 1)
    for ask, known in (
        (lambda: withdrawal_deadline(basis=kind, goods_supplied=day), WithdrawalBasis),
        (lambda: refund_due(case=kind, trigger_date=day), RefundCase),
        (lambda: retention_until(record_type=kind, record_date=day), RecordType),
    ):
        with pytest.raises(statutes.UnknownKind) as refused:
            ask()
        assert refused.value.facts["known"] == ", ".join(known)


@pytest.mark.parametrize("day", [None, "2026-06-01", datetime(2026, 6, 1, tzinfo=UTC)])
def test_only_plain_dates_are_taken(day):
    for ask in (
        lambda: refund_due(case="goods_returned", trigger_date=day),
        lambda: supply_failure_refund_due(paid_on=day),
        lambda: retention_until(record_type="payment_or_supply", record_date=day),
        lambda: refund_due_moment(day),
    ):
        with pytest.raises(days.NotADay):
            ask()


def test_years_without_known_holidays_are_refused_rather_than_counted_wrong():
    with pytest.raises(HolidaysUnknown):
        refund_due(case="goods_returned", trigger_date=date(2100, 12, 31))


def test_every_case_and_record_type_has_its_rule():
    assert set(statutes.REFUND_ARTICLES) == set(RefundCase)
    assert set(statutes.RETENTION_MONTHS) == set(RecordType)


def test_arguments_are_named():
    with pytest.raises(TypeError):
        refund_due("goods_returned", date(2026, 6, 1))
    with pytest.raises(TypeError):
        supply_failure_refund_due(date(2026, 6, 1))


def test_refund_due_moment_is_the_end_of_the_day_in_seoul():
    moment = refund_due_moment(date(2026, 6, 5))

    assert moment == datetime(2026, 6, 5, 15, tzinfo=UTC)
    assert moment.tzinfo is UTC
    with pytest.raises(days.DayOutOfReach):
        refund_due_moment(date.max)
