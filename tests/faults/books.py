"""Whether every book says the same about a refund: once in each, and nowhere twice."""

from collections.abc import Iterator

from common.models import Delivery, Event, OutboundMail
from orders.domain.refunds import LIVE, RefundState
from orders.models import Claim, DirectSettlement, Refund, StockEntry
from tickets.domain.states import Status
from tickets.models import Ticket

UNFINISHED = LIVE - {RefundState.NEEDS_HUMAN}


def is_idle() -> bool:
    """Tell whether no worker has anything left to do, mail aside."""
    waiting = Delivery.objects.filter(state=Delivery.State.WAITING)
    return not Refund.objects.filter(state__in=UNFINISHED).exists() and not waiting.exists()


def doubled() -> int:
    """Return how many order lines were paid for more often than asked."""
    lines = DirectSettlement.objects.values_list("line_id", flat=True)
    return len(lines) - len(set(lines))


def lost() -> int:
    """Return how many approved tickets neither have their money nor wait for a person."""
    paid = set(DirectSettlement.objects.values_list("line_id", flat=True))
    human = Refund.objects.filter(state=RefundState.NEEDS_HUMAN).values("claim_id")
    decided = Ticket.objects.exclude(decided_at=None).exclude(claim_id__in=human)
    return sum(
        status != Status.REFUNDED or line_id not in paid
        for status, line_id in decided.values_list("status", "claim__line_id")
    )


def differences(ticket: Ticket) -> list[str]:
    """Return what is wrong about one refunded ticket; a line of its own, stock that is counted."""
    return [f"{ticket.number}: {wrong}" for wrong in _differences(ticket)]


def _differences(ticket: Ticket) -> Iterator[str]:
    ticket.refresh_from_db()
    refund = Refund.objects.get(claim=ticket.claim_id)
    claim = Claim.objects.select_related("line__product").get(pk=ticket.claim_id)
    line = claim.line
    facts = {
        "ticket": (ticket.status, Status.REFUNDED),
        "refund": (refund.state, RefundState.CONFIRMED),
        "ledger": (_ledger(line.pk), [(refund.op_id, refund.quantity, refund.amount)]),
        "line": (
            (line.refunded_qty, line.refunded_amount, line.refunding_qty, line.refunding_amount),
            (refund.quantity, refund.amount, 0, 0),
        ),
        "claim": ((line.claimed_qty, claim.closed_at), (0, refund.settled_at)),
        "stock": (_restocked(refund), [refund.quantity]),
        "refund.confirmed": (_recorded("refund.confirmed", refund), 1),
        "refund.sent": (_recorded("refund.sent", refund), refund.tries.count()),
        "ticket.refunded": (_recorded("ticket.refunded", ticket), 1),
        "request.resolved": (_recorded("request.resolved", ticket.request), 1),
        "mail": (_mails(ticket), 1),
        "tries": (tries_of(refund)[0][:1], [1]),
    }
    for name, (found, wanted) in facts.items():
        if found != wanted:
            yield f"{name}: {found}, not {wanted}"
    yield from _tries(refund)


def _ledger(line_id: int) -> list[tuple]:
    entries = DirectSettlement.objects.filter(line_id=line_id)
    return list(entries.values_list("op_id", "quantity", "amount"))


def _restocked(refund: Refund) -> list[int]:
    entries = StockEntry.objects.filter(product__lines=refund.line_id, refund__isnull=False)
    return list(entries.filter(refund__line=refund.line_id).values_list("quantity", flat=True))


def _recorded(name: str, subject) -> int:
    return Event.objects.about(subject).filter(name=name).count()


def _mails(ticket: Ticket) -> int:
    mails = OutboundMail.objects.filter(template="refunded", context__ticket_id=ticket.pk)
    return mails.count()


def tries_of(refund: Refund) -> tuple[list[int], list[int], list[str | None]]:
    """Return the numbers, fences and answers of the times it was sent."""
    rows = list(refund.tries.order_by("n").values_list("n", "fence", "result"))
    return [r[0] for r in rows], [r[1] for r in rows], [r[2] for r in rows]


def _tries(refund: Refund) -> Iterator[str]:
    numbers, fences, _ = tries_of(refund)
    if numbers != list(range(1, len(numbers) + 1)) or fences != sorted(set(fences)):
        yield f"tries: numbers {numbers}, fences {fences}"


def stock_differences() -> list[str]:
    """Return the products whose level is not the sum of their movements."""
    wrong = []
    for entry in StockEntry.objects.select_related("product").order_by("product_id"):
        product = entry.product
        moved = sum(product.entries.values_list("quantity", flat=True))
        if product.on_hand - product.shortage != moved:
            wrong.append(f"{product.sku}: {product.on_hand} - {product.shortage}, moved {moved}")
    return sorted(set(wrong))
