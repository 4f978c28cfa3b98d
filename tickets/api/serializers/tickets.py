"""Tickets as staff and integrations see them: public ids, masked buyers, no row ids."""

from typing import Any

from django.utils.translation import get_language
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from common.domain.actors import ActorKind
from common.domain.masking import mask_name, mask_phone
from orders.actions import refunds
from orders.domain.reasons import ReasonCode
from orders.domain.refunds import NothingToRefund, RefundState
from orders.models import Claim, Refund
from tickets.actions import verbs
from tickets.api.serializers.fields import Moment, Money, money
from tickets.domain.clocks import ClockKind, Outcome
from tickets.domain.states import TRAITS, Kind, Status, Verb
from tickets.models import Ticket


def names(enum: Any) -> list[str]:
    """Return the values of an enum, for a choice."""
    return [member.value for member in enum]


class Person(serializers.Serializer):
    """A member of staff."""

    name = serializers.CharField()
    email = serializers.EmailField()


class MaskedBuyer(serializers.Serializer):
    """The buyer, masked as on every page."""

    name = serializers.CharField()
    phone = serializers.CharField()


class RefundSeen(serializers.Serializer):
    """The money: what goes back and how far it got."""

    state = serializers.ChoiceField(choices=names(RefundState))
    amount = serializers.SerializerMethodField()
    delivery_amount = serializers.SerializerMethodField()
    authorised_at = Moment()
    settled_at = Moment(allow_null=True)

    @extend_schema_field(Money)
    def get_amount(self, refund: Refund) -> dict | None:
        """Return what goes back for the units."""
        return money(refund.amount, self.context["currency"])

    @extend_schema_field(Money)
    def get_delivery_amount(self, refund: Refund) -> dict | None:
        """Return what goes back of the delivery fee."""
        return money(refund.delivery_amount, self.context["currency"])


class ClaimSeen(serializers.Serializer):
    """What is asked for: units of one line, and why."""

    line_key = serializers.CharField(source="line.line_key")
    product = serializers.CharField(source="line.product.name")
    option = serializers.CharField(source="line.option")
    quantity = serializers.IntegerField()
    reason = serializers.ChoiceField(choices=names(ReasonCode))
    details = serializers.DictField(child=serializers.CharField())
    requested_at = Moment()
    goods_back_on = serializers.DateField(allow_null=True)
    amount = serializers.SerializerMethodField(help_text="What approving now would give back.")

    @extend_schema_field(Money(allow_null=True))
    def get_amount(self, claim: Claim) -> dict | None:
        """Return the amount, None when nothing of it is left."""
        return expected(claim, self.context["currency"])


class TicketRow(serializers.Serializer):
    """A ticket in a list."""

    public_id = serializers.UUIDField()
    number = serializers.CharField()
    kind = serializers.ChoiceField(choices=names(Kind))
    status = serializers.ChoiceField(choices=names(Status))
    status_label = serializers.SerializerMethodField()
    is_open = serializers.BooleanField()
    version = serializers.IntegerField()
    store = serializers.CharField(source="store.slug")
    request_id = serializers.UUIDField(source="request.public_id", allow_null=True, default=None)
    order_number = serializers.CharField(source="order.number", allow_null=True, default=None)
    subject = serializers.CharField()
    buyer = serializers.SerializerMethodField()
    claim = serializers.SerializerMethodField()
    refund = serializers.SerializerMethodField()
    assignee = Person(allow_null=True)
    priority = serializers.IntegerField()
    received_at = Moment()
    last_buyer_at = Moment(allow_null=True)
    next_due_at = Moment(allow_null=True)
    decided_at = Moment(allow_null=True)
    auto_approved = serializers.BooleanField()
    refusal_ground = serializers.CharField()
    closed_at = Moment(allow_null=True)

    def get_status_label(self, ticket: Ticket) -> str:
        """Return the status in the reader's language."""
        return TRAITS[Status(ticket.status)].label(get_language() or "ko")

    @extend_schema_field(MaskedBuyer(allow_null=True))
    def get_buyer(self, ticket: Ticket) -> dict | None:
        """Return the buyer, masked."""
        order = ticket.order
        if order is None:
            return None
        return {"name": mask_name(order.buyer_name), "phone": mask_phone(order.phone)}

    @extend_schema_field(ClaimSeen(allow_null=True))
    def get_claim(self, ticket: Ticket) -> dict | None:
        """Return the claim; an inquiry has none."""
        context = {"currency": ticket.store.currency}
        return ClaimSeen(ticket.claim, context=context).data if ticket.claim else None

    @extend_schema_field(RefundSeen(allow_null=True))
    def get_refund(self, ticket: Ticket) -> dict | None:
        """Return the latest refund, None before an approval."""
        found = latest_refund(ticket)
        context = {"currency": ticket.store.currency}
        return RefundSeen(found, context=context).data if found else None


