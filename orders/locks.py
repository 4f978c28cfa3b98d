"""Locks have one home and one order: ticket, order, line, claim, refund, product.

They are of the kind that lets new rows point at the locked one (`no_key`). The stronger kind
makes whoever commits a row with a foreign key wait, and two such can wait for each other.
"""

from collections.abc import Iterable

from django.db import connection, models

from orders.models import Claim, Order, OrderLine, Product, Refund


def hold(model: type[models.Model], pk: int) -> None:
    """Hold a row whose content is not needed until the transaction ends.

    Nothing to do on SQLite: whoever writes there holds the whole database already.
    """
    if connection.features.has_select_for_update:
        rows = model._default_manager.select_for_update(of=("self",), no_key=True).filter(pk=pk)
        rows.values_list("pk", flat=True).get()


def lock_order(pk: int) -> Order:
    """Return the order as it is now, held until the transaction ends."""
    return Order.objects.select_for_update(of=("self",), no_key=True).get(pk=pk)


def lock_line(pk: int) -> OrderLine:
    """Return the order line as it is now, held until the transaction ends."""
    lines = OrderLine.objects.select_for_update(of=("self",), no_key=True)
    return lines.select_related("order").get(pk=pk)


def lock_lines(pks: Iterable[int]) -> list[OrderLine]:
    """Hold several order lines, taken in the order of their ids."""
    lines = OrderLine.objects.select_for_update(of=("self",), no_key=True)
    return list(lines.filter(pk__in=list(pks)).order_by("pk"))


def lock_product(pk: int) -> Product:
    """Return the product as it is now, held until the transaction ends."""
    return Product.objects.select_for_update(of=("self",), no_key=True).get(pk=pk)


def lock_claim(pk: int) -> Claim:
    """Return the claim as it is now, held until the transaction ends."""
    claims = Claim.objects.select_for_update(of=("self",), no_key=True)
    return claims.select_related("store").get(pk=pk)


def lock_refund(pk: int) -> Refund:
    """Return the refund as it is now; its order, line and claim are held as well."""
    if connection.features.has_select_for_update:
        ids = Refund.objects.values_list("line__order_id", "line_id", "claim_id").get(pk=pk)
        for model, held in zip((Order, OrderLine, Claim), ids, strict=True):
            hold(model, held)
    return Refund.objects.select_for_update(of=("self",), no_key=True).get(pk=pk)
