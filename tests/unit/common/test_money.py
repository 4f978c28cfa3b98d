from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.domain import money
from common.domain.money import format_money, minor_digits, to_minor


def test_minor_digits_is_none_for_won_and_two_for_pounds():
    assert minor_digits("KRW") == 0
    assert minor_digits("GBP") == 2


@pytest.mark.parametrize(
    ("amount", "currency", "text"),
    [
        (12_900, "KRW", "12,900원"),
        (0, "KRW", "0원"),
        (-1_234_567, "KRW", "-1,234,567원"),
        (12_900, "GBP", "£129.00"),
        (5, "GBP", "£0.05"),
        (-5, "GBP", "-£0.05"),
        (123_456_789, "GBP", "£1,234,567.89"),
    ],
)
def test_format_money_writes_as_people_do(amount, currency, text):
    assert format_money(amount, currency) == text


@pytest.mark.parametrize(
    ("value", "currency", "minor"),
    [
        ("12900", "KRW", 12_900),
        (" 12900.00 ", "KRW", 12_900),
        ("0.5", "KRW", 1),
        ("2.55", "GBP", 255),
        ("0.125", "GBP", 13),
        ("0.1249", "GBP", 12),
        ("-0.125", "GBP", -13),
        ("0.00499999999999999999999999999999999999", "GBP", 0),
        (Decimal("1.005"), "GBP", 101),
        (Decimal("1E+3"), "KRW", 1000),
        (Decimal("1E-999999"), "GBP", 0),
        ("0", "GBP", 0),
    ],
)
def test_to_minor_rounds_half_up(value, currency, minor):
    assert to_minor(value, currency) == minor


@pytest.mark.parametrize(
    "value",
    [
        *("", " ", "abc", "1,000", "1e3", "12원", "£1", "1.", ".5", "--1", "0x10", "1_000"),
        *("NaN", "Infinity", "１２", "٣", "1\n2"),
        *(Decimal("NaN"), Decimal("sNaN"), Decimal("-Infinity"), 1.5, 12, None, True),
    ],
)
def test_to_minor_refuses_what_is_no_amount(value):
    with pytest.raises(money.BadMoney):
        to_minor(value, "KRW")


@pytest.mark.parametrize("value", ["1" + "0" * 15, Decimal("1E+999999"), "9" * 40])
def test_to_minor_refuses_what_no_column_holds(value):
    with pytest.raises(money.MoneyTooLarge):
        to_minor(value, "KRW")


def test_to_minor_takes_the_largest_amount_in_minor_units():
    assert to_minor("9999999999999.99", "GBP") == money.LARGEST
    with pytest.raises(money.MoneyTooLarge):
        to_minor("9999999999999.995", "GBP")


@pytest.mark.parametrize("currency", ["USD", "krw", "", None, []])
def test_unknown_currencies_are_refused(currency):
    for ask in (
        lambda: minor_digits(currency),
        lambda: format_money(1, currency),
        lambda: to_minor("1", currency),
    ):
        with pytest.raises(money.UnknownCurrency):
            ask()


@pytest.mark.parametrize("amount", [1.0, True, "1", Decimal(1), None])
def test_format_money_takes_whole_numbers_only(amount):
    with pytest.raises(money.BadMoney):
        format_money(amount, "KRW")


@given(
    minor=st.integers(-money.LARGEST, money.LARGEST),
    currency=st.sampled_from(["KRW", "GBP"]),
)
def test_what_is_written_reads_back(minor, currency):
    plain = format_money(minor, currency).translate(str.maketrans("", "", ",원£"))

    assert to_minor(plain, currency) == minor
