"""Write one batch of read lines: orders, products and lines that are not there yet."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from orders import locks
from orders.actions import bulk, proofs
from orders.domain.stock import EntryKind
from orders.importing.report import RetailSummary, SmartStoreSummary
from orders.importing.rows import RetailLine, SmartStoreLine
from orders.models import Claim, Order, OrderLine, Product, StockEntry, Store

CHUNK = 500  # parameters of one query: SQLite allows a thousand
STATES = ("channel_state", "dispatched_at", "dispatch_due_on", "carrier", "tracking")


@dataclass(frozen=True, slots=True)
class Written:
    """What a batch did: lines made, lines changed, lines left as they were."""

    new: int = 0
    changed: int = 0
    same: int = 0


class _Writer:
    """What both formats share; call `write` inside a transaction."""

    def __init__(self, store: Store, *, digest: str, at: datetime) -> None:
        self.store, self.digest, self.at = store, digest, at
        self._products: dict[str, int] = {}

    def prepare(self) -> None:
        """Write what has to stand before the first line."""

    def write(self, lines: Sequence[Any]) -> Written:
        """Write the lines that are new, and bring the others up to date."""
        orders, known = self._orders(lines)
        self._need_products({line.sku: line.product_name for line in lines})
        existing = _existing_lines(known)
        fresh, again = [], []
        for line in lines:
            place = (orders[line.order_number], line.line_key)
            if place in existing:
                again.append((existing[place], line))
            else:
                product_id = self._products[_clip(line.sku, 100)]
                fresh.append(
                    {"order_id": place[0], "product_id": product_id} | self.values_of(line)
                )
        bulk.insert(OrderLine, fresh, at=self.at)
        changed = self.update(again)
        return Written(new=len(fresh), changed=changed, same=len(again) - changed)

    def order_of(self, line: Any) -> Order:
        """Return the order as its first line in the file tells it."""
        raise NotImplementedError

    def values_of(self, line: Any) -> dict[str, Any]:
        """Return the columns of the line to be stored."""
        raise NotImplementedError

    def update(self, again: Sequence[tuple[int, Any]]) -> int:
        """Bring lines of an earlier import up to date; return how many changed."""
        return 0

    def _orders(self, lines: Iterable[Any]) -> tuple[dict[str, int], list[int]]:
        """Return the id by number, orders made where needed, and the ids that were there."""
        first: dict[str, Any] = {}
        for line in lines:
            first.setdefault(line.order_number, line)
        ids: dict[str, int] = {}
        for numbers in _chunks(list(first)):
            found = Order.objects.filter(store=self.store, number__in=numbers)
            ids.update(found.values_list("number", "id"))
        known = list(ids.values())
        missing = [self.order_of(line) for number, line in first.items() if number not in ids]
        for order in Order.objects.bulk_create(missing):
            ids[order.number] = order.pk
        return ids, known

    def _need_products(self, names: Mapping[str, str]) -> None:
        """Make the products that are not there; remember the id of each."""
        wanted = {_clip(sku, 100): _clip(name, 300) for sku, name in names.items()}
        missing = [sku for sku in wanted if sku not in self._products]
        if not missing:
            return
        Product.objects.bulk_create(
            [self.product_of(sku, wanted[sku]) for sku in missing], ignore_conflicts=True
        )
        for skus in _chunks(missing):
            found = Product.objects.filter(store=self.store, sku__in=skus)
            self._products.update(found.values_list("sku", "id"))

    def product_of(self, sku: str, name: str) -> Product:
        """Return the product to be stored; its stock is not counted."""
        return Product(store=self.store, sku=sku, name=name)


class RetailWriter(_Writer):
    """Lines of the retail file, with opening stock and what is taken from it."""

    def __init__(self, store: Store, *, digest: str, at: datetime, summary: RetailSummary) -> None:
        super().__init__(store, digest=digest, at=at)
        self._summary = summary

    def prepare(self) -> None:
        """Enter the opening stock, what is sold of each product in the file, and its sale; once."""
        self._need_products(self._summary.names)
        sold = {self._products[sku]: units for sku, units in self._summary.sold.items()}
        done = StockEntry.objects.filter(
            source_key__startswith=f"opening:{self.digest}:", product__store=self.store
        )
        for product_id in done.values_list("product_id", flat=True):
            del sold[product_id]
        # Together they are nothing, so no level moves and nothing is ever oversold.
        self._enter(EntryKind.OPENING, sold, key=f"opening:{self.digest}")
        taken = {product_id: -units for product_id, units in sold.items()}
        self._enter(EntryKind.SALE, taken, key=f"sale:{self.digest}")

    def product_of(self, sku: str, name: str) -> Product:
        return Product(store=self.store, sku=sku, name=name, tracks_stock=True)

    def order_of(self, line: RetailLine) -> Order:
        return Order(
            store=self.store, number=line.order_number, customer_ref=line.customer,
            ordered_at=line.ordered_at, paid_at=line.ordered_at,
        )  # fmt: skip

    def values_of(self, line: RetailLine) -> dict[str, Any]:
        return {
            "line_key": line.line_key, "quantity": line.quantity, "paid": line.paid,
            "source_row": line.row,
        }  # fmt: skip

    def _enter(self, kind: EntryKind, changes: Mapping[int, int], *, key: str) -> None:
        rows = [
            {
                "product_id": product_id, "kind": kind.value, "quantity": quantity, "at": self.at,
                "source_key": f"{key}:{product_id}",
            }
            for product_id, quantity in changes.items()
        ]  # fmt: skip
        bulk.insert(StockEntry, rows, at=self.at)


class SmartStoreWriter(_Writer):
    """Lines of the Smart Store sheet; a newer sheet brings their states up to date."""

    def __init__(
        self, store: Store, *, digest: str, at: datetime, summary: SmartStoreSummary
    ) -> None:
        super().__init__(store, digest=digest, at=at)
        self._summary = summary

    def prepare(self) -> None:
        """Note on the store that its refunds happen at the marketplace, not here."""
        Store.objects.filter(pk=self.store.pk, channel="direct").update(from_spreadsheet=True)

    def order_of(self, line: SmartStoreLine) -> Order:
        return Order(
            store=self.store,
            number=line.order_number,
            buyer_name=_clip(line.buyer_name, 100),
            phone=_clip(line.buyer_phone, 40),
            address=_clip(line.address, 300),
            phone_tail_hmac=proofs.tail_digest(line.buyer_phone),
            ordered_at=line.ordered_at,
            paid_at=line.paid_at,
            delivery_paid=self._summary.delivery_fee(line.order_number),
        )

    def values_of(self, line: SmartStoreLine) -> dict[str, Any]:
        return {
            "line_key": line.line_key, "option": _clip(line.option, 300),
            "quantity": line.quantity, "paid": line.paid, "source_row": line.row,
        } | _states(line)  # fmt: skip

    def update(self, again: Sequence[tuple[int, SmartStoreLine]]) -> int:
        if not again:
            return 0
        newer = dict(again)
        stored = locks.lock_lines(newer)
        claims = Claim.objects.filter(line__in=newer)
        claimed = set(claims.values_list("line_id", flat=True))
        changed = [line for line in stored if _bring_up(line, newer[line.pk], line.pk in claimed)]
        OrderLine.objects.bulk_update(changed, [*STATES, "quantity", "paid"], batch_size=CHUNK)
        return len(changed)


def _bring_up(stored: OrderLine, line: SmartStoreLine, claimed: bool) -> bool:
    """Set what the newer sheet says; say whether anything changed."""
    # A sheet without the column, or with an empty cell, takes nothing back.
    wanted = {name: value for name, value in _states(line).items() if value}
    if not claimed:  # a claim in the desk counts on these
        wanted |= {"quantity": line.quantity, "paid": line.paid}
    changed = {name: value for name, value in wanted.items() if getattr(stored, name) != value}
    for name, value in changed.items():
        setattr(stored, name, value)
    return bool(changed)


def _states(line: SmartStoreLine) -> dict[str, Any]:
    return {
        "channel_state": {
            "status": _clip(line.status, 60),
            "detail": _clip(line.detail, 60),
            "claim": _clip(line.claim, 60),
            "quantity_claim": line.part_claimed,
        },
        "dispatched_at": line.dispatched_at,
        "dispatch_due_on": line.dispatch_due_on,
        "carrier": _clip(line.carrier, 60),
        "tracking": _clip(line.tracking, 60),
    }


def _existing_lines(order_ids: Sequence[int]) -> dict[tuple[int, str], int]:
    found: dict[tuple[int, str], int] = {}
    for ids in _chunks(order_ids):
        lines = OrderLine.objects.filter(order__in=ids)
        for pk, order_id, key in lines.values_list("id", "order_id", "line_key"):
            found[order_id, key] = pk
    return found


def _chunks(values: Sequence[Any]) -> Iterable[Sequence[Any]]:
    return (values[start : start + CHUNK] for start in range(0, len(values), CHUNK))


def _clip(text: str, length: int) -> str:
    return text[:length]
