"""The lawful grounds to refuse a withdrawal, with their articles (전자상거래법 §17②)."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from common.errors import Refused, gettext_noop


class GroundCode(StrEnum):
    """§17② no. 1-6, the period of §17①③ being over, and a claim that asks for nothing."""

    BUYER_DAMAGE = "BUYER_DAMAGE"
    USED_UP = "USED_UP"
    TIME_PASSED = "TIME_PASSED"
    COPY_OPENED = "COPY_OPENED"
    SERVICE_BEGUN = "SERVICE_BEGUN"
    MADE_TO_ORDER = "MADE_TO_ORDER"
    PERIOD_OVER = "PERIOD_OVER"


@dataclass(frozen=True, slots=True)
class Ground:
    """One ground: labels and the article it stands on."""

    code: GroundCode
    ko: str
    en: str
    article: str

    def label(self, locale: str) -> str:
        """Return the label in Korean or English."""
        return self.ko if locale.startswith("ko") else self.en


G = GroundCode
_LAW = "전자상거래법 "
_ALL = (
    Ground(G.BUYER_DAMAGE, "소비자 책임으로 상품이 멸실·훼손됨", "Lost or damaged by the buyer",
           _LAW + "§17②1"),
    Ground(G.USED_UP, "사용·일부 소비로 가치가 현저히 감소", "Used, so that it lost its value",
           _LAW + "§17②2"),
    Ground(G.TIME_PASSED, "시간이 지나 다시 판매하기 곤란", "Cannot be sold again after this time",
           _LAW + "§17②3"),
    Ground(G.COPY_OPENED, "복제 가능한 상품의 포장을 훼손", "Opened a product that can be copied",
           _LAW + "§17②4"),
    Ground(G.SERVICE_BEGUN, "용역·디지털콘텐츠 제공이 개시됨", "Service or download has begun",
           _LAW + "§17②5"),
    Ground(G.MADE_TO_ORDER, "주문 제작 (사전 고지와 서면 동의)", "Made to order, with consent",
           _LAW + "§17②6, 시행령 §21"),
    Ground(G.PERIOD_OVER, "청약철회 기간이 지남", "The period for withdrawal is over",
           _LAW + "§17①, ③"),
)  # fmt: skip
GROUNDS: Mapping[GroundCode, Ground] = MappingProxyType({ground.code: ground for ground in _ALL})


class UnknownGround(Refused):
    """A refusal needs a ground that the law knows; "no refunds" is none (§35)."""

    code = "unknown_ground"
    wording = gettext_noop(
        "A refusal needs one of the grounds of §17② of the E-Commerce Act and a text to the buyer."
    )
    status = 400


def ground_for(code: str) -> Ground:
    """Return the ground, or refuse."""
    try:
        return GROUNDS[GroundCode(code)]
    except ValueError:
        raise UnknownGround() from None
