"""What a file holds, counted: the summary on the screen and the report on request."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from orders.importing.refusals import FileTooLarge
from orders.importing.rows import Reject, RetailLine, SmartStoreLine
from orders.importing.smartstore import OPEN_CANCEL

SEOUL = ZoneInfo("Asia/Seoul")
# What a 32-bit column of the stock holds.
MAX_UNITS_OF_A_PRODUCT = 2_147_483_647


@dataclass(slots=True)
class Summary:
    """Counts every item of a file; the same for a dry run and for an import."""

    rows: int = 0
    lines: int = 0
    paid: int = 0
    orders: set[str] = field(default_factory=set)
    rejected: Counter[str] = field(default_factory=Counter)

    def add(self, item: SmartStoreLine | RetailLine | Reject) -> None:
        """Count one item."""
        self.rows += 1
        if isinstance(item, Reject):
            self.rejected[item.reason] += 1
            return
        self.lines += 1
        self.paid += item.paid
        self.orders.add(item.order_number)
        self._add_line(item)

    def _add_line(self, line: Any) -> None:
        """Count what only this format has."""

    def report(self) -> dict[str, object]:
        """Return the keys of the report, ready for JSON."""
        return {
            "orders": len(self.orders),
            "lines": self.lines,
            "paid": self.paid,
            "rejected": dict(sorted(self.rejected.items())),
        }


@dataclass(slots=True)
class RetailSummary(Summary):
    """Also adds up what is sold of each product: its opening stock."""

    sold: Counter[str] = field(default_factory=Counter)
    names: dict[str, str] = field(default_factory=dict)

    def _add_line(self, line: RetailLine) -> None:
        self.names.setdefault(line.sku, line.product_name)
        self.sold[line.sku] += line.quantity
        if self.sold[line.sku] > MAX_UNITS_OF_A_PRODUCT:
            raise FileTooLarge(what="units of a product", limit=MAX_UNITS_OF_A_PRODUCT)


@dataclass(slots=True)
class SmartStoreSummary(Summary):
    """Also counts by state, and collects each order's delivery fee."""

    units: int = 0
    by_status: Counter[str] = field(default_factory=Counter)
    by_detail: Counter[str] = field(default_factory=Counter)
    by_claim: Counter[str] = field(default_factory=Counter)
    part_claimed: int = 0
    paid_by_status: Counter[str] = field(default_factory=Counter)
    open_cancels: list[str] = field(default_factory=list)
    first: SmartStoreLine | None = None
    last: SmartStoreLine | None = None
    # Order -> bundle -> fee. The sheet repeats a bundle's fee on its lines, or shows it on one.
    fees: dict[str, dict[str, int]] = field(default_factory=dict)

    def _add_line(self, line: SmartStoreLine) -> None:
        self.units += line.quantity
        self.by_status[line.status] += 1
        self.by_detail[line.detail] += 1
        self.by_claim[line.claim] += 1
        self.part_claimed += line.part_claimed
        self.paid_by_status[line.status] += line.paid
        if line.claim == OPEN_CANCEL:
            self.open_cancels.append(line.line_key)
        self.first = self.first or line
        self.last = line
        bundles = self.fees.setdefault(line.order_number, {})
        fee = max(bundles.get(line.delivery_bundle, 0), line.delivery_fee)
        bundles[line.delivery_bundle] = fee

    def delivery_fee(self, order_number: str) -> int:
        """Return what the buyer paid for the delivery of the order, in won."""
        return sum(self.fees.get(order_number, {}).values())

    def report(self) -> dict[str, object]:
        """Return the keys of the report, ready for JSON."""
        # Two-argument super() does not survive the new class that slots=True makes.
        return Summary.report(self) | {
            "units": self.units,
            "lines_by_status": _sorted(self.by_status),
            "lines_by_detail": _sorted(self.by_detail),
            "lines_by_claim": _sorted(self.by_claim),
            "lines_with_quantity_claim": self.part_claimed,
            "paid_by_status": _sorted(self.paid_by_status),
            "open_cancel_requests": sorted(self.open_cancels),
            "first": _shown(self.first),
            "last": _shown(self.last),
        }


def _sorted(counts: Mapping[str, int]) -> dict[str, int]:
    return dict(sorted(counts.items()))


def _shown(line: SmartStoreLine | None) -> dict[str, object] | None:
    """Return a line as the seller's own sheet shows it, with Korean wall times."""
    if line is None:
        return None
    return {
        "row": line.row,
        "product_order_number": line.line_key,
        "order_number": line.order_number,
        "product_name": line.product_name,
        "option": line.option or None,
        "quantity": line.quantity,
        "amount": line.paid,
        "buyer_name": line.buyer_name or None,
        "buyer_phone": line.buyer_phone or None,
        "ordered_at": line.ordered_at.astimezone(SEOUL).isoformat(),
        "paid_at": line.paid_at.astimezone(SEOUL).isoformat(),
    }
