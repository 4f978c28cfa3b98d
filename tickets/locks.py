"""Locks have one home and one order: ticket, then request, then what orders.locks says."""

from tickets.models import BuyerRequest, Proposal, Ticket


def lock_ticket(pk: int) -> Ticket:
    """Return the ticket as it is now, held until the transaction ends."""
    return (
        Ticket.objects.select_for_update(of=("self",))
        .select_related("store", "claim", "request")
        .get(pk=pk)
    )


def lock_request(pk: int) -> BuyerRequest:
    """Return the buyer's request as it is now, held until the transaction ends."""
    return BuyerRequest.objects.select_for_update(of=("self",)).get(pk=pk)


def lock_open_proposal(ticket_id: int) -> Proposal | None:
    """Return the proposal that waits on this ticket, held until the transaction ends."""
    return (
        Proposal.objects.select_for_update(of=("self",))
        .filter(ticket_id=ticket_id, outcome=None)
        .first()
    )
