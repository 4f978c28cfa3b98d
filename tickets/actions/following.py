"""What a refund's end does to its ticket: the only way out of APPROVED but for the buyer's."""

from datetime import datetime

from django.db import transaction

from common.domain.actors import Actor
from orders.domain.refunds import Cause
from tickets import locks
from tickets.actions import lifecycle, opening
from tickets.domain.states import Status, Verb
from tickets.models import Ticket

REFUNDS = Actor.system("refunds")

# By cause of a refund that ended without money. What is missing here needs a new approval.
VERBS = {
    Cause.WITHDRAWN: Verb.WITHDRAW,
    Cause.FORCED: Verb.FORCE,
    Cause.SHIPPED: Verb.SHIPPED,
}
BY_CHANNEL = frozenset({Verb.WITHDRAW, Verb.FORCE})


@transaction.atomic
def settle(*, claim_id: int, at: datetime) -> Ticket | None:
    """The money went: REFUNDED. A no-op when the ticket is there already."""
    ticket = _approved(claim_id)
    if ticket is None:
        return None
    return lifecycle.move_held(ticket=ticket, verb=Verb.SETTLE, by=REFUNDS, at=at)


@transaction.atomic
def give_back(*, claim_id: int, cause: Cause, at: datetime) -> Ticket | None:
    """The refund ended without money: on by its cause. A no-op unless the ticket is APPROVED."""
    ticket = _approved(claim_id)
    if ticket is None or cause is Cause.UNDONE:
        return None
    verb = VERBS.get(cause, Verb.REFUND_REFUSED)
    by = Actor.channel(ticket.store.channel) if verb in BY_CHANNEL else REFUNDS
    moved = lifecycle.move(ticket_id=ticket.pk, verb=verb, by=by, at=at, cause=cause)
    if verb is Verb.SHIPPED:
        opening.open_return_after_shipping(ticket=moved, by=REFUNDS, at=at)
    return moved


def _approved(claim_id: int) -> Ticket | None:
    ticket = locks.lock_ticket_of_claim(claim_id)
    return ticket if ticket is not None and ticket.status == Status.APPROVED else None
