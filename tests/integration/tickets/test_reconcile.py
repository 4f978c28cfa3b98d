"""`manage.py reconcile`: silent where the books agree, one line for each thing that does not."""

import io
import uuid
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation

from common import deliveries
from common.models import Delivery, Event
from orders import executor
from orders.actions import stock
from orders.domain.stock import EntryKind
from orders.models import Claim, DirectSettlement, Order, OrderLine, Product, Refund
from tests.factories.cast import staff
from tests.factories.rows import MONDAY
from tickets.actions import decisions, desk
from tickets.models import Clock, Proposal, Ticket

pytestmark = pytest.mark.django_db
LATER = MONDAY + timedelta(hours=1)


@pytest.fixture
def shop(cast):
    """A shop with a refunded ticket and an open one; stock and counters are right."""
    Product.objects.update(on_hand=0)
    stock.enter(product_id=cast.line.product_id, kind=EntryKind.RECEIPT, quantity=5, at=MONDAY)
    refunded = cast.ticket()
    decisions.approve(ticket_id=refunded.pk, by=staff(cast.agent), at=LATER)
    executor.execute(Refund.objects.get(), at=LATER)
    deliveries.deliver_all()
    cast.ticket()
    return cast


def reconcile(**options):
    """Return the exit status and what was printed."""
    out = io.StringIO()
    with translation.override("en"):
        try:
            call_command("reconcile", stdout=out, **options)
        except CommandError as error:
            return error.returncode, out.getvalue() + str(error)
    return 0, out.getvalue()


def paid():
    return Refund.objects.get(state="CONFIRMED")


def numbers():
    return {t.status: t.number for t in Ticket.objects.all()}


def test_reconcile_agrees_with_what_the_actions_made(shop):
    status, text = reconcile()

    assert status == 0
    assert text == "Everything agrees: 2 order lines, 2 tickets, 1 refunds; 0 on their way.\n"


def tamper_stock():
    Product.objects.filter(sku="MOUSE").update(on_hand=9)
    return "product MOUSE on_hand - shortage: expected 6, found 9"


def tamper_counter(**columns):
    line = OrderLine.objects.select_related("order").get(refunded_qty=1)
    OrderLine.objects.filter(pk=line.pk).update(**columns)
    return f"line {line.order.number}/L1 "


def tamper_claimed():
    return tamper_counter(claimed_qty=2) + "claimed_qty: expected 1, found 2"


def tamper_refunding():
    return tamper_counter(refunding_qty=1) + "refunding_qty: expected 0, found 1"


def tamper_refunding_amount():
    return tamper_counter(refunding_amount=7) + "refunding_amount: expected 0, found 7"


def tamper_refunded_to_none():
    return tamper_counter(refunded_qty=0) + "refunded_qty: expected 1, found 0"


def tamper_refunded_amount():
    return tamper_counter(refunded_amount=9) + "refunded_amount: expected 3333, found 9"


def tamper_delivery():
    order = OrderLine.objects.get(refunded_qty=1).order
    Order.objects.filter(pk=order.pk).update(delivery_paid=3000, delivery_refunded=3000)
    return f"order {order.number} delivery_refunded: expected 0, found 3000"


def tamper_ledger_amount():
    refund = paid()
    Refund.objects.filter(pk=refund.pk).update(quantity=2)
    return f"refund {refund.op_id} ledger: expected 2 units, 3333 + 0, found nothing like it"


def tamper_ledger_missing():
    refund, other = paid(), uuid.uuid4()
    Refund.objects.filter(pk=refund.pk).update(op_id=other)
    return f"directsettlement {refund.op_id} refund: expected one, found none"


def tamper_refund_void_after_paying():
    refund = paid()
    Refund.objects.filter(pk=refund.pk).update(state="VOID", settled_at=None)
    return f"refund {refund.op_id} state: expected CONFIRMED, found VOID"


def tamper_restock_missing():
    product = Product.objects.get(sku="MOUSE")
    line = OrderLine.objects.get(refunded_qty=1)
    other = OrderLine.objects.exclude(pk=line.pk).get()
    Product.objects.filter(pk=other.product_id).update(tracks_stock=True)
    Refund.objects.create(
        claim=Claim.objects.get(closed_at=None), line=other, kind="DIRECT", quantity=1, amount=0,
        state="CONFIRMED", settled_at=LATER, digest="x", authorised_at=LATER, expires_at=LATER,
        rule="x@1",
    )  # fmt: skip
    assert product.entries.filter(kind="RESTOCK").count() == 1
    refund = Refund.objects.get(line=other)
    return f"stockentry refund {refund.op_id} quantity: expected 1, found no entry"


def tamper_restock_without_refund():
    refund = paid()
    Refund.objects.filter(pk=refund.pk).update(state="REFUSED", settled_at=None)
    return f"stockentry refund {refund.op_id} quantity: expected no entry, found 1"


def tamper_ticket_refunded_without_refund():
    number = numbers()["RECEIVED"]
    Ticket.objects.filter(number=number).update(status="REFUNDED", closed_at=LATER)
    return f"ticket {number} refund: expected a confirmed one, found none"


def tamper_refund_without_ticket():
    number = numbers()["REFUNDED"]
    Ticket.objects.filter(number=number).update(status="WITHDRAWN")
    return f"ticket {number} status: expected REFUNDED, found WITHDRAWN"


def tamper_status():
    number = numbers()["RECEIVED"]
    Ticket.objects.filter(number=number).update(status="REVIEWING")
    return f"ticket {number} status by its events: expected RECEIVED, found REVIEWING"


