"""Order lines, refunds and channel states in words."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from common.admin.words import moment_words
from common.domain.money import format_money
from orders.actions import refunds
from orders.domain.refunds import NothingToRefund, RefundState, refunded_after
from orders.models import OrderLine, Refund

STATES: Mapping[str, Any] = {
    RefundState.PLANNED: _("planned"),
    RefundState.SENDING: _("being sent"),
    RefundState.ACCEPTED: _("accepted, not final yet"),
    RefundState.UNKNOWN: _("no answer yet; being checked"),
    RefundState.NEEDS_HUMAN: _("needs a person"),
    RefundState.CONFIRMED: _("confirmed"),
    RefundState.REFUSED: _("refused by the channel"),
    RefundState.VOID: _("not done"),
}
# The channel's own words, by our names for them.
CHANNEL_NAMES = {
    "status": _("Order state at the channel"),
    "detail": _("Detail at the channel"),
    "claim": _("Claim at the channel"),
    "quantity_claim": _("Quantity claim at the channel"),
}


def refundable(line: OrderLine) -> int | None:
    """Return what is left to refund of a line; None when nothing is known to be paid."""
    try:
        money = refunds.money_of(line)
    except NothingToRefund:
        return None
    left = refunded_after(money, money.quantity) - money.refunded_amount - money.refunding_amount
    return max(0, left)


def line_facts(line: OrderLine, at: datetime) -> list[tuple[str, str]]:
    """Return an order line as pairs of name and value."""
    currency = line.order.store.currency
    facts = [(gettext("Product"), line.product.name)]
    if line.option:
        facts.append((gettext("Option"), line.option))
    facts += [
        (gettext("Quantity"), _quantities(line)),
        (gettext("Paid"), _money(line.paid, currency)),
        (gettext("Refunded so far"), _so_far(line, currency)),
        (gettext("Refundable now"), _money(refundable(line), currency)),
        (gettext("Stock"), stock_words(line.product)),
        (gettext("Dispatched"), _dispatched(line)),
    ]
    for name, value in (line.channel_state or {}).items():
        if value not in ("", None, False):
            facts.append((str(CHANNEL_NAMES.get(name, name)), str(value)))
    return facts


def _money(amount: int | None, currency: str) -> str:
    return gettext("not known") if amount is None else format_money(amount, currency)


def _quantities(line: OrderLine) -> str:
    if not line.claimed_qty and not line.refunded_qty:
        return str(line.quantity)
    return gettext("%(all)s (%(claimed)s claimed, %(refunded)s refunded)") % {
        "all": line.quantity,
        "claimed": line.claimed_qty,
        "refunded": line.refunded_qty,
    }


def _so_far(line: OrderLine, currency: str) -> str:
    done = format_money(line.refunded_amount, currency)
    if not line.refunding_amount:
        return done
    under_way = format_money(line.refunding_amount, currency)
    return gettext("%(done)s, %(coming)s on its way") % {"done": done, "coming": under_way}


def _dispatched(line: OrderLine) -> str:
    if line.dispatched_at is None:
        return gettext("not yet")
    parcel = " ".join(part for part in (line.carrier, line.tracking) if part)
    return f"{moment_words(line.dispatched_at)} {parcel}".strip()


def stock_words(product: Any) -> str:
    """Return what is on hand of a product."""
    if not product.tracks_stock:
        return gettext("not counted")
    if product.shortage:
        return gettext("oversold by %(n)s") % {"n": product.shortage}
    return gettext("%(n)s in stock") % {"n": product.on_hand}


def refund_words(refund: Refund, currency: str) -> str:
    """Return a refund in one line."""
    amount = format_money(refund.amount + refund.delivery_amount, currency)
    words = [amount, str(STATES.get(refund.state, refund.state))]
    if refund.settled_at:
        words.append(moment_words(refund.settled_at))
    if refund.approved_by is not None:
        words.append(gettext("approved by %(name)s") % {"name": refund.approved_by})
    elif refund.rule:
        words.append(gettext("by rule %(rule)s") % {"rule": refund.rule})
    if refund.single_person_shop:
        words.append(gettext("one-person shop"))
    return " · ".join(words)
