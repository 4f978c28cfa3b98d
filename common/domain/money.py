"""Money as whole minor units of a currency: won has none smaller, a pound has 100 pence."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal
from types import MappingProxyType
from typing import Final

from common.errors import Refused, gettext_noop

LARGEST: Final = 10**15 - 1
"""The largest amount either way: fits a 64-bit column and a JavaScript number."""

_PLAIN: Final = re.compile(r"[+-]?[0-9]{1,40}(?:\.[0-9]{1,40})?", re.ASCII)
_WIDE: Final = Context(prec=100)  # moves the point without rounding


@dataclass(frozen=True, slots=True)
class Currency:
    """How a currency is counted and written."""

    digits: int
    before: str = ""
    after: str = ""


CURRENCIES: Final[Mapping[str, Currency]] = MappingProxyType(
    {"KRW": Currency(0, after="원"), "GBP": Currency(2, before="£")}
)


class MoneyRefused(Refused):
    code = "money_refused"
    wording = gettext_noop("This is no amount of money.")
    status = 400


class UnknownCurrency(MoneyRefused):
    code = "unknown_currency"
    wording = gettext_noop("The currency %(currency)s is not known.")


class BadMoney(MoneyRefused):
    code = "bad_money"
    wording = gettext_noop("%(amount)s is not an amount written in digits.")


class MoneyTooLarge(MoneyRefused):
    code = "money_too_large"
    wording = gettext_noop("The amount %(amount)s is too large.")


def minor_digits(currency: str) -> int:
    """Return how many decimals a currency (ISO 4217) has."""
    return _currency(currency).digits


def format_money(amount: int, currency: str) -> str:
    """Return minor units as people write them: 12,900원, £129.00, -£0.05."""
    style = _currency(currency)
    if not isinstance(amount, int) or isinstance(amount, bool):
        raise BadMoney(amount=str(amount))
    whole, rest = divmod(abs(amount), 10**style.digits)
    decimals = f".{rest:0{style.digits}}" if style.digits else ""
    return f"{'-' if amount < 0 else ''}{style.before}{whole:,}{decimals}{style.after}"


def to_minor(value: str | Decimal, currency: str) -> int:
    """Return a decimal amount in minor units, halves away from zero.

    Takes plain ASCII digits or a Decimal: no thousands marks, exponents, signs of currency.
    """
    digits = minor_digits(currency)
    exact = _decimal(value)
    if exact.adjusted() + digits > 15:  # before any arithmetic: an exponent can be astronomic
        raise MoneyTooLarge(amount=str(value)[:40])
    minor = int(exact.scaleb(digits, _WIDE).to_integral_value(ROUND_HALF_UP))
    if abs(minor) > LARGEST:
        raise MoneyTooLarge(amount=str(value)[:40])
    return minor


def _currency(code: str) -> Currency:
    try:
        return CURRENCIES[code]
    except (KeyError, TypeError):
        raise UnknownCurrency(currency=str(code)) from None


def _decimal(value: str | Decimal) -> Decimal:
    if isinstance(value, Decimal) and value.is_finite():
        return value
    if isinstance(value, str) and _PLAIN.fullmatch(value.strip()):
        return Decimal(value.strip())
    raise BadMoney(amount=str(value)[:40])