class ClockSeen(serializers.Serializer):
    """One deadline of the ticket; `article` says where the law's day comes from."""

    kind = serializers.ChoiceField(choices=names(ClockKind))
    round = serializers.IntegerField()
    started_at = Moment()
    due_at = Moment(allow_null=True)
    paused_at = Moment(allow_null=True)
    stopped_at = Moment(allow_null=True)
    breached_at = Moment(allow_null=True)
    outcome = serializers.ChoiceField(choices=names(Outcome), allow_null=True)
    article = serializers.CharField()


class ProposalSeen(serializers.Serializer):
    """A decision that waits for another person."""

    decision = serializers.ChoiceField(choices=[Verb.APPROVE.value, Verb.REFUSE.value])
    note = serializers.CharField()
    proposed_by = Person()
    proposed_at = Moment()
    expires_at = Moment()


class MessageCount(serializers.Serializer):
    """How much was said."""

    public = serializers.IntegerField()
    notes = serializers.IntegerField()


class TicketSeen(TicketRow):
    """A ticket with its clocks, and the verbs that this person may use on it now."""

    clocks = serializers.SerializerMethodField()
    messages = serializers.SerializerMethodField()
    proposal = serializers.SerializerMethodField()
    verbs = serializers.SerializerMethodField()
    decided_by = Person(allow_null=True)
    decided_by_kind = serializers.ChoiceField(choices=["", *names(ActorKind)])
    parent_id = serializers.UUIDField(source="parent.public_id", allow_null=True, default=None)
    merged_into_id = serializers.UUIDField(
        source="merged_into.public_id", allow_null=True, default=None
    )

    @extend_schema_field(ClockSeen(many=True))
    def get_clocks(self, ticket: Ticket) -> Any:
        """Return every clock, oldest first."""
        return ClockSeen(ticket.clocks.order_by("id"), many=True).data

    @extend_schema_field(MessageCount)
    def get_messages(self, ticket: Ticket) -> dict:
        """Count what was said."""
        seen = list(ticket.messages.values_list("visibility", flat=True))
        return {"public": seen.count("PUBLIC"), "notes": seen.count("NOTE")}

    @extend_schema_field(ProposalSeen(allow_null=True))
    def get_proposal(self, ticket: Ticket) -> dict | None:
        """Return the proposal that waits, if one does."""
        found = ticket.proposals.filter(outcome=None).select_related("proposed_by").first()
        return ProposalSeen(found).data if found else None

    @extend_schema_field(serializers.ListField(child=serializers.ChoiceField(choices=names(Verb))))
    def get_verbs(self, ticket: Ticket) -> list[str]:
        """Return what the table allows to whoever asks."""
        return [verb.value for verb in verbs.offered(ticket, self.context["by"])]


def expected(claim: Claim, currency: str) -> dict | None:
    """Return what approving the claim would give back now, None when nothing is left."""
    try:
        return money(refunds.expected_amount(claim), currency)
    except NothingToRefund:
        return None


def latest_refund(ticket: Ticket) -> Refund | None:
    """Return the newest refund of the ticket's claim, from what was prefetched."""
    if ticket.claim is None:
        return None
    return max(ticket.claim.refunds.all(), key=lambda refund: refund.pk, default=None)
