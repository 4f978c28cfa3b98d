"""Locks have one home and one order: ticket, then what orders.locks says, then request.

Their kind is that of orders.locks, for the reason given there.
"""

from orders.locks import hold
from tickets.models import BuyerRequest, Proposal, Ticket


def lock_ticket(pk: int) -> Ticket:
    """Return the ticket as it is now, held until the transaction ends."""
    # Two steps: what is joined to the query that waits for a lock is as it was before the wait.
    hold(Ticket, pk)
    return Ticket.objects.select_related("store", "claim", "request").get(pk=pk)


def lock_ticket_of_claim(claim_id: int) -> Ticket | None:
    """Return a claim's ticket as `lock_ticket` does; None when it has none."""
    tickets = Ticket.objects.select_for_update(of=("self",), no_key=True)
    return tickets.filter(claim_id=claim_id).first()


def lock_request(pk: int) -> BuyerRequest:
    """Return the buyer's request as it is now, held until the transaction ends."""
    return BuyerRequest.objects.select_for_update(of=("self",), no_key=True).get(pk=pk)


def lock_open_proposal(ticket_id: int) -> Proposal | None:
    """Return the proposal that waits on this ticket, held until the transaction ends."""
    return (
        Proposal.objects.select_for_update(of=("self",), no_key=True)
        .filter(ticket_id=ticket_id, outcome=None)
        .first()
    )
