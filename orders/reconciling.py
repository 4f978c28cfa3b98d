"""Compare what the rows of orders say with each other: stock, counters, refunds, the ledger.

Each check is one or two queries that return only what disagrees, whatever the size of the store.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from orders.domain.refunds import LIVE, RefundKind, RefundState
from orders.domain.stock import EntryKind
from orders.models import (
    Claim,
    DirectSettlement,
    Order,
    OrderLine,
    Product,
    Refund,
    StockEntry,
    Store,
)

CHUNK = 500
LIVE_STATES = sorted(state.value for state in LIVE)


@dataclass(frozen=True, slots=True)
class Difference:
    """One disagreement. `pending`: it goes away by itself once a worker has caught up."""

    table: str
    row: str
    what: str
    expected: object
    found: object
    pending: bool = False

    def __str__(self) -> str:
        return f"{self.table} {self.row} {self.what}: expected {self.expected}, found {self.found}"


def stock(stores: QuerySet[Store]) -> Iterator[Difference]:
    """What is on hand, less what is short, is the sum of the entries."""
    entries = StockEntry.objects.filter(product=OuterRef("pk"))
    products = Product.objects.filter(store__in=stores).annotate(
        level=F("on_hand") - F("shortage"), entered=_sum(entries, "product", "quantity")
    )
    for product in _rows(products.exclude(level=F("entered"))):
        yield Difference(
            "product", product.sku, "on_hand - shortage", product.entered, product.level
        )


def line_counters(stores: QuerySet[Store]) -> Iterator[Difference]:
    """Units held by open claims, and what live and confirmed refunds took, by line."""
    claims = Claim.objects.filter(line=OuterRef("pk"))
    refunds = Refund.objects.filter(line=OuterRef("pk"))
    live = refunds.filter(state__in=LIVE_STATES)
    done = refunds.filter(state=RefundState.CONFIRMED)
    moved = (
        Q(claimed_qty__gt=0) | Q(refunding_qty__gt=0) | Q(refunding_amount__gt=0)
        | Q(refunded_qty__gt=0) | Q(refunded_amount__gt=0) | Exists(claims)
    )  # fmt: skip
    lines = OrderLine.objects.filter(moved, order__store__in=stores).annotate(
        of_claimed_qty=_sum(claims.filter(closed_at=None), "line", "quantity"),
        of_refunding_qty=_sum(live, "line", "quantity"),
        of_refunding_amount=_sum(live, "line", "amount"),
        of_refunded_qty=_sum(done, "line", "quantity"),
        of_refunded_amount=_sum(done, "line", "amount"),
    )
    names = ("claimed_qty", "refunding_qty", "refunding_amount", "refunded_qty", "refunded_amount")
    for line in _rows(_where_any_differs(lines, names).select_related("order")):
        yield from _differing(line, "line", f"{line.order.number}/{line.line_key}", names)


def delivery_counters(stores: QuerySet[Store]) -> Iterator[Difference]:
    """Delivery fees that live and confirmed refunds took, by order."""
    refunds = Refund.objects.filter(line__order=OuterRef("pk"), delivery_amount__gt=0)
    live = refunds.filter(state__in=LIVE_STATES)
    done = refunds.filter(state=RefundState.CONFIRMED)
    moved = Q(delivery_refunding__gt=0) | Q(delivery_refunded__gt=0) | Exists(refunds)
    orders = Order.objects.filter(moved, store__in=stores).annotate(
        of_delivery_refunding=_sum(live, "line__order", "delivery_amount"),
        of_delivery_refunded=_sum(done, "line__order", "delivery_amount"),
    )
    names = ("delivery_refunding", "delivery_refunded")
    for order in _rows(_where_any_differs(orders, names)):
        yield from _differing(order, "order", order.number, names)


def ledger(stores: QuerySet[Store]) -> Iterator[Difference]:
    """Money the direct ledger says went is confirmed, and the other way round."""
    entries = DirectSettlement.objects.filter(op_id=OuterRef("op_id"))
    same = entries.filter(
        line=OuterRef("line"), quantity=OuterRef("quantity"), amount=OuterRef("amount"),
        delivery_amount=OuterRef("delivery_amount"),
    )  # fmt: skip
    refunds = Refund.objects.filter(claim__store__in=stores.filter(channel="direct"))
    unpaid = refunds.filter(~Exists(same), state=RefundState.CONFIRMED, kind=RefundKind.DIRECT)
    for refund in _rows(unpaid):
        yield Difference("refund", str(refund.op_id), "ledger", _money(refund), "nothing like it")
    for refund in _rows(refunds.filter(Exists(entries)).exclude(state=RefundState.CONFIRMED)):
        yield Difference(
            "refund", str(refund.op_id), "state", RefundState.CONFIRMED.value, refund.state,
            # A worker that died after it paid: the next one reads it back.
            pending=refund.state in LIVE - {RefundState.NEEDS_HUMAN},
        )  # fmt: skip
    known = Refund.objects.filter(op_id=OuterRef("op_id"))
    strays = DirectSettlement.objects.filter(~Exists(known), line__order__store__in=stores)
    for entry in _rows(strays):
        yield Difference("directsettlement", str(entry.op_id), "refund", "one", "none")


def _money(refund: Refund) -> str:
    return f"{refund.quantity} units, {refund.amount} + {refund.delivery_amount}"


def restock(stores: QuerySet[Store]) -> Iterator[Difference]:
    """Undispatched units of a counted product came back once per confirmed refund, no others."""
    entries = StockEntry.objects.filter(refund=OuterRef("pk"))
    sent_before = Q(line__dispatched_at__isnull=False, line__dispatched_at__lte=F("settled_at"))
    refunds = Refund.objects.filter(claim__store__in=stores)
    owed = refunds.filter(
        ~sent_before, state=RefundState.CONFIRMED, line__product__tracks_stock=True
    )
    back = entries.filter(kind=EntryKind.RESTOCK, quantity=OuterRef("quantity"))
    for refund in _rows(owed.filter(~Exists(back))):
        found = entries.model.objects.filter(refund=refund).values_list("quantity", flat=True)
        yield Difference(
            "stockentry", f"refund {refund.op_id}", "quantity", refund.quantity,
            found.first() or "no entry",
        )  # fmt: skip
    wrong = StockEntry.objects.filter(product__store__in=stores, refund__isnull=False)
    for entry in _rows(wrong.exclude(refund__state=RefundState.CONFIRMED).select_related("refund")):
        row = f"refund {entry.refund.op_id}"
        yield Difference("stockentry", row, "quantity", "no entry", entry.quantity)


CHECKS = (stock, line_counters, delivery_counters, ledger, restock)


def _sum(rows: QuerySet[Any], group: str, column: str) -> Coalesce:
    """Return the sum of a column over correlated rows, 0 when there are none."""
    grouped = rows.order_by().values(group).annotate(sum=Sum(column)).values("sum")
    return Coalesce(Subquery(grouped), Value(0), output_field=models.BigIntegerField())


def _where_any_differs(rows: QuerySet[Any], names: tuple[str, ...]) -> QuerySet[Any]:
    differs = Q()
    for name in names:
        differs |= ~Q(**{name: F(f"of_{name}")})
    return rows.filter(differs)


def _differing(row: Any, table: str, name: str, names: tuple[str, ...]) -> Iterator[Difference]:
    for column in names:
        expected, found = getattr(row, f"of_{column}"), getattr(row, column)
        if expected != found:
            yield Difference(table, name, column, expected, found)


def _rows(rows: QuerySet[Any]) -> Iterator[Any]:
    """Yield rows by key, some at a time: a broken import may differ in every line."""
    return rows.order_by("pk").iterator(chunk_size=CHUNK)
