"""Guards taken out, by name: with one of these the books must be seen to break."""

import dataclasses
import time
import uuid
from collections.abc import Callable
from typing import Any

from django.db import transaction

from common import events
from common.models import Delivery
from orders.models import Refund
from tests.faults.steps import wrap


def new_name_for_each_send() -> None:
    """Give every send its own op_id: the ledger cannot tell the second from another refund."""

    def around(approve: Callable[..., Any]) -> Callable[..., Any]:
        def renamed(self: object, operation: Any) -> Any:
            answer = approve(self, dataclasses.replace(operation, op_id=uuid.uuid4()))
            time.sleep(0.1)  # a channel that takes its time to answer
            return answer

        return renamed

    wrap("orders.channels.direct.channel.DirectChannel.approve_cancel", around)


def no_intent() -> None:
    """Send without writing down that it will be sent."""

    def around(begin: Callable[..., Any]) -> Callable[..., Any]:
        return lambda **kwargs: Refund.objects.get(pk=kwargs["refund_id"])

    wrap("orders.actions.refunds.begin_sending", around)


def done_before_it_is_done() -> None:
    """Mark an event as delivered, commit, and only then act on it."""

    def around(deliver: Callable[..., Any]) -> Callable[..., Any]:
        def hasty(delivery: Delivery) -> bool:
            Delivery.objects.filter(pk=delivery.pk).update(state="DONE", lease_until=None)
            handler = events.handler_of(delivery.subscriber)
            if handler is not None:
                with transaction.atomic():
                    handler(delivery.event)
            return True

        return hasty

    wrap("common.deliveries._deliver", around)


SABOTAGES: dict[str, Callable[[], None]] = {
    sabotage.__name__: sabotage
    for sabotage in (new_name_for_each_send, no_intent, done_before_it_is_done)
}
