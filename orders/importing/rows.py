"""What a reader yields: a line that can be stored, or a row that cannot and why."""

import re
from dataclasses import dataclass
from datetime import date, datetime

from common.domain.masking import mask_name, mask_text

_WORD = re.compile(r"[^\W\d_]+")
EXCERPT_CHARS = 40


@dataclass(frozen=True, slots=True)
class Reject:
    """A row that is not imported; `excerpt` shows no name, phone or address."""

    row: int
    reason: str
    excerpt: str


@dataclass(frozen=True, slots=True)
class SmartStoreLine:
    """One product order. Amounts in won; moments aware, UTC; days in Korea."""

    row: int
    line_key: str  # 상품주문번호
    order_number: str
    sku: str
    product_name: str
    option: str
    quantity: int
    paid: int
    buyer_name: str
    buyer_phone: str
    recipient: str
    address: str
    ordered_at: datetime
    paid_at: datetime
    status: str
    detail: str
    claim: str
    part_claimed: bool  # 수량클레임 여부: quantity and amount show what is left
    dispatched_at: datetime | None
    dispatch_due_on: date | None
    carrier: str
    tracking: str
    delivery_fee: int
    delivery_bundle: str  # the lines of one bundle share one fee


@dataclass(frozen=True, slots=True)
class RetailLine:
    """One line of an invoice. Amounts in pence; the moment aware, UTC."""

    row: int
    line_key: str
    order_number: str
    sku: str
    product_name: str
    quantity: int
    paid: int
    ordered_at: datetime
    customer: str  # empty: a guest


@dataclass(frozen=True, slots=True)
class Cancellation:
    """A row of the retail file that takes back `quantity` units; the moment aware, UTC."""

    row: int
    invoice: str
    sku: str
    quantity: int
    at: datetime
    customer: str


def excerpt_of(column: str, value: str) -> str:
    """Return "column: value" for the list of rejects; names, phones and mail are masked.

    A value may stand in the wrong column, so whatever could be a name is masked as one.
    """
    masked = mask_text(value[:EXCERPT_CHARS])
    return f"{column}: {_WORD.sub(lambda word: mask_name(word[0]), masked)}"
