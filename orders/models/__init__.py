"""What was sold, what was claimed, what went back."""

from orders.models.claims import Claim, Mismatch, Shipment
from orders.models.refunds import DirectSettlement, Refund, RefundAttempt
from orders.models.sales import Order, OrderLine, Product, StockEntry
from orders.models.stores import Membership, Role, Store

__all__ = [
    "Claim",
    "DirectSettlement",
    "Membership",
    "Mismatch",
    "Order",
    "OrderLine",
    "Product",
    "Refund",
    "RefundAttempt",
    "Role",
    "Shipment",
    "StockEntry",
    "Store",
]