def tamper_opened_twice():
    ticket = Ticket.objects.get(status="RECEIVED")
    opened = Event.objects.get(name="ticket.opened", subject_id=ticket.pk)
    opened.pk = None
    opened.save(force_insert=True)
    return f"ticket {ticket.number} opened events: expected 1, found 2"


def tamper_claim_open():
    Claim.objects.exclude(closed_at=None).update(closed_at=None)
    return f"claim of {numbers()['REFUNDED']} state: expected closed, found open"


def tamper_claim_closed():
    Claim.objects.filter(closed_at=None).update(closed_at=LATER)
    return f"claim of {numbers()['RECEIVED']} state: expected open, found closed"


def tamper_claim_without_ticket():
    line = OrderLine.objects.get(refunded_qty=1)
    Claim.objects.create(
        store=line.order.store, line=line, type="CANCEL", quantity=1, reason="OTHER",
        reason_by="BUYER", fault="NOBODY", requested_at=MONDAY, origin="BUYER",
    )  # fmt: skip
    return f"claim of line {line.order.number}/L1 ticket: expected one, found none"


def tamper_clock():
    clock = Clock.objects.filter(ticket__status="REFUNDED", kind="STATUTE").get()
    Clock.objects.filter(pk=clock.pk).update(stopped_at=None, outcome=None)
    return f"clock STATUTE of {numbers()['REFUNDED']} state: expected stopped, found running"


def tamper_due():
    ticket = Ticket.objects.get(status="RECEIVED")
    due = ticket.next_due_at.isoformat()
    Ticket.objects.filter(pk=ticket.pk).update(next_due_at=None)
    return f"ticket {ticket.number} next_due_at: expected {due}, found none"


def tamper_due_of_closed():
    number = numbers()["REFUNDED"]
    Ticket.objects.filter(number=number).update(next_due_at=MONDAY)
    return f"ticket {number} next_due_at: expected none, found {MONDAY.isoformat()}"


def tamper_proposal():
    ticket = Ticket.objects.get(status="RECEIVED")
    lead = ticket.store.memberships.filter(role="LEAD").first()
    Proposal.objects.create(
        ticket=ticket, decision="approve", digest="x", proposed_by=lead.user, proposed_at=LATER,
        expires_at=LATER,
    )  # fmt: skip
    return f"proposal of {ticket.number} state: expected none, found an open one"


def tamper_parked():
    delivery = Delivery.objects.filter(subscriber="tickets.settle").get()
    Delivery.objects.filter(pk=delivery.pk).update(state="PARKED", last_error="handler: KeyError")
    return (
        "delivery refund.confirmed for tickets.settle state: expected DONE, "
        "found PARKED (handler: KeyError)"
    )


TAMPERS = [value for name, value in sorted(globals().items()) if name.startswith("tamper_")]


@pytest.mark.parametrize(
    "tamper", [t for t in TAMPERS if t is not tamper_counter], ids=lambda t: t.__name__
)
def test_reconcile_finds(shop, tamper):
    line = tamper()
    status, text = reconcile()

    assert status == 1
    assert line in text.splitlines()
    # What one false row touches, and nothing else.
    assert len(text.splitlines()) <= 8


def test_reconcile_says_that_an_event_is_on_its_way(cast):
    cast_ticket = cast.ticket()
    Product.objects.update(tracks_stock=False, on_hand=0)
    decisions.approve(ticket_id=cast_ticket.pk, by=staff(cast.agent), at=LATER)
    executor.execute(Refund.objects.get(), at=LATER)

    status, text = reconcile()

    assert status == 0
    assert text.splitlines() == [
        f"on its way: ticket {cast_ticket.number} status: expected REFUNDED, found APPROVED",
        "Everything agrees: 2 order lines, 1 tickets, 1 refunds; 1 on their way.",
    ]


def test_reconcile_says_that_a_dead_worker_had_paid(cast):
    ticket = cast.ticket()
    Product.objects.update(tracks_stock=False, on_hand=0)
    decisions.approve(ticket_id=ticket.pk, by=staff(cast.agent), at=LATER)
    refund = Refund.objects.get()
    Refund.objects.update(state="SENDING")
    DirectSettlement.objects.create(
        op_id=refund.op_id, line=cast.line, quantity=1, amount=3333, settled_at=LATER
    )

    status, text = reconcile()

    assert status == 0
    assert f"on its way: refund {refund.op_id} state: expected CONFIRMED, found SENDING" in text


def test_reconcile_looks_at_one_store_only(shop):
    line = tamper_stock()

    assert reconcile(store=shop.other_store.slug)[0] == 0
    assert line in reconcile(store=shop.store.slug)[1]


def test_reconcile_refuses_a_store_that_is_not_there(db):
    assert reconcile(store="nowhere") == (1, "There is no store nowhere.")


def test_reconcile_asks_the_same_number_of_questions_of_any_shop(
    shop, django_assert_max_num_queries
):
    with django_assert_max_num_queries(20):
        reconcile()
    desk.take(ticket_id=Ticket.objects.get(status="RECEIVED").pk, by=staff(shop.agent), at=LATER)
    with django_assert_max_num_queries(20):
        assert reconcile()[0] == 0


def test_reconcile_expects_units_back_that_were_sent_only_after_the_refund(shop):
    OrderLine.objects.filter(refunded_qty=1).update(dispatched_at=LATER + timedelta(days=1))

    assert reconcile()[0] == 0
