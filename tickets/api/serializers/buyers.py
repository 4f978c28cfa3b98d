"""An order and its requests as the buyer sees them."""

from datetime import timedelta
from typing import Any

from django.utils.translation import get_language
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from common.domain.actors import Actor
from common.errors import Refused
from orders.actions import claims, refunds
from orders.domain.grounds import GROUNDS, GroundCode
from orders.domain.reasons import REASONS, Detail, Reason
from orders.domain.refunds import RefundState, amount_for
from orders.models import OrderLine
from tickets.actions import keys, verbs
from tickets.actions.calendars import SEOUL
from tickets.actions.opening import MAX_LINES
from tickets.api.serializers.fields import Choice, Email, Moment, Money, Strict, Text, Whole, money
from tickets.api.serializers.tickets import expected, latest_refund, names
from tickets.api.serializers.writing import MAX_UNITS, Details
from tickets.domain.clocks import ClockKind
from tickets.domain.states import TRAITS, Kind, Status, Verb
from tickets.models import BuyerRequest, Clock, Ticket

BUYER_REASONS = [reason.code.value for reason in REASONS.values() if reason.by_buyer]
BUYER_VERBS = [Verb.WITHDRAW.value, Verb.REOPEN.value]


def language() -> str:
    """Return the reader's language, Korean where none is active."""
    return get_language() or "ko"


class Wish(Strict):
    """Units of one line, and why. `line_key` as GET /api/v1/order/ names it."""

    line_key = Text(min_length=1, max_length=80)
    quantity = Whole(min_value=1, max_value=MAX_UNITS)
    reason = Choice(choices=BUYER_REASONS)
    details = Details(required=False)


class NewRequest(Strict):
    """What a buyer asks at once: one ticket a line."""

    lines = serializers.ListField(child=Wish(), min_length=1, max_length=MAX_LINES)
    email = Email(required=False, help_text="Where to be told; else the order's address.")
    locale = Choice(choices=["ko", "en"], required=False, default="ko")


class ReasonOffered(serializers.Serializer):
    """A reason, and what it asks for."""

    code = serializers.ChoiceField(choices=BUYER_REASONS)
    label = serializers.SerializerMethodField()  # type: ignore[assignment]
    required = serializers.ListField(  # type: ignore[assignment]
        child=serializers.ChoiceField(choices=names(Detail))
    )

    def get_label(self, reason: Reason) -> str:
        """Return the reason in the reader's language."""
        return reason.label(language())


class OwnLine(serializers.Serializer):
    """A line of one's own order, and what can still be asked for it."""

    line_key = serializers.CharField()
    product = serializers.CharField(source="product.name")
    option = serializers.CharField()
    quantity = serializers.IntegerField()
    units_free = serializers.IntegerField()
    paid = serializers.SerializerMethodField()
    refunded = serializers.SerializerMethodField()
    hindrance = serializers.SerializerMethodField(
        help_text="Code of why nothing can be asked for; null when units can."
    )
    refund_of_all_free = serializers.SerializerMethodField()

    @extend_schema_field(Money(allow_null=True))
    def get_paid(self, line: OrderLine) -> dict | None:
        """Return what was paid, None when nobody knows."""
        return money(line.paid, self.context["currency"])

    @extend_schema_field(Money)
    def get_refunded(self, line: OrderLine) -> dict | None:
        """Return what went back."""
        return money(line.refunded_amount, self.context["currency"])

    @extend_schema_field(serializers.CharField(allow_null=True))
    def get_hindrance(self, line: OrderLine) -> str | None:
        """Return the code of the refusal that a request would meet."""
        refusal = self._hindrance(line)
        return refusal.code if refusal else None

    @extend_schema_field(Money(allow_null=True))
    def get_refund_of_all_free(self, line: OrderLine) -> dict | None:
        """Return what comes back when all free units are cancelled."""
        if self._hindrance(line) is not None:
            return None
        amount = amount_for(refunds.money_of(line), line.units_free)
        return money(amount, self.context["currency"])

    def _hindrance(self, line: OrderLine) -> Refused | None:
        return self.context["hindrance"] or claims.hindrance(line)


class NextStep(serializers.Serializer):
    """What happens when a request is sent now, and by when."""

    decided_by = Moment()
    refund_due_on = serializers.DateField()
    article = serializers.CharField()


