"""Orders, products, stores and the people who work in them."""

from orders.admin.mail import OutboundMailAdmin
from orders.admin.orders import OrderAdmin, ProductAdmin

__all__ = ["OrderAdmin", "OutboundMailAdmin", "ProductAdmin"]
