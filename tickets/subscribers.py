"""What tickets do when something happened. Each may run twice: every act is keyed or a no-op."""

from common import events
from common.domain.actors import ActorKind
from common.models import Event
from orders.domain.events import OrderEvent
from orders.domain.refunds import Cause
from tickets.actions import following, notices
from tickets.domain.events import TicketEvent
from tickets.models import BuyerRequest, Ticket

E = TicketEvent
TOLD_TO_BUYER = {
    E.REFUNDED: "refunded",
    E.REFUSED: "refused",
    E.APPROVED: "approved",
    E.CONVERTED: "converted",
}


def settle_ticket(event: Event) -> None:
    """refund.confirmed: the ticket is REFUNDED as of the moment the money went."""
    following.settle(claim_id=event.data["claim"], at=event.happened_at)


def follow_refund(event: Event) -> None:
    """refund.refused, refund.void: the ticket goes on by the cause."""
    following.give_back(
        claim_id=event.data["claim"], cause=Cause(event.data["cause"]), at=event.happened_at
    )


def confirm_request(event: Event) -> None:
    """request.received: numbers and the status page's address go to the buyer."""
    request = BuyerRequest.objects.get(pk=event.subject_id)
    notices.tell_buyer(template="request_received", request=request, key=str(request.pk))


def tell_buyer(event: Event) -> None:
    """A decision or its end: the buyer hears of it."""
    ticket = Ticket.objects.select_related("request").get(pk=event.subject_id)
    notices.tell_buyer(
        template=TOLD_TO_BUYER[E(event.name)],
        request=ticket.request,
        key=str(event.pk),
        ticket_id=ticket.pk,
    )


def tell_buyer_of_message(event: Event) -> None:
    """message.written by a person of the desk: the buyer gets a mail."""
    if event.data["author"] != ActorKind.STAFF:
        return
    ticket = Ticket.objects.select_related("request").get(pk=event.subject_id)
    notices.tell_buyer(
        template="new_message",
        request=ticket.request,
        key=str(event.data["message"]),
        ticket_id=ticket.pk,
    )


def tell_deadline(event: Event) -> None:
    """clock.warned, clock.breached: whoever has to act; a breach tells the leads as well."""
    ticket = _ticket(event)
    people = {person.pk: person for person in notices.responsible_for(ticket)}
    if event.name == E.CLOCK_BREACHED:
        people |= {person.pk: person for person in notices.leads_of(ticket.store)}
    notices.tell_staff(
        template="deadline",
        people=people.values(),
        ticket=ticket,
        key=str(event.data["level"]),
        level_id=event.data["level"],
    )


def tell_leads(event: Event) -> None:
    """A proposal waits or expired, a legal date is inside it, or money came back."""
    ticket = _ticket(event)
    people = {p.pk: p for p in notices.leads_of(ticket.store, but=event.actor_user_id)}
    proposer = event.data.get("proposed_by")
    people |= {p.pk: p for p in notices.people_with(ticket.store, "AGENT") if p.pk == proposer}
    notices.tell_staff(
        template="lead_notice",
        people=people.values(),
        ticket=ticket,
        key=str(event.pk),
        what=event.name,
    )


def tell_leads_of_refund(event: Event) -> None:
    """refund.needs_human: the leads hear of it."""
    ticket = Ticket.objects.select_related("store").get(claim__refunds=event.subject_id)
    notices.tell_staff(
        template="lead_notice",
        people=notices.leads_of(ticket.store),
        ticket=ticket,
        key=str(event.pk),
        what=event.name,
    )


def _ticket(event: Event) -> Ticket:
    return Ticket.objects.select_related("store", "assignee").get(pk=event.subject_id)


def register() -> None:
    """Subscribe all of the above; called once by apps.py."""
    listen = events.subscribe
    settled, ended = (
        OrderEvent.REFUND_CONFIRMED,
        (OrderEvent.REFUND_REFUSED, OrderEvent.REFUND_VOID),
    )
    listen(settled, key="tickets.settle", handler=settle_ticket, in_history=True)
    listen(*ended, key="tickets.follow", handler=follow_refund, in_history=True)
    listen(OrderEvent.REFUND_NEEDS_HUMAN, key="tickets.needs_human", handler=tell_leads_of_refund)
    listen(E.REQUEST_RECEIVED, key="tickets.confirm", handler=confirm_request)
    listen(*TOLD_TO_BUYER, key="tickets.tell_buyer", handler=tell_buyer)
    listen(E.MESSAGE_WRITTEN, key="tickets.tell_message", handler=tell_buyer_of_message)
    listen(E.CLOCK_WARNED, E.CLOCK_BREACHED, key="tickets.deadline", handler=tell_deadline)
    listen(
        E.PROPOSED, E.PROPOSAL_EXPIRED, E.STATUTE_INSIDE_PROPOSAL, E.REFUND_REFUSED,
        key="tickets.leads", handler=tell_leads,
    )  # fmt: skip
