"""What feedback does when something happened to tickets."""

from common.domain.actors import Actor, ActorKind
from common.models import Event
from feedback.actions import invitations
from tickets.domain.states import Status
from tickets.models import BuyerRequest, Ticket

ME = Actor.system("feedback.invite")


def invite_after_refund(event: Event) -> None:
    """Ask the buyer whose request ended with a refund that the shop decided."""
    if event.data.get("outcome") != Status.REFUNDED:
        return
    if event.data.get("source") == BuyerRequest.Source.REPLAY:
        return  # years ago, and nobody waits for the question
    ticket = _refunded_last(event)
    if ticket is not None:
        invitations.invite(resolution=event, ticket=ticket, by=ME, at=event.happened_at)


def _refunded_last(event: Event) -> Ticket | None:
    """Of the request's tickets, the refunded one that closed last; none if all were refunded
    by the marketplace without us: there is nothing of ours to rate."""
    return (
        Ticket.objects.filter(request_id=event.subject_id, status=Status.REFUNDED)
        .filter(closed_at__lte=event.happened_at)
        .exclude(decided_by_kind=ActorKind.CHANNEL)
        .select_related("claim", "request")
        .order_by("-closed_at", "-id")
        .first()
    )
