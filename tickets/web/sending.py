"""From a draft to a request: what it would give back, and sending it once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from common.domain.actors import Actor
from orders.domain.refunds import NothingToRefund, amount_for
from orders.models import Order, OrderLine, Store
from tickets.actions import opening
from tickets.actions.opening import Contact, Expectation, Wish
from tickets.models import BuyerRequest
from tickets.web import lines, once, words
from tickets.web.draft import Draft, Pick
from tickets.web.lines import LineView


@dataclass(frozen=True, slots=True)
class Item:
    """One line of the last page before sending."""

    n: int
    line: LineView
    quantity: int
    reason: str
    details: list[tuple[str, str]]
    # None when these units cannot be had any more.
    amount: int | None


def preview(draft: Draft, views: Mapping[int, LineView]) -> list[Item]:
    """Return what would be sent, with the amount that each item gives back."""
    return [
        _item(n, views[place], draft.picks[place]) for n, place in enumerate(draft.places, start=1)
    ]


def _item(n: int, line: LineView, pick: Pick) -> Item:
    return Item(
        n=n,
        line=line,
        quantity=pick.quantity,
        reason=words.reason(pick.reason),
        details=words.details(pick.details),
        amount=_amount(line, pick.quantity),
    )


def _amount(line: LineView, quantity: int) -> int | None:
    if line.money is None or not line.can_cancel or quantity > line.free:
        return None
    try:
        return amount_for(line.money, quantity)
    except NothingToRefund:
        return None


def expectation(store: Store, items: Sequence[Item], *, at: datetime) -> Expectation | None:
    """Return by when it would be decided and refunded, the same for all items; None for none."""
    possible = [item for item in items if item.amount is not None]
    if not possible:
        return None
    line = OrderLine.objects.get(pk=possible[0].line.pk)
    return opening.expectation(store=store, line=line, quantity=possible[0].quantity, at=at)


def takes_all(draft: Draft, views: Mapping[int, LineView]) -> bool:
    """Tell whether nothing of the order would be left and nothing was shipped (§18②3)."""
    return all(
        not line.is_shipped
        and line.money is not None
        and line.money.refunded_quantity + _picked(draft, place) == line.quantity
        for place, line in views.items()
    )


def _picked(draft: Draft, place: int) -> int:
    return draft.picks[place].quantity if place in draft.picks else 0


def sent_before(order: Order, key: str) -> UUID | None:
    """Return the request that this key of the last page has opened already."""
    return once.done_before(scope=_scope(order), key=key, words="")


def send(*, order: Order, draft: Draft, email: str, at: datetime) -> UUID:
    """Open the request once per key of the draft and return its public id."""
    keys = lines.keys_by_place(order)
    wishes = [
        Wish(keys[place], pick.quantity, pick.reason, pick.details)
        for place, pick in sorted(draft.picks.items())
    ]

    def work() -> UUID:
        return opening.open_request(
            order=order,
            wishes=wishes,
            contact=Contact(email=email, locale=words.language(), source=BuyerRequest.Source.WEB),
            by=Actor.buyer(),
            at=at,
        ).public_id

    return once.do(scope=_scope(order), key=draft.key, words="", at=at, work=work)


def _scope(order: Order) -> str:
    return f"web-request:{order.pk}"
