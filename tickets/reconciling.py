"""Compare tickets with their refunds, events, claims, clocks and proposals."""

from collections.abc import Callable, Iterator
from typing import Any

from django.db.models import (
    Count,
    Exists,
    F,
    IntegerField,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    TextField,
    Value,
)
from django.db.models.fields.json import KT
from django.db.models.functions import Coalesce

from common.models import Delivery, Event
from orders.domain.events import OrderEvent
from orders.domain.refunds import RefundState
from orders.models import Claim, Refund, Store
from orders.reconciling import CHECKS as OF_ORDERS
from orders.reconciling import CHUNK, Difference
from tickets.domain.events import MOVED, TicketEvent
from tickets.domain.states import OPEN_STATUSES, Status
from tickets.models import Clock, Proposal, Ticket

Check = Callable[[QuerySet[Store]], Iterator[Difference]]

# A refund in flight when the marketplace forced the cancellation ends so, too.
PAID_BACK = frozenset({Status.REFUNDED, Status.FORCED})
MOVES = sorted({event.value for event in MOVED.values()})
TICKET, REFUND = Ticket._meta.label_lower, Refund._meta.label_lower


def refunds(stores: QuerySet[Store]) -> Iterator[Difference]:
    """A ticket is REFUNDED exactly when its refund is confirmed, or hears of it in a moment."""
    confirmed = Refund.objects.filter(claim=OuterRef("claim"), state=RefundState.CONFIRMED)
    tickets = Ticket.objects.filter(store__in=stores)
    for ticket in _rows(tickets.filter(~Exists(confirmed), status=Status.REFUNDED)):
        yield Difference("ticket", ticket.number, "refund", "a confirmed one", "none")
    on_its_way = Delivery.objects.filter(
        event__subject_type=REFUND,
        event__subject_id=OuterRef("pk"),
        event__name=OrderEvent.REFUND_CONFIRMED,
        state=Delivery.State.WAITING,
    )
    unheard = Refund.objects.filter(claim__store__in=stores, state=RefundState.CONFIRMED)
    unheard = unheard.exclude(claim__ticket__status__in=PAID_BACK)
    for refund in _rows(
        unheard.annotate(on_its_way=Exists(on_its_way)).select_related("claim__ticket")
    ):
        ticket = getattr(refund.claim, "ticket", None)
        yield Difference(
            "ticket",
            ticket.number if ticket else f"of refund {refund.op_id}",
            "status",
            Status.REFUNDED.value,
            ticket.status if ticket else "no ticket",
            pending=refund.on_its_way and ticket is not None and ticket.status == Status.APPROVED,
        )


def trail(stores: QuerySet[Store]) -> Iterator[Difference]:
    """The last move in the trail is the status, and a ticket was opened once."""
    about = Event.objects.filter(subject_type=TICKET, subject_id=OuterRef("pk"))
    last = (
        about.filter(name__in=MOVES)
        .order_by("-id")
        .annotate(status=Coalesce(KT("data__after"), KT("data__status"), output_field=TextField()))
    )
    opened = about.filter(name=TicketEvent.OPENED).order_by().values("subject_id")
    times = opened.annotate(n=Count("id")).values("n")
    tickets = Ticket.objects.filter(store__in=stores).annotate(
        told=Coalesce(Subquery(last.values("status")[:1]), Value(""), output_field=TextField()),
        times=Coalesce(Subquery(times), Value(0), output_field=IntegerField()),
    )
    for ticket in _rows(tickets.exclude(status=F("told"), times=1)):
        if ticket.told != ticket.status:
            told = ticket.told or "nothing"
            yield Difference("ticket", ticket.number, "status by its events", told, ticket.status)
        if ticket.times != 1:
            yield Difference("ticket", ticket.number, "opened events", 1, ticket.times)


