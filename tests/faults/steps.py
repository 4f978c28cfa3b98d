"""The points on a refund's way at which a worker is killed, put around functions of the product."""

import os
import signal
from collections.abc import Callable
from dataclasses import dataclass
from pkgutil import resolve_name
from typing import Any

from common.models import Delivery
from orders.domain.events import OrderEvent
from orders.models import Refund


@dataclass(frozen=True, slots=True)
class Step:
    """Die before or after `point`, a dotted name, when `here` says so of its arguments."""

    point: str
    after: bool = True
    here: Callable[..., bool] = lambda *args, **kwargs: True


def _of(model: type) -> Callable[..., bool]:
    return lambda row, **kwargs: isinstance(row, model)


def _named(name: str) -> Callable[..., bool]:
    return lambda given, **kwargs: given == name


def _to(subscriber: str, event: str) -> Callable[..., bool]:
    def here(delivery: Any, **kwargs: object) -> bool:
        is_delivery = isinstance(delivery, Delivery) and delivery.subscriber == subscriber
        return is_delivery and delivery.event.name == event

    return here


def _mail(template: str) -> Callable[..., bool]:
    return lambda **kwargs: kwargs["template"] == template


SETTLING = _to("tickets.settle", OrderEvent.REFUND_CONFIRMED)
TELLING = _to("tickets.tell_buyer", "ticket.refunded")

STEPS: dict[str, Step] = {
    "before the lease": Step("common.leases.take", after=False, here=_of(Refund)),
    "after the lease": Step("common.leases.take", here=_of(Refund)),
    "after the read": Step("orders.channels.direct.channel.DirectChannel.fetch"),
    "intent written, not committed": Step(
        "common.events.record", here=_named(OrderEvent.REFUND_SENT)
    ),
    "intent committed": Step("orders.actions.refunds.begin_sending"),
    "ledger written, not committed": Step("orders.models.DirectSettlement.objects.get_or_create"),
    "ledger committed, no answer": Step("orders.actions.ledger.settle"),
    "before the answer is noted": Step("orders.actions.refunds.note_answer", after=False),
    "answer noted, not committed": Step("orders.actions.refunds.note_answer"),
    "confirmed, restocked, not committed": Step("orders.actions.refunds._restock"),
    "confirmed, recorded, not committed": Step(
        "common.events.record", here=_named(OrderEvent.REFUND_CONFIRMED)
    ),
    "confirmation committed": Step("orders.executor._settle"),
    "delivery leased": Step("common.leases.take", here=SETTLING),
    "ticket settled, not committed": Step("tickets.actions.following.settle"),
    "ticket settled": Step("common.deliveries._deliver", here=SETTLING),
    "mail queued, not committed": Step("common.outbox.post", here=_mail("refunded")),
    "mail queued": Step("common.deliveries._deliver", here=TELLING),
    "marked unknown": Step("orders.actions.refunds.mark_unknown"),
}


def die() -> None:
    """End like `kill -9`: no handler runs, nothing is flushed, nobody is told."""
    os.kill(os.getpid(), signal.SIGKILL)


def install(name: str) -> None:
    """Let this process die at a step."""
    step = STEPS[name]

    def around(original: Callable[..., Any]) -> Callable[..., Any]:
        def deadly(*args: object, **kwargs: object) -> Any:
            if step.after:
                result = original(*args, **kwargs)
            if step.here(*args, **kwargs):
                die()
            return result if step.after else original(*args, **kwargs)

        return deadly

    wrap(step.point, around)


def wrap(point: str, around: Callable[[Callable[..., Any]], Callable[..., Any]]) -> None:
    """Put something around a function of the product, in this process."""
    holder, _, name = point.rpartition(".")
    setattr(resolve_name(holder), name, around(resolve_name(point)))
