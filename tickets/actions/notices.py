"""Who is told what: one mail per person and fact, queued in the transaction of the fact."""

from collections.abc import Iterable

from common import outbox
from common.models import User
from orders.models import Membership, Role, Store
from tickets.models import BuyerRequest, Ticket


def tell_buyer(
    *, template: str, request: BuyerRequest | None, key: str, ticket_id: int | None = None
) -> None:
    """Queue a mail to the buyer; silent for history and where no address is known."""
    if request is None or request.source == BuyerRequest.Source.REPLAY:
        return
    outbox.post(
        template=template,
        to=request.contact,
        locale=request.locale,
        dedupe_key=f"{template}:{key}",
        request_id=request.pk,
        ticket_id=ticket_id or 0,
    )


def tell_staff(
    *, template: str, people: Iterable[User], ticket: Ticket, key: str, **facts: int | str
) -> None:
    """Queue a mail to each of these people."""
    for person in people:
        outbox.post(
            template=template,
            to=person.email,
            locale=person.locale,
            dedupe_key=f"{template}:{key}:{person.pk}",
            ticket_id=ticket.pk,
            **facts,
        )


def people_with(store: Store, *roles: str) -> list[User]:
    """Return the active staff of a store with one of these roles."""
    members = Membership.objects.filter(store=store, role__in=roles)
    return list(
        User.objects.filter(
            pk__in=members.values("user_id"), is_active=True, is_staff=True
        ).order_by("pk")[:100]
    )


def leads_of(store: Store, *, but: int | None = None) -> list[User]:
    """Return the leads of a store, one person left out."""
    return [person for person in people_with(store, Role.LEAD) if person.pk != but]


def responsible_for(ticket: Ticket) -> list[User]:
    """Return who has to act: the assignee, else the store's leads, else its agents."""
    if ticket.assignee is not None and ticket.assignee.is_active:
        return [ticket.assignee]
    return leads_of(ticket.store) or people_with(ticket.store, Role.AGENT)