def claims(stores: QuerySet[Store]) -> Iterator[Difference]:
    """A claim is closed when its ticket is; a confirmed refund closes it a moment earlier."""
    confirmed = Refund.objects.filter(claim=OuterRef("pk"), state=RefundState.CONFIRMED)
    of_stores = Claim.objects.filter(store__in=stores).select_related("ticket", "line__order")
    is_open = Q(ticket__status__in=OPEN_STATUSES)
    wrong = (
        Q(ticket=None) | (is_open & Q(closed_at__isnull=False) & ~Exists(confirmed))
        | (~is_open & Q(closed_at=None))
    )  # fmt: skip
    for claim in _rows(of_stores.filter(wrong)):
        ticket = getattr(claim, "ticket", None)
        if ticket is None:
            row = f"of line {claim.line.order.number}/{claim.line.line_key}"
            yield Difference("claim", row, "ticket", "one", "none")
        else:
            expected, found = ("open", "closed") if ticket.is_open else ("closed", "open")
            yield Difference("claim", f"of {ticket.number}", "state", expected, found)


def clocks(stores: QuerySet[Store]) -> Iterator[Difference]:
    """No clock runs on a closed ticket, and the queue is ordered by the nearest one."""
    running = Clock.objects.filter(ticket__store__in=stores, stopped_at=None)
    late = running.exclude(ticket__status__in=OPEN_STATUSES).select_related("ticket")
    for clock in _rows(late):
        row = f"{clock.kind} of {clock.ticket.number}"
        yield Difference("clock", row, "state", "stopped", "running")
    due = Clock.objects.filter(ticket=OuterRef("pk"), stopped_at=None).order_by().values("ticket")
    tickets = Ticket.objects.filter(store__in=stores, status__in=OPEN_STATUSES).annotate(
        nearest=Subquery(due.annotate(first=Min("due_at")).values("first"))
    )
    same = Q(next_due_at=F("nearest")) | Q(next_due_at=None, nearest=None)
    for ticket in _rows(tickets.filter(~same)):
        yield _due(ticket, ticket.nearest)
    closed = Ticket.objects.filter(store__in=stores, next_due_at__isnull=False)
    for ticket in _rows(closed.exclude(status__in=OPEN_STATUSES)):
        yield _due(ticket, None)


def _due(ticket: Any, expected: Any) -> Difference:
    found = ticket.next_due_at
    return Difference(
        "ticket", ticket.number, "next_due_at",
        expected.isoformat() if expected else "none", found.isoformat() if found else "none",
    )  # fmt: skip


def proposals(stores: QuerySet[Store]) -> Iterator[Difference]:
    """A ticket waits for a second person exactly while a proposal is open."""
    open_ones = Proposal.objects.filter(ticket=OuterRef("pk"), outcome=None)
    tickets = Ticket.objects.filter(store__in=stores).annotate(waits=Exists(open_ones))
    waiting = Q(status=Status.WAITING_APPROVAL)
    for ticket in _rows(tickets.filter((waiting & Q(waits=False)) | (~waiting & Q(waits=True)))):
        expected, found = ("none", "an open one") if ticket.waits else ("an open one", "none")
        yield Difference("proposal", f"of {ticket.number}", "state", expected, found)


def parked(stores: QuerySet[Store]) -> Iterator[Difference]:
    """No subscriber gave up on an event; told for all stores, since an event names none."""
    given_up = Delivery.objects.filter(state=Delivery.State.PARKED)
    for delivery in _rows(given_up.select_related("event")):
        row = f"{delivery.event.name} for {delivery.subscriber}"
        yield Difference("delivery", row, "state", "DONE", f"PARKED ({delivery.last_error})")


CHECKS: tuple[Check, ...] = (
    *OF_ORDERS, refunds, trail, claims, clocks, proposals, parked,
)  # fmt: skip


def differences(stores: QuerySet[Store]) -> Iterator[Difference]:
    """Yield whatever disagrees in these stores."""
    for check in CHECKS:
        yield from check(stores)


def _rows(rows: QuerySet[Any]) -> Iterator[Any]:
    return rows.order_by("pk").iterator(chunk_size=CHUNK)
