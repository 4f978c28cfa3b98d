"""The direct channel's own ledger of money given back."""

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from common import leases
from orders import locks
from orders.models import DirectSettlement, OrderLine


@transaction.atomic
def settle(
    *,
    op_id: UUID,
    line_id: int,
    quantity: int,
    amount: int,
    delivery_amount: int,
    at: datetime | None = None,
) -> bool:
    """Enter one operation, now or as of `at`; False when this op_id stands in the ledger."""
    locks.hold(OrderLine, line_id)
    try:
        with transaction.atomic():
            DirectSettlement.objects.create(
                op_id=op_id,
                line_id=line_id,
                quantity=quantity,
                amount=amount,
                delivery_amount=delivery_amount,
                settled_at=at or leases.db_now(),
            )
    except IntegrityError:
        if not DirectSettlement.objects.filter(op_id=op_id).exists():
            raise
        return False
    return True
