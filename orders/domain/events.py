"""What happened to orders: past facts, by name."""

from enum import StrEnum


class OrderEvent(StrEnum):
    """Names of the facts that orders record."""

    IMPORTED = "orders.imported"
    STORE_CREATED = "store.created"
    ORDER_PLACED = "order.placed"
    LINE_DISPATCHED = "line.dispatched"
    LINK_MADE = "order.link_made"
    CLAIM_OPENED = "claim.opened"
    CLAIM_CLOSED = "claim.closed"
    REFUND_PLANNED = "refund.planned"
    REFUND_SENT = "refund.sent"
    REFUND_CONFIRMED = "refund.confirmed"
    REFUND_REFUSED = "refund.refused"
    REFUND_VOID = "refund.void"
    REFUND_NEEDS_HUMAN = "refund.needs_human"
