"""The shop's own site sells and ships: orders that take from stock, parcels that leave."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from common import events
from common.domain.actors import Actor
from common.models import Calendar
from orders import locks
from orders.actions import proofs, stock
from orders.actions.claims import AlreadyShipped
from orders.domain.events import OrderEvent
from orders.domain.stock import EntryKind
from orders.models import Order, OrderLine, Product, Store


@dataclass(frozen=True, slots=True)
class NewStore:
    """A shop's own site, whose ledger the desk keeps."""

    slug: str
    name: str
    is_sandbox: bool = False


@dataclass(frozen=True, slots=True)
class Buyer:
    """Who bought; what is not known is empty."""

    name: str
    phone: str = ""
    email: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True)
class NewLine:
    """Units of one product, and what was paid for all of them, in minor units."""

    product: Product
    quantity: int
    paid: int
    option: str = ""


@dataclass(frozen=True, slots=True)
class NewOrder:
    """What somebody bought at once."""

    number: str
    buyer: Buyer
    lines: Sequence[NewLine]
    delivery_paid: int = 0


@transaction.atomic
def open_store(new: NewStore, *, by: Actor, at: datetime) -> Store:
    """Make a store with the usual business hours."""
    store = Store.objects.create(
        slug=new.slug,
        name=new.name,
        is_sandbox=new.is_sandbox,
        calendar=Calendar.objects.get(code="default"),
    )
    events.record(OrderEvent.STORE_CREATED, subject=store, by=by, at=at, slug=new.slug)
    return store


@transaction.atomic
def offer(*, store: Store, sku: str, name: str, in_stock: int, at: datetime) -> Product:
    """Put a product on sale; its stock is counted from now on."""
    product = Product.objects.create(store=store, sku=sku, name=name, tracks_stock=True)
    stock.enter(product_id=product.pk, kind=EntryKind.RECEIPT, quantity=in_stock, at=at)
    return product


@transaction.atomic
def place(new: NewOrder, *, store: Store, by: Actor, at: datetime) -> Order:
    """Take a paid order in; what it sells leaves the stock."""
    buyer = new.buyer
    order = Order.objects.create(
        store=store,
        number=new.number,
        buyer_name=buyer.name,
        phone=buyer.phone,
        email=buyer.email,
        address=buyer.address,
        phone_tail_hmac=proofs.tail_digest(buyer.phone),
        ordered_at=at,
        paid_at=at,
        delivery_paid=new.delivery_paid,
    )
    OrderLine.objects.bulk_create(
        OrderLine(order=order, line_key=f"{new.number}-{n}", product=line.product,
                  quantity=line.quantity, paid=line.paid, option=line.option)
        for n, line in enumerate(new.lines, start=1)
    )  # fmt: skip
    # In the order of their keys: two orders of the same products cannot lock each other out.
    for line in sorted(new.lines, key=lambda sold: sold.product.pk):
        if line.product.tracks_stock:
            stock.enter(
                product_id=line.product.pk, kind=EntryKind.SALE, quantity=-line.quantity, at=at
            )
    events.record(OrderEvent.ORDER_PLACED, subject=order, by=by, at=at, lines=len(new.lines))
    return order


@transaction.atomic
def dispatch(*, line_id: int, carrier: str, tracking: str, by: Actor, at: datetime) -> OrderLine:
    """Note that a line was handed to a carrier; an open request does not stop a parcel."""
    line = locks.lock_line(line_id)
    if line.dispatched_at is not None:
        raise AlreadyShipped()
    line.dispatched_at, line.carrier, line.tracking = at, carrier, tracking
    line.save(update_fields=["dispatched_at", "carrier", "tracking"])
    events.record(OrderEvent.LINE_DISPATCHED, subject=line, by=by, at=at)
    return line
