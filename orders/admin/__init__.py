"""Orders, products, stores and the people who work in them."""

from orders.admin.hours import CalendarAdmin
from orders.admin.mail import OutboundMailAdmin
from orders.admin.orders import OrderAdmin
from orders.admin.people import MembershipAdmin, StoreAdmin, UserAdmin
from orders.admin.products import ProductAdmin

__all__ = [
    "CalendarAdmin",
    "MembershipAdmin",
    "OrderAdmin",
    "OutboundMailAdmin",
    "ProductAdmin",
    "StoreAdmin",
    "UserAdmin",
]
