"""Products and their stock ledger: read, never edited."""

from typing import Any

from django.contrib import admin
from django.db.models import Q
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from common.admin.lists import Cell, Column
from common.admin.pages import FactsAdmin, Section
from common.admin.words import moment_words
from orders.access import person, works_at_desk
from orders.admin.columns import STORE_FILTER
from orders.admin.words import stock_words
from orders.domain.stock import EntryKind
from orders.models import Product, StockEntry

MAX_ENTRIES = 100
KINDS: dict[str, Any] = {
    EntryKind.OPENING: _("first count"),
    EntryKind.RECEIPT: _("taken in"),
    EntryKind.SALE: _("sold"),
    EntryKind.RESTOCK: _("back after a cancellation"),
    EntryKind.ADJUST: _("corrected"),
}


def _sku(row: Any) -> Cell:
    return Cell(row.sku, href=reverse("admin:orders_product_change", args=[row.pk]))


@admin.register(Product)
class ProductAdmin(FactsAdmin):
    """What a store sells, and its stock."""

    columns = (
        Column(_("Product code"), _sku, "head"),
        Column(_("Product"), lambda row: Cell(row.name)),
        Column(_("Stock"), lambda row: Cell(stock_words(row)), "nowrap"),
        Column(_("Store"), lambda row: Cell(row.store.name), "nowrap"),
    )
    filters = (STORE_FILTER,)
    search_label = _("Product code or name")
    empty_words = _("No products here. They come in with the orders.")
    fields = ("sku", "name", "tracks_stock", "on_hand", "shortage", "store")

    def visible(self, request: HttpRequest) -> Any:
        """Products of the stores the reader works in."""
        return Product.objects.visible_to(person(request)).select_related("store")

    def may_see(self, request: HttpRequest) -> bool:
        """Whoever works with orders."""
        return works_at_desk(request)

    def found(self, rows: Any, words: str) -> Any:
        """Search by code and name."""
        return rows.filter(Q(sku__istartswith=words) | Q(name__icontains=words))

    def sections(self, request: HttpRequest, row: Any) -> list[Section]:
        """The product and the newest entries of its ledger."""
        entries = StockEntry.objects.filter(product=row).order_by("-id")[:MAX_ENTRIES]
        ledger = [
            (moment_words(entry.at), f"{entry.quantity:+} {KINDS[entry.kind]}") for entry in entries
        ]
        facts = [
            (_("Product code"), row.sku),
            (_("Product"), row.name),
            (_("Store"), row.store.name),
            (_("Stock"), stock_words(row)),
        ]
        found = [Section(_("Product"), facts)]
        return [*found, Section(_("Stock ledger"), ledger)] if ledger else found
