"""The fixed cast: the same people and orders in every test."""

from dataclasses import dataclass
from datetime import datetime

from common.domain.actors import Actor
from common.models import User
from orders.models import Order, OrderLine, Role, Store
from tests.factories.rows import (
    MONDAY,
    MembershipFactory,
    OrderFactory,
    OrderLineFactory,
    ProductFactory,
    StoreFactory,
    UserFactory,
)
from tickets.actions import opening
from tickets.actions.opening import Contact, Wish
from tickets.models import Ticket


@dataclass(frozen=True, slots=True)
class Cast:
    """A shop, its people, one order; and another shop with an agent and an order."""

    store: Store
    agent: User
    agent2: User
    lead: User
    lead2: User
    trainer: User
    manager: User
    operator: User
    order: Order
    line: OrderLine
    other_store: Store
    other_agent: User
    other_order: Order
    other_line: OrderLine

    def ticket(self, *, line: OrderLine | None = None, quantity: int = 1, **kwargs) -> Ticket:
        """Open a cancellation of the shop's order by its buyer."""
        return open_ticket(line or self.line, quantity=quantity, **kwargs)


def make_cast() -> Cast:
    """Make the cast."""
    store = StoreFactory(slug="mapo", name="마포상회")
    other = StoreFactory(slug="haeundae", name="해운대상회")

    def person(name: str, role: str, where: Store = store) -> User:
        user = UserFactory(name=name, email=f"{name.lower()}@example.com")
        MembershipFactory(user=user, store=where, role=role)
        return user

    order = OrderFactory(store=store, number="2026110912345678")
    product = ProductFactory(store=store, sku="MOUSE", name="무선 마우스", tracks_stock=True,
                             on_hand=5)  # fmt: skip
    other_order = OrderFactory(store=other, number="2026110987654321", phone="010-9999-0000")
    return Cast(
        store=store,
        agent=person("Agent", Role.AGENT),
        agent2=person("Agent2", Role.AGENT),
        lead=person("Lead", Role.LEAD),
        lead2=person("Lead2", Role.LEAD),
        trainer=person("Trainer", Role.TRAINER),
        manager=person("Manager", Role.MANAGER),
        operator=person("Operator", Role.OPERATOR),
        order=order,
        line=OrderLineFactory(order=order, line_key="L1", product=product, quantity=3, paid=10_000),
        other_store=other,
        other_agent=person("Stranger", Role.AGENT, other),
        other_order=other_order,
        other_line=OrderLineFactory(order=other_order, line_key="L1"),
    )


def open_ticket(
    line: OrderLine, *, quantity: int = 1, reason: str = "CHANGED_MIND", at: datetime = MONDAY
) -> Ticket:
    """Open a cancellation as the buyer does."""
    request = opening.open_request(
        order=line.order,
        wishes=[Wish(line.pk, quantity, reason)],
        contact=Contact(),
        by=Actor.buyer(),
        at=at,
    )
    return request.tickets.get()


def staff(user: User) -> Actor:
    """Return the actor for a person."""
    return Actor.staff(user.pk)
