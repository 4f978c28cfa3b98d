"""A shop with tickets that were just approved."""

from common import leases
from common.domain.actors import Actor
from tests.factories.rows import (
    MembershipFactory,
    OrderFactory,
    OrderLineFactory,
    ProductFactory,
    StoreFactory,
    UserFactory,
)
from tickets.actions import decisions, opening
from tickets.actions.opening import Contact, Wish
from tickets.models import Ticket

PRODUCTS = 5


class Shop:
    """Opens and approves tickets; each has an order, a line and a request of its own."""

    def __init__(self) -> None:
        self.store = StoreFactory()
        self.agent = UserFactory()
        MembershipFactory(user=self.agent, store=self.store)
        self.products = [
            ProductFactory(store=self.store, tracks_stock=True) for _ in range(PRODUCTS)
        ]
        self._made = 0

    def approved(self) -> Ticket:
        """Return one more ticket that was approved now: 2 of 3 units of a line of 10,000 won."""
        self._made += 1
        product = self.products[self._made % PRODUCTS]
        line = OrderLineFactory(
            order=OrderFactory(store=self.store), product=product, quantity=3, paid=10_000
        )
        now = leases.db_now()
        request = opening.open_request(
            order=line.order,
            wishes=[Wish(line.pk, 2, "CHANGED_MIND")],
            contact=Contact(),
            by=Actor.buyer(),
            at=now,
        )
        by = Actor.staff(self.agent.pk)
        return decisions.approve(ticket_id=request.tickets.get().pk, by=by, at=now)
