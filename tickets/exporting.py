"""What every request for money back has come to, for other programs."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db.models import OuterRef, Subquery

from orders.actions import refunds
from orders.domain.refunds import NothingToRefund
from orders.models import Claim, Refund, Store
from tickets.domain.states import Kind
from tickets.models import Ticket

CHUNK = 1_000


def claims_of(store: Store) -> Iterator[dict[str, Any]]:
    """Yield one plain object per ticket that asks for money back, oldest first.

    Amounts are in minor units of the store's currency, the delivery fee left out: what the last
    refund gives back, or what approving would give back now.
    """
    last = Refund.objects.filter(claim=OuterRef("claim")).order_by("-id")
    tickets = (
        Ticket.objects.filter(store=store)
        .exclude(kind=Kind.INQUIRY)
        .select_related("claim__line")
        .annotate(
            refund_state=Subquery(last.values("state")[:1]),
            refund_amount=Subquery(last.values("amount")[:1]),
        )
        .order_by("id")
    )
    for ticket in tickets.iterator(chunk_size=CHUNK):
        claim = ticket.the_claim
        amount = ticket.refund_amount
        yield {
            "channel_line_id": claim.line.line_key,
            "channel_claim_id": claim.channel_claim_id,
            "ticket_status": ticket.status,
            "refund_state": ticket.refund_state,
            "amount": _expected(claim) if amount is None else amount,
            "quantity": claim.quantity,
            "decided_at": _moment(ticket.decided_at),
        }


def _expected(claim: Claim) -> int:
    try:
        return refunds.expected_amount(claim)
    except NothingToRefund:
        return 0


def _moment(at: datetime | None) -> str | None:
    return at.isoformat().replace("+00:00", "Z") if at else None
