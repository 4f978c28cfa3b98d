"""What Korean consumer law says about dates and interest. Facts, not legal advice.

Source: 전자상거래 등에서의 소비자보호에 관한 법률 (Act No. 21312), its 시행령 (Decree No. 36507),
민법 §155-161. Every day is a calendar day in Asia/Seoul.
"""

from collections.abc import Container, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from types import MappingProxyType
from typing import Final, Generic, TypeVar
from zoneinfo import ZoneInfo

from common.domain.days import (
    DayOutOfReach,
    after_business_days,
    after_days,
    after_months,
    checked_day,
    checked_length,
    next_business_day,
)
from common.domain.holidays_kr import PUBLIC_HOLIDAYS
from common.errors import Refused, gettext_noop

SEOUL: Final = ZoneInfo("Asia/Seoul")

WITHDRAWAL_DAYS: Final = 7  # §17①
MISDESCRIBED_MONTHS: Final = 3  # §17③, from supply
MISDESCRIBED_DAYS: Final = 30  # §17③, from knowing
REFUND_BUSINESS_DAYS: Final = 3  # §18②, §15②

_COUNTING: Final = "민법 §157,§161"
_LONGER_AGREED: Final = "전자상거래법 §17① 본문(더 긴 약정)·§35 / 민법 §157"
_MISDESCRIBED: Final = "전자상거래법 §17③ / 법제처 14-0404·20-0108 / 민법 §157,§160,§161"
_RETENTION: Final = "전자상거래법 §6 / 시행령 §6① / 민법 §157,§160"


class WithdrawalBasis(StrEnum):
    """Why the buyer may withdraw (§17)."""

    CHANGE_OF_MIND = "change_of_mind"
    NO_DOCUMENT_OR_ADDRESS = "no_document_or_address"
    OBSTRUCTION = "obstruction"
    NOT_AS_DESCRIBED = "not_as_described"


class RefundCase(StrEnum):
    """What starts the refund's three business days (§18②)."""

    GOODS_RETURNED = "goods_returned"
    SERVICE_OR_DIGITAL_WITHDRAWN = "service_or_digital_withdrawn"
    NOT_SUPPLIED_WITHDRAWN = "not_supplied_withdrawn"


class RecordType(StrEnum):
    """What kind of record is kept (시행령 §6①)."""

    CONTRACT_OR_WITHDRAWAL = "contract_or_withdrawal"
    PAYMENT_OR_SUPPLY = "payment_or_supply"
    COMPLAINT_OR_DISPUTE = "complaint_or_dispute"
    DISPLAY_ADVERTISING = "display_advertising"


REFUND_ARTICLES: Final[Mapping[RefundCase, str]] = MappingProxyType(
    {
        RefundCase.GOODS_RETURNED: "전자상거래법 §18②1",
        RefundCase.SERVICE_OR_DIGITAL_WITHDRAWN: "전자상거래법 §18②2",
        RefundCase.NOT_SUPPLIED_WITHDRAWN: "전자상거래법 §18②3",
    }
)
RETENTION_MONTHS: Final[Mapping[RecordType, int]] = MappingProxyType(
    {
        RecordType.CONTRACT_OR_WITHDRAWAL: 60,
        RecordType.PAYMENT_OR_SUPPLY: 60,
        RecordType.COMPLAINT_OR_DISPUTE: 36,
        RecordType.DISPLAY_ADVERTISING: 6,
    }
)


class StatuteRefused(Refused):
    code = "statute_refused"
    wording = gettext_noop("The law gives no answer to this.")
    status = 400


class UnknownKind(StatuteRefused):
    code = "unknown_statute_kind"
    wording = gettext_noop("%(given)s is none of: %(known)s.")


class FactMissing(StatuteRefused):
    code = "statute_fact_missing"
    wording = gettext_noop("The basis %(basis)s needs the date %(missing)s.")


class KnownBeforeSupply(StatuteRefused):
    code = "known_before_supply"
    wording = gettext_noop("A defect known on %(known)s cannot be that of goods of %(supplied)s.")


class BadAmount(StatuteRefused):
    code = "bad_interest_amount"
    wording = gettext_noop("An amount is whole won from zero up, not %(amount)s.")


class BadRate(StatuteRefused):
    code = "bad_interest_rate"
    wording = gettext_noop("A rate is an exact percentage from zero up, not %(rate)s.")


Value = TypeVar("Value", date, int)


@dataclass(frozen=True, slots=True)
class Statutory(Generic[Value]):
    """A date or whole won, and the article that says so."""

    value: Value
    article: str


def withdrawal_deadline(  # noqa: PLR0913 - one keyword for each fact the four bases know
    *,
    basis: str,
    document_received: date | None = None,
    goods_supplied: date | None = None,
    agreed_days: int | None = None,
    address_known: date | None = None,
    obstruction_ended: date | None = None,
    known: date | None = None,
    could_have_known: date | None = None,
    holidays: Container[date] | None = None,
) -> Statutory[date]:
    """Return the last day to withdraw (§17①, §17③), moved off days off by 민법 §161.

    Each basis needs its own dates and ignores the others. A longer agreed period wins, a
    shorter one is void (§35); neither touches goods that are not as described.
    """
    off = PUBLIC_HOLIDAYS if holidays is None else holidays
    why = _kind(WithdrawalBasis, basis)
    if why is WithdrawalBasis.NOT_AS_DESCRIBED:
        supplied = _fact(why, "goods_supplied", goods_supplied)
        return _misdescribed(supplied, _knowing(supplied, known, could_have_known), off)
    if why is WithdrawalBasis.CHANGE_OF_MIND:
        start = max(
            _fact(why, "document_received", document_received),
            _fact(why, "goods_supplied", goods_supplied),
        )
        article = "전자상거래법 §17①1 / 민법 §157,§159,§161"
    elif why is WithdrawalBasis.NO_DOCUMENT_OR_ADDRESS:
        start = _fact(why, "address_known", address_known)
        article = f"전자상거래법 §17①2 / {_COUNTING}"
    else:
        start = _fact(why, "obstruction_ended", obstruction_ended)
        article = f"전자상거래법 §17①3 / {_COUNTING}"
    return _within_days(start, agreed_days, article, off)


