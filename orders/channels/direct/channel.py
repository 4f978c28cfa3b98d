"""The shop's own site: the desk keeps the ledger, so it always knows whether a thing is done."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import Max, Q, Sum

from orders.actions import ledger
from orders.channels.base import (
    ActionResult,
    Changes,
    LineRef,
    LineSnapshot,
    Operation,
    Result,
    Unsupported,
)
from orders.domain.channels import CAPABILITIES
from orders.models import OrderLine, Store


class DirectChannel:
    """Settles in the desk's own ledger, once per op_id."""

    slug = "direct"
    capabilities = CAPABILITIES["direct"]

    def __init__(self, store: Store) -> None:
        self.store = store

    def changes(self, cursor: str | None) -> Changes:
        """Nothing changes behind the desk's back."""
        return Changes(cursor=cursor)

    def fetch(self, refs: Sequence[LineRef], *, op_id: UUID | None = None) -> list[LineSnapshot]:
        """Return the lines as the ledger has them."""
        return [self._snapshot(ref, op_id) for ref in refs]

    def _snapshot(self, ref: LineRef, op_id: UUID | None) -> LineSnapshot:
        line = (
            OrderLine.objects.filter(pk=ref.line_id, order__store=self.store)
            .values("quantity", "dispatched_at")
            .annotate(
                units=Sum("settlements__quantity"),
                amount=Sum("settlements__amount"),
                settled_at=Max("settlements__settled_at", filter=Q(settlements__op_id=op_id)),
            )
            .get()
        )
        settled_at = line["settled_at"]
        return LineSnapshot(
            ref=ref,
            quantity=line["quantity"],
            cancelled_quantity=line["units"] or 0,
            cancelled_amount=line["amount"] or 0,
            shipped=line["dispatched_at"] is not None,
            operation_done=settled_at is not None if op_id else None,
            settled_at=settled_at,
        )

    def open_claims(self, since: datetime, until: datetime) -> Iterable[LineRef]:
        """Claims are made at the desk itself."""
        return ()

    def approve_cancel(self, operation: Operation) -> ActionResult:
        """Write the money into the ledger; the same op_id a second time changes nothing."""
        entered = ledger.settle(
            op_id=operation.op_id,
            line_id=operation.ref.line_id,
            quantity=operation.quantity,
            amount=operation.amount,
            delivery_amount=operation.delivery_amount,
            at=operation.at,
        )
        return ActionResult(Result.APPLIED if entered else Result.ALREADY)

    def refuse(self, ref: LineRef, *, text: str) -> ActionResult:
        """Nothing has to be told to anybody: the desk's own word is final."""
        return ActionResult(Result.APPLIED)

    def seller_cancel(self, operation: Operation) -> ActionResult:
        """Not a thing here: a seller's cancel is an approved claim made by staff."""
        raise Unsupported()
