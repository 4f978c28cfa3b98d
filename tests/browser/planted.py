"""Shops full of hostile texts: every text that people, shops and buyers can store."""

from dataclasses import dataclass

from django.utils import timezone

from common import deliveries
from common.domain.actors import Actor
from feedback.actions import responses
from feedback.models import Invitation
from orders import executor
from orders.models import Order
from tests.browser.payloads import PAYLOADS
from tests.factories.cast import Cast, staff
from tests.factories.courses import assigned
from tests.factories.rows import OrderFactory, OrderLineFactory, ProductFactory
from tickets.actions import canned_editing, conversation, decisions, opening, proving
from tickets.actions.canned_editing import NewAnswer, Texts
from tickets.actions.decisions import Refusal, Wanted
from tickets.actions.opening import Contact, Wish
from tickets.domain.states import Verb
from tickets.models import Ticket
from training.models import Assignment

LINES = 4
ALL = " ".join(PAYLOADS)


@dataclass(frozen=True, slots=True)
class Planted:
    """What the pages are opened of."""

    orders: list[Order]
    links: list[str]
    tickets: list[Ticket]
    assignment: Assignment


def plant(shop: Cast) -> Planted:
    """Put every payload into every stored text of the shop."""
    _people(shop)
    orders = [_order(shop, PAYLOADS[n : n + LINES]) for n in range(0, len(PAYLOADS), LINES)]
    tickets = list(Ticket.objects.order_by("pk"))
    for ticket, payload in zip(tickets, PAYLOADS, strict=True):
        _talk(shop, ticket, payload)
    tickets += [_inquiry(order) for order in orders]
    _decide(shop, tickets)
    links = [
        proving.make_link(order=order, by=staff(shop.agent), at=timezone.now()).token
        for order in orders
    ]
    return Planted(orders, links, tickets, _course(shop))


def _people(shop: Cast) -> None:
    for person, payload in zip((shop.agent, shop.lead, shop.trainer), PAYLOADS, strict=False):
        person.name = payload[:80]
        person.save(update_fields=["name"])
    shop.store.name = PAYLOADS[1]
    shop.store.save(update_fields=["name"])
    new = NewAnswer(code="hello", name=PAYLOADS[0], store_id=shop.store.pk)
    text = " ".join(payload for payload in PAYLOADS if "{" not in payload)
    canned_editing.create(new, Texts(text, text), by=staff(shop.lead), at=timezone.now())


def _order(shop: Cast, payloads: tuple[str, ...]) -> Order:
    order = OrderFactory(
        store=shop.store, number=payloads[0][:40], buyer_name=payloads[1][:100], address=ALL[:300]
    )
    wishes = []
    for n, payload in enumerate(payloads):
        product = ProductFactory(store=shop.store, sku=payload[:50], name=payload)
        line = OrderLineFactory(
            order=order, product=product, option=payload, quantity=2, line_key=f"L{n}"
        )
        wishes.append(Wish(line.pk, 1, "DAMAGED", {"description": payload}))
    now = timezone.now()
    opening.open_request(order=order, wishes=wishes, contact=Contact(), by=Actor.buyer(), at=now)
    return order


def _talk(shop: Cast, ticket: Ticket, payload: str) -> None:
    now, by = timezone.now(), staff(shop.agent)
    conversation.buyer_writes(ticket_id=ticket.pk, body=payload, at=now)
    conversation.reply(ticket_id=ticket.pk, body=payload, by=by, at=now)
    conversation.note(ticket_id=ticket.pk, body=payload, by=by, at=now)


def _inquiry(order: Order) -> Ticket:
    return opening.open_inquiry(
        order=order, subject=ALL[:200], body=ALL, contact=Contact(), by=Actor.buyer(),
        at=timezone.now(),
    ).tickets.get()  # fmt: skip


def _decide(shop: Cast, tickets: list[Ticket]) -> None:
    """Refuse one, propose to refuse one; refund one request whole, and have it rated."""
    now, refusal = timezone.now(), Refusal("USED_UP", ALL)
    decisions.refuse(ticket_id=tickets[0].pk, refusal=refusal, by=staff(shop.agent), at=now)
    wanted = Wanted(Verb.REFUSE, refusal, ALL[:500])
    decisions.propose(wanted, ticket_id=tickets[1].pk, by=staff(shop.agent), at=now)
    for ticket in tickets[LINES : 2 * LINES]:
        decisions.approve(ticket_id=ticket.pk, by=staff(shop.agent), at=now)
    executor.run_due()
    deliveries.deliver_all()
    invitation = Invitation.objects.get(request=tickets[LINES].request)
    responses.submit(
        invitation_id=invitation.pk, answers={1: "1", 2: ALL}, by=Actor.buyer(), at=now
    )


def _course(shop: Cast) -> Assignment:
    quiz = tuple(
        ("SINGLE", payload, (f"*{payload}", f"{payload} nein")) for payload in PAYLOADS[:5]
    )
    return assigned(shop.trainer, shop.agent, shop.trainer, title=PAYLOADS[0], quiz=quiz)