def refund_due(
    *, case: str, trigger_date: date, holidays: Container[date] | None = None
) -> Statutory[date]:
    """Return the last day to refund: three business days after the trigger (§18②).

    The trigger is the day the goods came back, or the day of withdrawal where none did.
    """
    article = REFUND_ARTICLES[_kind(RefundCase, case)]
    return Statutory(_third_business_day(trigger_date, holidays), article)


def supply_failure_refund_due(
    *, paid_on: date, holidays: Container[date] | None = None
) -> Statutory[date]:
    """Return the last day to refund what cannot be supplied, counted from payment (§15②)."""
    return Statutory(_third_business_day(paid_on, holidays), "전자상거래법 §15②")


def delay_interest(
    *,
    amount_krw: int,
    due_on: date,
    refunded_on: date,
    annual_rate_percent: int | Decimal | Fraction = 15,
    day_count_basis: int = 365,
) -> Statutory[int]:
    """Return the interest on a late refund in whole won, rounded down (§18②, 시행령 §21조의3).

    Every calendar day after the due day counts; a refund in time costs nothing.
    """
    if not isinstance(amount_krw, int) or isinstance(amount_krw, bool) or amount_krw < 0:
        raise BadAmount(amount=str(amount_krw))
    late_days = max((checked_day(refunded_on) - checked_day(due_on)).days, 0)
    rate = _rate(annual_rate_percent)
    # Whole numbers throughout: floats lose a won at 73 and at 365 days.
    won = amount_krw * rate * late_days // (100 * checked_length(day_count_basis))
    percent = f"연 {annual_rate_percent}%"
    return Statutory(won, f"전자상거래법 §18② 후단 / 시행령 §21조의3 ({percent}), §33②2")


def retention_until(*, record_type: str, record_date: date) -> Statutory[date]:
    """Return the last day a record must be kept (시행령 §6①); days off do not move it."""
    months = RETENTION_MONTHS[_kind(RecordType, record_type)]
    return Statutory(after_months(record_date, months), _RETENTION)


def refund_due_moment(day: date) -> datetime:
    """Return 24:00 of a day in Asia/Seoul as UTC: from then on the refund is late."""
    try:
        midnight = datetime.combine(checked_day(day) + timedelta(days=1), time(), SEOUL)
    except OverflowError:
        raise DayOutOfReach(day=day.isoformat(), length=1) from None
    return midnight.astimezone(UTC)


Kind = TypeVar("Kind", bound=StrEnum)


def _kind(kinds: type[Kind], given: str) -> Kind:
    try:
        return kinds(given)
    except ValueError:
        raise UnknownKind(given=str(given), known=", ".join(kinds)) from None


def _fact(basis: WithdrawalBasis, name: str, day: date | None) -> date:
    if day is None:
        raise FactMissing(basis=basis.value, missing=name)
    return checked_day(day)


def _within_days(
    start: date, agreed_days: int | None, article: str, off: Container[date]
) -> Statutory[date]:
    days = WITHDRAWAL_DAYS if agreed_days is None else checked_length(agreed_days)
    end = next_business_day(after_days(start, max(days, WITHDRAWAL_DAYS)), off)
    return Statutory(end, article if days == WITHDRAWAL_DAYS else _LONGER_AGREED)


def _knowing(supplied: date, known: date | None, could_have_known: date | None) -> date:
    given = [checked_day(day) for day in (known, could_have_known) if day is not None]
    if not given:
        raise FactMissing(
            basis=WithdrawalBasis.NOT_AS_DESCRIBED.value, missing="known / could_have_known"
        )
    first = min(given)
    if first < supplied:
        raise KnownBeforeSupply(known=first.isoformat(), supplied=supplied.isoformat())
    return first


def _misdescribed(supplied: date, knowing: date, off: Container[date]) -> Statutory[date]:
    by_supply = next_business_day(after_months(supplied, MISDESCRIBED_MONTHS), off)
    by_knowing = next_business_day(after_days(knowing, MISDESCRIBED_DAYS), off)
    return Statutory(min(by_supply, by_knowing), _MISDESCRIBED)


def _third_business_day(event: date, holidays: Container[date] | None) -> date:
    off = PUBLIC_HOLIDAYS if holidays is None else holidays
    return after_business_days(event, REFUND_BUSINESS_DAYS, off)


def _rate(percent: int | Decimal | Fraction) -> Fraction:
    """Return the rate as it stands; a float is refused, for it is never exactly what it says."""
    exact = isinstance(percent, int | Decimal | Fraction) and not isinstance(percent, bool)
    if not exact or (isinstance(percent, Decimal) and not percent.is_finite()):
        raise BadRate(rate=str(percent))
    rate = Fraction(percent)
    if rate < 0:
        raise BadRate(rate=str(percent))
    return rate
