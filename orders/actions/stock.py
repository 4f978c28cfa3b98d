"""Stock moves by entries; what is on hand follows from them in the same transaction."""

from datetime import datetime

from django.db import transaction

from orders import locks
from orders.domain import stock
from orders.domain.stock import EntryKind
from orders.models import Refund, StockEntry


@transaction.atomic
def enter(
    *,
    product_id: int,
    kind: EntryKind,
    quantity: int,
    at: datetime,
    refund: Refund | None = None,
    source_key: str | None = None,
) -> StockEntry:
    """Write one signed entry and move the product's level; keyed entries exist once."""
    product = locks.lock_product(product_id)
    entry = StockEntry.objects.create(
        product=product, kind=kind, quantity=quantity, at=at, refund=refund, source_key=source_key
    )
    product.on_hand, product.shortage = stock.after(product.on_hand, product.shortage, quantity)
    product.save(update_fields=["on_hand", "shortage"])
    return entry
