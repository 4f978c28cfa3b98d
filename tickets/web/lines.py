"""The lines of an order as a buyer sees them: what each may still do, and why not."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from orders.actions import refunds
from orders.domain import statutes
from orders.domain.channels import capabilities
from orders.domain.refunds import LineMoney
from orders.domain.statutes import Statutory, WithdrawalBasis
from orders.models import Order, OrderLine
from tickets.actions.calendars import seoul_day
from tickets.models import Ticket

MOST_LINES = 1000
MOST_TICKETS = 500


@dataclass(frozen=True, slots=True)
class LineView:
    """One line. `place` (1, 2, ...) names it in forms: keys of rows are never shown."""

    pk: int
    place: int
    name: str
    option: str
    quantity: int
    free: int
    # None when nobody knows what was paid.
    money: LineMoney | None
    is_shipped: bool
    # The marketplace's own word for a claim there, "" when there is none.
    claimed_elsewhere: str
    can_cancel: bool
    # The first day counted is that of receipt, which nobody told us: at least until this day.
    withdraw_until: Statutory | None
    open_tickets: tuple[Ticket, ...]


def of_order(order: Order, *, today: date) -> tuple[list[LineView], list[Ticket]]:
    """Return the order's lines, and its tickets with the newest first, in two queries."""
    lines = order.lines.select_related("product").order_by("id")[:MOST_LINES]
    tickets = list(
        Ticket.objects.filter(order=order)
        .select_related("request", "claim")
        .order_by("-id")[:MOST_TICKETS]
    )
    by_line: dict[int, list[Ticket]] = defaultdict(list)
    for ticket in tickets:
        if ticket.is_open and ticket.claim is not None:
            by_line[ticket.claim.line_id].append(ticket)
    asks_here = capabilities(order.store.channel).buyer_asks_here
    views = [
        _view(line, place, tuple(by_line[line.pk]), asks_here=asks_here, today=today)
        for place, line in enumerate(lines, start=1)
    ]
    return views, tickets


def _view(
    line: OrderLine, place: int, open_tickets: tuple[Ticket, ...], *, asks_here: bool, today: date
) -> LineView:
    is_shipped = line.dispatched_at is not None
    is_free = line.paid is not None and not line.claimed_at_channel and line.units_free > 0
    return LineView(
        pk=line.pk,
        place=place,
        name=line.product.name,
        option=line.option,
        quantity=line.quantity,
        free=line.units_free,
        money=refunds.money_of(line) if line.paid is not None else None,
        is_shipped=is_shipped,
        claimed_elsewhere=line.claimed_at_channel,
        can_cancel=asks_here and is_free and not is_shipped,
        withdraw_until=_withdraw_until(line, today),
        open_tickets=open_tickets,
    )


def _withdraw_until(line: OrderLine, today: date) -> Statutory | None:
    """Return the earliest day on which the seven days can end; None once nobody can say.

    They run from the receipt of the goods, which is never before their dispatch (§17①1).
    """
    if line.dispatched_at is None:
        return None
    sent_on = seoul_day(line.dispatched_at)
    found = statutes.withdrawal_deadline(
        basis=WithdrawalBasis.CHANGE_OF_MIND, document_received=sent_on, goods_supplied=sent_on
    )
    return found if isinstance(found.value, date) and found.value >= today else None


def keys_by_place(order: Order) -> dict[int, int]:
    """Return the key of each line's row by its place."""
    keys = order.lines.order_by("id").values_list("pk", flat=True)[:MOST_LINES]
    return dict(enumerate(keys, start=1))


def by_place(lines: Sequence[LineView]) -> dict[int, LineView]:
    """Return the lines by their place."""
    return {line.place: line for line in lines}
