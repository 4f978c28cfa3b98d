"""Products with their stock ledger, orders and their lines."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from common.models import Row
from common.privacy import BLANK
from orders.domain.stock import EntryKind
from orders.models.stores import Store
from orders.querysets import OrderLineQuerySet, OrderQuerySet, ProductQuerySet


class Product(Row):
    """What a store sells, and how much of it is there."""

    store = models.ForeignKey(Store, models.PROTECT, related_name="products")
    sku = models.CharField(_("product code"), max_length=100)
    name = models.CharField(_("product"), max_length=300)
    tracks_stock = models.BooleanField(_("stock is counted"), default=False)
    on_hand = models.IntegerField(_("in stock"), default=0)
    shortage = models.IntegerField(_("oversold"), default=0)

    objects = ProductQuerySet.as_manager()

    class Meta:
        verbose_name = _("product")
        verbose_name_plural = _("products")
        constraints = [
            models.UniqueConstraint(fields=["store", "sku"], name="product_sku_once"),
            models.CheckConstraint(
                name="product_stock_not_negative", condition=Q(on_hand__gte=0, shortage__gte=0)
            ),
        ]

    class Privacy:
        erase = {}
        keep = {"id", "created_at", "store", "sku", "name", "tracks_stock", "on_hand", "shortage"}

    def __str__(self) -> str:
        return self.name


class Order(Row):
    """What somebody bought at once. Times are the store's, kept in UTC."""

    store = models.ForeignKey(Store, models.PROTECT, related_name="orders")
    number = models.CharField(_("order number"), max_length=40)
    buyer_name = models.CharField(_("buyer"), max_length=100, blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    address = models.CharField(_("address"), max_length=300, blank=True)
    # The channel's own code for the buyer; the retail file's CustomerID.
    customer_ref = models.CharField(max_length=60, blank=True)
    phone_tail_hmac = models.CharField(max_length=64, blank=True)
    ordered_at = models.DateTimeField(_("ordered"))
    paid_at = models.DateTimeField(_("paid"), null=True, blank=True)
    delivery_paid = models.BigIntegerField(_("delivery fee"), default=0)
    delivery_refunding = models.BigIntegerField(default=0)
    delivery_refunded = models.BigIntegerField(default=0)

    objects = OrderQuerySet.as_manager()

    class Meta:
        verbose_name = _("order")
        verbose_name_plural = _("orders")
        constraints = [
            models.UniqueConstraint(fields=["store", "number"], name="order_number_once"),
            models.CheckConstraint(
                name="order_delivery_sums",
                condition=Q(delivery_refunding__gte=0, delivery_refunded__gte=0)
                & Q(delivery_paid__gte=F("delivery_refunding") + F("delivery_refunded")),
            ),
        ]
        indexes = [
            models.Index(fields=["store", "-ordered_at", "-id"], name="order_recent"),
            models.Index(fields=["number"], name="order_number"),
        ]

    class Privacy:
        erase = {
            "buyer_name": BLANK, "phone": BLANK, "email": BLANK, "address": BLANK,
            "customer_ref": BLANK, "phone_tail_hmac": BLANK,
        }  # fmt: skip
        keep = {
            "id", "created_at", "store", "number", "ordered_at", "paid_at", "delivery_paid",
            "delivery_refunding", "delivery_refunded",
        }  # fmt: skip

    def __str__(self) -> str:
        return self.number


class OrderLine(Row):
    """Units of one product in an order, and what was claimed and refunded of them."""

    order = models.ForeignKey(Order, models.PROTECT, related_name="lines")
    line_key = models.CharField(max_length=80)
    product = models.ForeignKey(Product, models.PROTECT, related_name="lines")
    option = models.CharField(_("option"), max_length=300, blank=True)
    quantity = models.IntegerField(_("quantity"))
    paid = models.BigIntegerField(_("paid"), null=True, blank=True)
    claimed_qty = models.IntegerField(default=0)
    refunding_qty = models.IntegerField(default=0)
    refunding_amount = models.BigIntegerField(default=0)
    refunded_qty = models.IntegerField(default=0)
    refunded_amount = models.BigIntegerField(default=0)
    # As the channel says it, in its own words: status, detail, claim, quantity_claim.
    channel_state = models.JSONField(default=dict, blank=True)
    dispatched_at = models.DateTimeField(_("dispatched"), null=True, blank=True)
    carrier = models.CharField(max_length=60, blank=True)
    tracking = models.CharField(max_length=60, blank=True)
    dispatch_due_on = models.DateField(_("dispatch due"), null=True, blank=True)
    source_row = models.BigIntegerField(null=True, blank=True)

    objects = OrderLineQuerySet.as_manager()

    class Meta:
        verbose_name = _("order line")
        verbose_name_plural = _("order lines")
        constraints = [
            models.UniqueConstraint(fields=["order", "line_key"], name="line_key_once"),
            models.CheckConstraint(name="line_quantity_positive", condition=Q(quantity__gte=1)),
            models.CheckConstraint(
                name="line_paid_not_negative", condition=Q(paid=None) | Q(paid__gte=0)
            ),
            models.CheckConstraint(
                name="line_units_sum",
                condition=Q(refunding_qty__gte=0, refunded_qty__gte=0)
                & Q(quantity__gte=F("refunding_qty") + F("refunded_qty")),
            ),
            models.CheckConstraint(
                name="line_amounts_sum",
                condition=Q(refunding_amount__gte=0, refunded_amount__gte=0)
                & (Q(paid=None) | Q(paid__gte=F("refunding_amount") + F("refunded_amount"))),
            ),
            models.CheckConstraint(
                name="line_claimed_sum",
                condition=Q(claimed_qty__gte=0)
                & Q(quantity__gte=F("claimed_qty") + F("refunded_qty")),
            ),
        ]

    class Privacy:
        erase = {}
        keep = {
            "id", "created_at", "order", "line_key", "product", "option", "quantity", "paid",
            "claimed_qty", "refunding_qty", "refunding_amount", "refunded_qty",
            "refunded_amount", "channel_state", "dispatched_at", "carrier", "tracking",
            "dispatch_due_on", "source_row",
        }  # fmt: skip

    @property
    def units_free(self) -> int:
        """Units that no claim holds and no refund has taken."""
        return self.quantity - self.claimed_qty - self.refunded_qty

    @property
    def claimed_at_channel(self) -> str:
        """The channel's own word for a claim on this line, "" when there is none."""
        state = self.channel_state
        return state.get("claim", "") or ("Y" if state.get("quantity_claim") else "")


class StockEntry(Row):
    """One movement of stock. Append-only; on_hand - shortage is the sum of these."""

    product = models.ForeignKey(Product, models.PROTECT, related_name="entries")
    kind = models.CharField(max_length=8, choices=[(k.value, k.value) for k in EntryKind])
    quantity = models.IntegerField()
    refund = models.OneToOneField(
        "orders.Refund", models.PROTECT, null=True, blank=True, related_name="restock"
    )
    source_key = models.CharField(max_length=160, null=True, blank=True, unique=True)
    at = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="stock_kind_known", condition=Q(kind__in=[k.value for k in EntryKind])
            )
        ]

    class Privacy:
        erase = {}
        keep = {
            "id",
            "created_at",
            "product",
            "kind",
            "quantity",
            "refund",
            "source_key",
            "at",
            "by",
        }
