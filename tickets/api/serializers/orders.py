"""Orders and stores as staff and integrations see them."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from common.domain.masking import mask_email, mask_name, mask_phone
from common.domain.money import CURRENCIES
from orders.models import Order, OrderLine
from tickets.api.serializers.fields import Moment, Money, money


class StoreSeen(serializers.Serializer):
    """A shop."""

    slug = serializers.CharField()
    name = serializers.CharField()
    channel = serializers.CharField()
    currency = serializers.ChoiceField(choices=sorted(CURRENCIES))
    zone = serializers.CharField()
    is_sandbox = serializers.BooleanField()


class LineSeen(serializers.Serializer):
    """Units of one product, and what became of them. `line_key` names it within the order."""

    line_key = serializers.CharField()
    sku = serializers.CharField(source="product.sku")
    product = serializers.CharField(source="product.name")
    option = serializers.CharField()
    quantity = serializers.IntegerField()
    units_free = serializers.IntegerField()
    claimed_quantity = serializers.IntegerField(source="claimed_qty")
    refunded_quantity = serializers.IntegerField(source="refunded_qty")
    paid = serializers.SerializerMethodField()
    refunded = serializers.SerializerMethodField()
    dispatched_at = Moment(allow_null=True)

    @extend_schema_field(Money(allow_null=True))
    def get_paid(self, line: OrderLine) -> dict | None:
        """Return what was paid, None when nobody knows."""
        return money(line.paid, self.context["currency"])

    @extend_schema_field(Money)
    def get_refunded(self, line: OrderLine) -> dict | None:
        """Return what went back."""
        return money(line.refunded_amount, self.context["currency"])


class OrderBuyer(serializers.Serializer):
    """The buyer, masked as on every page."""

    name = serializers.CharField()
    phone = serializers.CharField()
    email = serializers.CharField()


class OrderSeen(serializers.Serializer):
    """An order with its lines."""

    store = serializers.CharField(source="store.slug")
    number = serializers.CharField()
    ordered_at = Moment()
    paid_at = Moment(allow_null=True)
    buyer = serializers.SerializerMethodField()
    delivery_paid = serializers.SerializerMethodField()
    delivery_refunded = serializers.SerializerMethodField()
    lines = serializers.SerializerMethodField()

    @extend_schema_field(OrderBuyer)
    def get_buyer(self, order: Order) -> dict[str, Any]:
        """Return the buyer, masked."""
        return {
            "name": mask_name(order.buyer_name),
            "phone": mask_phone(order.phone),
            "email": mask_email(order.email),
        }

    @extend_schema_field(Money)
    def get_delivery_paid(self, order: Order) -> dict | None:
        """Return the delivery fee."""
        return money(order.delivery_paid, order.store.currency)

    @extend_schema_field(Money)
    def get_delivery_refunded(self, order: Order) -> dict | None:
        """Return what of the delivery fee went back."""
        return money(order.delivery_refunded, order.store.currency)

    @extend_schema_field(LineSeen(many=True))
    def get_lines(self, order: Order) -> Any:
        """Return the lines."""
        context = {"currency": order.store.currency}
        return LineSeen(order.lines.all(), many=True, context=context).data
