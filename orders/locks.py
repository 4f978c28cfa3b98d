"""Locks have one home and one order: ticket, order, line, product, claim, refund."""

from orders.models import Claim, Order, OrderLine, Product, Refund


def lock_order(pk: int) -> Order:
    """Return the order as it is now, held until the transaction ends."""
    return Order.objects.select_for_update(of=("self",)).get(pk=pk)


def lock_line(pk: int) -> OrderLine:
    """Return the order line as it is now, held until the transaction ends."""
    return OrderLine.objects.select_for_update(of=("self",)).select_related("order").get(pk=pk)


def lock_product(pk: int) -> Product:
    """Return the product as it is now, held until the transaction ends."""
    return Product.objects.select_for_update(of=("self",)).get(pk=pk)


def lock_claim(pk: int) -> Claim:
    """Return the claim as it is now, held until the transaction ends."""
    return Claim.objects.select_for_update(of=("self",)).get(pk=pk)


def lock_refund(pk: int) -> Refund:
    """Return the refund as it is now, held until the transaction ends."""
    return Refund.objects.select_for_update(of=("self",)).get(pk=pk)
