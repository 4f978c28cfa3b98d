"""Why a buyer cancels: one table for forms, claims, statutes and penalties."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from common.errors import Refused, gettext_noop


class Fault(StrEnum):
    """Whose fault a cancellation is."""

    BUYER = "BUYER"
    SELLER = "SELLER"
    NOBODY = "NOBODY"


class ReasonCode(StrEnum):
    """The desk's own reasons; each channel maps its codes to these."""

    CHANGED_MIND = "CHANGED_MIND"
    WRONG_OPTION = "WRONG_OPTION"
    WRONG_ORDER = "WRONG_ORDER"
    LATE_DISPATCH = "LATE_DISPATCH"
    SOLD_OUT = "SOLD_OUT"
    WRONG_INFORMATION = "WRONG_INFORMATION"
    DAMAGED = "DAMAGED"
    WRONG_ITEM = "WRONG_ITEM"
    OTHER = "OTHER"


class Detail(StrEnum):
    """What a form may have to ask for."""

    DESCRIPTION = "description"
    WANTED_OPTION = "wanted_option"
    RECEIVED_OPTION = "received_option"


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason: labels, fault, what the form asks and who may give it."""

    code: ReasonCode
    ko: str
    en: str
    fault: Fault
    required: tuple[Detail, ...] = ()
    # A buyer is not offered what only the seller can know.
    by_buyer: bool = True

    def label(self, locale: str) -> str:
        """Return the label in Korean or English."""
        return self.ko if locale.startswith("ko") else self.en


D, C = Detail, ReasonCode
_ALL = (
    Reason(C.CHANGED_MIND, "단순 변심", "Changed my mind", Fault.BUYER),
    Reason(C.WRONG_OPTION, "색상·사이즈를 잘못 선택", "Chose the wrong option", Fault.BUYER,
           (D.WANTED_OPTION,)),
    Reason(C.WRONG_ORDER, "다른 상품을 잘못 주문", "Ordered by mistake", Fault.BUYER),
    Reason(C.LATE_DISPATCH, "배송이 늦어짐", "Takes too long to ship", Fault.SELLER),
    Reason(C.SOLD_OUT, "품절", "Sold out", Fault.SELLER, by_buyer=False),
    Reason(C.WRONG_INFORMATION, "상품 정보가 실제와 다름", "Not as described", Fault.SELLER,
           (D.DESCRIPTION,)),
    Reason(C.DAMAGED, "파손 또는 불량", "Damaged or faulty", Fault.SELLER, (D.DESCRIPTION,)),
    Reason(C.WRONG_ITEM, "다른 상품이 배송됨", "Received the wrong item", Fault.SELLER,
           (D.WANTED_OPTION, D.RECEIVED_OPTION)),
    Reason(C.OTHER, "기타", "Another reason", Fault.NOBODY, (D.DESCRIPTION,)),
)  # fmt: skip
REASONS: Mapping[ReasonCode, Reason] = MappingProxyType({reason.code: reason for reason in _ALL})
MAX_DETAIL_LENGTH = 1000


class UnknownReason(Refused):
    """No such reason, or not one for this person."""

    code = "unknown_reason"
    wording = gettext_noop("Choose one of the reasons offered.")
    status = 400


class DetailMissing(Refused):
    """The reason needs more than was given."""

    code = "detail_missing"
    wording = gettext_noop("For this reason please also fill in: %(fields)s.")
    status = 400


class DetailTooLong(Refused):
    """A text does not fit."""

    code = "detail_too_long"
    wording = gettext_noop("Please use at most %(most)s characters.")
    status = 400


def reason_for(code: str, *, by_buyer: bool) -> Reason:
    """Return the reason, or refuse one that is unknown or not for buyers."""
    try:
        reason = REASONS[ReasonCode(code)]
    except ValueError:
        raise UnknownReason() from None
    if by_buyer and not reason.by_buyer:
        raise UnknownReason()
    return reason


def checked_details(reason: Reason, given: Mapping[str, str]) -> dict[str, str]:
    """Return the details worth keeping, trimmed; refuse when a required one is missing."""
    kept = {d.value: " ".join(given.get(d.value, "").split()) for d in Detail}
    kept[D.DESCRIPTION.value] = given.get(D.DESCRIPTION.value, "").strip()
    if any(len(text) > MAX_DETAIL_LENGTH for text in kept.values()):
        raise DetailTooLong(most=MAX_DETAIL_LENGTH)
    missing = [field.value for field in reason.required if not kept[field.value]]
    if missing:
        raise DetailMissing(fields=", ".join(missing))
    return {name: text for name, text in kept.items() if text}
