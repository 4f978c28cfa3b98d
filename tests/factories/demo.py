"""The demo, called and looked at by tests."""

import io
from datetime import UTC, datetime

from django.core.management import call_command
from django.utils import translation

from common.models import Event, User
from feedback.models import Response
from orders.models import Membership, Order, Refund, Store
from tickets.models import Message, Ticket
from training.models import Assignment

# A Tuesday afternoon, and a Sunday night on which nothing works.
MOMENTS = {
    "busy": datetime(2026, 11, 24, 6, 30, tzinfo=UTC),
    "closed": datetime(2026, 11, 22, 14, 0, tzinfo=UTC),
}


def counts():
    models = (Store, User, Membership, Order, Ticket, Event, Message, Refund, Assignment, Response)
    return {model: model.objects.count() for model in models}


def demo(**options):
    out = io.StringIO()
    with translation.override("en"):
        call_command("demo", stdout=out, **options)
    return out.getvalue()


def assert_all_states():
    assert set(Ticket.objects.values_list("kind", "status")) >= {
        *(("C", status) for status in (
            "RECEIVED", "REVIEWING", "WAITING_BUYER", "WAITING_APPROVAL", "APPROVED", "REFUSED",
            "REFUNDED", "WITHDRAWN", "CONVERTED",
        )),
        *(("R", status) for status in ("RECEIVED", "WAITING_GOODS", "REVIEWING", "REFUNDED")),
        *(("I", status) for status in ("RECEIVED", "REVIEWING", "WAITING_BUYER", "RESOLVED")),
    }  # fmt: skip
    assert 180 <= Order.objects.count() <= 220
    assert 40 <= Ticket.objects.count() <= 60
