"""The demo shop: its goods, and four weeks of orders, most of them long sent."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from config.demo.goods import DELIVERY_FEE, FREE_DELIVERY_FROM, GOODS, Good, Person, person
from config.demo.past import Past
from config.demo.staff import BY
from orders.actions import selling
from orders.actions.selling import Buyer, NewLine, NewOrder, NewStore
from orders.models import Order, Product, Store

SLUG = "demo"
NAME = "가온상점 (데모)"
PLAIN_ORDERS = 160
# Business hours of four weeks.
WEEKS = 150.0
PARCEL_AFTER = 9.0
CARRIERS = ("한빛택배", "누리로지스", "바른배송")


@dataclass(slots=True)
class Shop:
    """The store with its products; it numbers orders and finds new buyers."""

    store: Store
    past: Past
    products: dict[str, Product] = field(default_factory=dict)
    sold: int = 0

    def place(
        self, units: Sequence[tuple[Good, int]], *, at: datetime, by_phone: bool = False
    ) -> Order:
        """Let somebody new buy units of goods; `by_phone`: the shop knows no e-mail of theirs."""
        self.sold += 1
        lines = [
            NewLine(self.products[good.sku], n, good.price * n, self._option(good))
            for good, n in units
        ]
        price = sum(line.paid for line in lines)
        order = NewOrder(
            number=f"{at.astimezone(self.past.zone):%Y%m%d}{self.sold:06}",
            buyer=_buyer(person(self.sold), by_phone=by_phone),
            lines=lines,
            delivery_paid=DELIVERY_FEE if price < FREE_DELIVERY_FROM else 0,
        )
        return selling.place(order, store=self.store, by=BY, at=at)

    def _option(self, good: Good) -> str:
        return good.options[self.sold % len(good.options)]


def _buyer(found: Person, *, by_phone: bool) -> Buyer:
    email = "" if by_phone else found.email
    return Buyer(found.name, found.phone, email, found.address)


def open_shop(past: Past) -> Shop:
    """Make the store and fill its shelves."""
    at = past.ago(WEEKS + 8)
    store = selling.open_store(NewStore(SLUG, NAME, is_sandbox=True), by=BY, at=at)
    shop = Shop(store, past)
    for good in GOODS:
        shop.products[good.sku] = selling.offer(
            store=store, sku=good.sku, name=good.name, in_stock=good.in_stock, at=at
        )
    return shop


def sell(shop: Shop) -> None:
    """Place the orders nobody complains about; what is older than a day has been sent."""
    dice = random.Random(20)  # noqa: S311 - the same shop every time, nothing secret
    for n in range(PLAIN_ORDERS):
        hours = WEEKS * (PLAIN_ORDERS - n) / PLAIN_ORDERS
        goods = dice.sample(GOODS[:16], k=dice.choice((1, 1, 1, 2, 2, 3)))
        units = [(good, dice.choice((1, 1, 1, 2, 3))) for good in goods]
        # Minutes of their own, or all would have been bought on the hour.
        at = shop.past.ago(hours) - timedelta(seconds=dice.randrange(3000))
        order = shop.place(units, at=at, by_phone=n % 9 == 4)
        if hours > PARCEL_AFTER:
            send(order, at=shop.past.ago(hours - dice.uniform(3, PARCEL_AFTER)))


def send(order: Order, *, at: datetime) -> None:
    """Hand every line of an order to a carrier."""
    for line in order.lines.filter(dispatched_at=None):
        selling.dispatch(
            line_id=line.pk, carrier=CARRIERS[line.pk % 3], tracking=f"{6_000_000_000 + line.pk}",
            by=BY, at=at,
        )  # fmt: skip
