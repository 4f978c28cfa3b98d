"""Orders: read, never edited. Other apps show theirs in named slots."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Q, Sum
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from common import slots
from common.admin.lists import Cell, Column, KeysetAdmin
from common.admin.words import NOTHING, moment_words
from common.domain.masking import mask_address, mask_email, mask_name, mask_phone
from common.domain.money import format_money
from orders.access import person, works_at_desk
from orders.admin.columns import STORE_FILTER
from orders.admin.words import line_facts
from orders.models import Order

# The slots of an order's page: buttons beside the buyer, lists below the lines.
TOOLS, BELOW = "order.tools", "order.below"
MAX_LINES = 200


def _number(order: Any) -> Cell:
    return Cell(order.number, href=reverse("admin:orders_order_change", args=[order.pk]))


def _paid(order: Any) -> Cell:
    if order.paid_sum is None:
        return Cell(NOTHING)
    return Cell(format_money(order.paid_sum, order.store.currency))


@admin.register(Order)
class OrderAdmin(KeysetAdmin):
    """What was sold. The buyer is masked."""

    key_order = ("-ordered_at", "-id")
    columns = (
        Column(_("Order number"), _number, "head"),
        Column(_("Ordered"), lambda order: Cell(moment_words(order.ordered_at)), "nowrap"),
        Column(_("Buyer"), lambda order: Cell(mask_name(order.buyer_name))),
        Column(_("Paid"), _paid, "number"),
        Column(_("Store"), lambda order: Cell(order.store.name)),
    )
    filters = (STORE_FILTER,)
    search_label = _("Order number or buyer")
    empty_words = _("No orders here. They come in with `manage.py import_orders`.")
    fields = ("number",)

    def visible(self, request: HttpRequest) -> Any:
        """Orders of the stores the reader works in."""
        return Order.objects.visible_to(person(request)).select_related("store")

    def may_see(self, request: HttpRequest) -> bool:
        """Whoever works with orders."""
        return works_at_desk(request)

    def found(self, rows: Any, words: str) -> Any:
        """Search by number and name."""
        return rows.filter(Q(number__istartswith=words) | Q(buyer_name__icontains=words))

    def filled(self, rows: Any) -> Any:
        """Fetch what the lines show."""
        return rows.annotate(paid_sum=Sum("lines__paid"))

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Show the order."""
        if request.method != "GET" or not self.may_see(request):
            raise PermissionDenied
        order = self.row(request, object_id)
        lines = list(order.lines.select_related("product").order_by("id")[:MAX_LINES])
        for line in lines:
            line.order = order  # one store for all of them, no query per line
        at = timezone.now()
        return self.page(
            request,
            "admin/orders/page.html",
            title=order.number,
            order=order,
            facts=order_facts(order),
            lines=[(line.product.name, line_facts(line, at)) for line in lines],
            tools=slots.render(TOOLS, request, order=order),
            below=slots.render(BELOW, request, order=order),
        )


def order_facts(order: Order) -> list[tuple[str, str]]:
    """Return the order and its buyer, masked, as pairs of name and value."""
    currency = order.store.currency
    shown = (
        (gettext("Store"), order.store.name),
        (gettext("Ordered"), moment_words(order.ordered_at)),
        (gettext("Paid on"), moment_words(order.paid_at)),
        (gettext("Buyer"), mask_name(order.buyer_name)),
        (gettext("Phone"), mask_phone(order.phone)),
        (gettext("E-mail"), mask_email(order.email)),
        (gettext("Address"), mask_address(order.address)),
        (gettext("Delivery fee"), format_money(order.delivery_paid, currency)),
        (gettext("Delivery fee refunded"), format_money(order.delivery_refunded, currency)),
    )
    return [(label, value) for label, value in shown if value]