class OwnTicket(serializers.Serializer):
    """One request for units of a line, and how far it got."""

    public_id = serializers.UUIDField()
    number = serializers.CharField()
    kind = serializers.ChoiceField(choices=names(Kind))
    status = serializers.ChoiceField(choices=names(Status))
    status_label = serializers.SerializerMethodField()
    line_key = serializers.CharField(source="claim.line.line_key", allow_null=True, default=None)
    quantity = serializers.IntegerField(source="claim.quantity", allow_null=True, default=None)
    reason = serializers.CharField(source="claim.reason", allow_null=True, default=None)
    amount = serializers.SerializerMethodField()
    refund_state = serializers.SerializerMethodField()
    refusal_ground = serializers.SerializerMethodField()
    received_at = Moment()
    decision_due_at = serializers.SerializerMethodField()
    refund_due_on = serializers.SerializerMethodField()
    closed_at = Moment(allow_null=True)
    verbs = serializers.SerializerMethodField()

    def get_status_label(self, ticket: Ticket) -> str:
        """Return the status in the reader's language."""
        return TRAITS[Status(ticket.status)].label(language())

    @extend_schema_field(Money(allow_null=True))
    def get_amount(self, ticket: Ticket) -> dict | None:
        """Return what comes back, or would."""
        currency, refund = ticket.store.currency, latest_refund(ticket)
        if refund is not None and refund.state not in (RefundState.VOID, RefundState.REFUSED):
            return money(refund.amount + refund.delivery_amount, currency)
        return expected(ticket.claim, currency) if ticket.claim else None

    @extend_schema_field(serializers.ChoiceField(choices=names(RefundState), allow_null=True))
    def get_refund_state(self, ticket: Ticket) -> str | None:
        """Return how far the money got."""
        refund = latest_refund(ticket)
        return refund.state if refund else None

    @extend_schema_field(serializers.CharField(allow_null=True))
    def get_refusal_ground(self, ticket: Ticket) -> str | None:
        """Return the lawful ground in words, with its article."""
        if not ticket.refusal_ground:
            return None
        ground = GROUNDS[GroundCode(ticket.refusal_ground)]
        return f"{ground.label(language())} ({ground.article})"

    @extend_schema_field(Moment(allow_null=True))
    def get_decision_due_at(self, ticket: Ticket) -> str | None:
        """Return by when the shop decides, None once it has."""
        clock = _running(ticket, ClockKind.DECISION)
        return Moment().to_representation(clock.due_at) if clock and clock.due_at else None

    @extend_schema_field(serializers.DateField(allow_null=True))
    def get_refund_due_on(self, ticket: Ticket) -> str | None:
        """Return the last day on which the law lets the shop pay."""
        clock = _running(ticket, ClockKind.STATUTE)
        if clock is None or clock.due_at is None:
            return None
        # Due at 24:00: the last day is the one before that midnight.
        return (clock.due_at - timedelta(seconds=1)).astimezone(SEOUL).date().isoformat()

    @extend_schema_field(serializers.ListField(child=serializers.ChoiceField(choices=BUYER_VERBS)))
    def get_verbs(self, ticket: Ticket) -> list[str]:
        """Return what the buyer may do now, beside writing."""
        offered = (verb.value for verb in verbs.offered(ticket, Actor.buyer()))
        return [verb for verb in offered if verb in BUYER_VERBS]


def _running(ticket: Ticket, kind: ClockKind) -> Clock | None:
    found = (c for c in ticket.clocks.all() if c.kind == kind and c.stopped_at is None)
    return next(found, None)


class RequestSeen(serializers.Serializer):
    """What was asked at once, with the page that shows how it goes."""

    public_id = serializers.UUIDField()
    status_url = serializers.SerializerMethodField()
    requested_at = Moment()
    resolved_at = Moment(allow_null=True)
    tickets = serializers.SerializerMethodField()

    def get_status_url(self, request: BuyerRequest) -> str:
        """Return the page's address; its token is made anew, the database has none."""
        return keys.status_link(request)

    @extend_schema_field(OwnTicket(many=True))
    def get_tickets(self, request: BuyerRequest) -> Any:
        """Return one ticket a line."""
        return OwnTicket(request.tickets.all(), many=True).data


class OwnOrder(serializers.Serializer):
    """One's own order: what can be asked for, why, and what was asked before."""

    store = serializers.CharField(source="order.store.slug")
    store_name = serializers.CharField(source="order.store.name")
    number = serializers.CharField(source="order.number")
    ordered_at = Moment(source="order.ordered_at")
    token_expires_at = Moment(source="expires_at")
    lines = OwnLine(many=True)
    reasons = ReasonOffered(many=True)
    next = NextStep(allow_null=True)
    requests = RequestSeen(many=True)
