"""Claims on order lines, parcels sent by the desk, and disagreements with a channel."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from common.models import LEASE_FIELDS, Lease, Row
from orders.domain.reasons import Fault, ReasonCode
from orders.models.sales import OrderLine
from orders.models.stores import Store
from orders.querysets import ClaimQuerySet


class Claim(Row):
    """Somebody wants money back for units of one line. One claim is one ticket."""

    class Type(models.TextChoices):
        CANCEL = "CANCEL"
        RETURN = "RETURN"

    class Origin(models.TextChoices):
        BUYER = "BUYER"
        STAFF = "STAFF"
        CHANNEL = "CHANNEL"
        REPLAY = "REPLAY"

    store = models.ForeignKey(Store, models.PROTECT, related_name="claims")
    line = models.ForeignKey(OrderLine, models.PROTECT, related_name="claims")
    type = models.CharField(max_length=6, choices=Type)
    channel_claim_id = models.CharField(max_length=60, null=True, blank=True)
    source_key = models.CharField(max_length=160, null=True, blank=True)
    quantity = models.IntegerField()
    reason = models.CharField(max_length=20, choices=[(r.value, r.value) for r in ReasonCode])
    reason_by = models.CharField(max_length=7, choices=Origin)
    fault = models.CharField(max_length=6, choices=[(f.value, f.value) for f in Fault])
    # What the reason asked for, in the buyer's words.
    details = models.JSONField(default=dict, blank=True)
    requested_at = models.DateTimeField()
    goods_back_on = models.DateField(null=True, blank=True)
    origin = models.CharField(max_length=7, choices=Origin)
    channel_state = models.CharField(max_length=60, blank=True)
    version = models.PositiveIntegerField(default=1)
    closed_at = models.DateTimeField(null=True, blank=True)

    objects = ClaimQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["store", "channel_claim_id"],
                name="claim_channel_id_once",
                condition=Q(channel_claim_id__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["store", "source_key"],
                name="claim_source_key_once",
                condition=Q(source_key__isnull=False),
            ),
            models.CheckConstraint(name="claim_quantity_positive", condition=Q(quantity__gte=1)),
        ]
        indexes = [
            models.Index(fields=["line"], name="claim_open", condition=Q(closed_at=None)),
        ]

    class Privacy:
        erase = {"details": {}}
        keep = {
            "id", "created_at", "store", "line", "type", "channel_claim_id", "source_key",
            "quantity", "reason", "reason_by", "fault", "requested_at", "goods_back_on",
            "origin", "channel_state", "version", "closed_at",
        }  # fmt: skip


class Shipment(Row, Lease):
    """A parcel the desk announces to the channel, by its own operation."""

    class State(models.TextChoices):
        PLANNED = "PLANNED"
        SENDING = "SENDING"
        UNKNOWN = "UNKNOWN"
        NEEDS_HUMAN = "NEEDS_HUMAN"
        CONFIRMED = "CONFIRMED"
        REFUSED = "REFUSED"
        VOID = "VOID"

    LIVE = (State.PLANNED, State.SENDING, State.UNKNOWN, State.NEEDS_HUMAN)

    line = models.ForeignKey(OrderLine, models.PROTECT, related_name="shipments")
    op_id = models.UUIDField(default=uuid.uuid4, unique=True)
    carrier = models.CharField(max_length=60)
    tracking = models.CharField(max_length=60)
    overrides_claim = models.ForeignKey(Claim, models.PROTECT, null=True, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    state = models.CharField(max_length=11, choices=State, default=State.PLANNED)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["line"],
                name="shipment_one_live",
                condition=Q(state__in=["PLANNED", "SENDING", "UNKNOWN", "NEEDS_HUMAN"]),
            )
        ]

    class Privacy:
        erase = {}
        keep = {
            "id", "created_at", "line", "op_id", "carrier", "tracking", "overrides_claim",
            "by", "state",
        } | LEASE_FIELDS  # fmt: skip


class Mismatch(Row):
    """The desk and the channel disagree about a line; open until a person or a read settles it."""

    store = models.ForeignKey(Store, models.PROTECT, related_name="+")
    line = models.ForeignKey(OrderLine, models.PROTECT, related_name="mismatches")
    kind = models.CharField(max_length=40)
    amount = models.BigIntegerField(default=0)
    first_seen_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["line", "kind"], name="mismatch_one_open", condition=Q(closed_at=None)
            )
        ]

    class Privacy:
        erase = {"note": ""}
        keep = {
            "id", "created_at", "store", "line", "kind", "amount", "first_seen_at", "closed_at",
        }  # fmt: skip
