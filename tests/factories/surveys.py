"""Requests that ended with a refund, and their surveys."""

from django.utils import timezone

from common import deliveries
from common.domain.actors import Actor
from feedback.actions import responses
from feedback.models import Invitation, Response
from orders import executor
from orders.models import OrderLine
from tests.factories.cast import Cast, staff
from tests.factories.rows import OrderFactory, OrderLineFactory
from tickets.actions import decisions
from tickets.models import Ticket


def refunded(cast: Cast, *, line: OrderLine | None = None, by=None) -> Ticket:
    """Open, approve and refund a cancellation, and hand out every event."""
    ticket = cast.ticket(line=line)
    approver = staff(by or cast.agent)
    decisions.approve(ticket_id=ticket.pk, by=approver, at=timezone.now())
    executor.run_due()
    deliveries.deliver_all()
    ticket.refresh_from_db()
    return ticket


def invited(cast: Cast, **kwargs) -> Invitation:
    """Return the invitation of a fresh refund."""
    return Invitation.objects.get(request=refunded(cast, **kwargs).request)


def rated(cast: Cast, rating: int, comment: str = "", *, by=None) -> Response:
    """Return an answered survey on an order of its own."""
    line = OrderLineFactory(order=OrderFactory(store=cast.store))
    return responses.submit(
        invitation_id=invited(cast, line=line, by=by).pk,
        answers={1: str(rating), 2: comment},
        by=Actor.buyer(),
        at=timezone.now(),
    )
