"""As whom somebody may act on a ticket, read from the rows at the moment of acting."""

from common.domain.actors import Actor, ActorKind
from orders.models import Membership, Role
from tickets.domain.states import Party, Status
from tickets.models import Proposal, Ticket

OF_KIND = {
    ActorKind.BUYER: frozenset({Party.BUYER}),
    ActorKind.RULE: frozenset({Party.RULE}),
    ActorKind.CHANNEL: frozenset({Party.CHANNEL}),
    ActorKind.SYSTEM: frozenset({Party.SYSTEM}),
}


def roles_in(store_id: int, user_id: int) -> set[str]:
    """Return the roles of an active member of staff in a store."""
    rows = Membership.objects.filter(
        store_id=store_id, user_id=user_id, user__is_active=True, user__is_staff=True
    )
    return set(rows.values_list("role", flat=True))


def parties_of(by: Actor, ticket: Ticket) -> frozenset[Party]:
    """Return every party that the actor is for this ticket now."""
    if by.kind is not ActorKind.STAFF or by.user_id is None:
        return OF_KIND.get(by.kind, frozenset())
    roles = roles_in(ticket.store_id, by.user_id)
    parties = set()
    if Role.AGENT in roles:
        parties.add(Party.AGENT)
    if Role.LEAD in roles:
        parties |= {Party.AGENT, Party.LEAD}
    if ticket.status == Status.WAITING_APPROVAL:
        parties |= _about_proposal(by.user_id, ticket, is_lead=Role.LEAD in roles)
    if ticket.status == Status.APPROVED and ticket.decided_by_id == by.user_id and parties:
        parties.add(Party.APPROVER)
    return frozenset(parties)


def _about_proposal(user_id: int, ticket: Ticket, *, is_lead: bool) -> set[Party]:
    """The proposer may take it back; another person with the right may decide."""
    proposed_by = (
        Proposal.objects.filter(ticket=ticket, outcome=None)
        .values_list("proposed_by_id", flat=True)
        .first()
    )
    if proposed_by == user_id:
        return {Party.PROPOSER}
    return {Party.SECOND} if is_lead and proposed_by is not None else set()
