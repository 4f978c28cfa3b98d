"""Money that goes back, each try of it, and the direct channel's own ledger."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from common.models import LEASE_FIELDS, Lease, Row
from orders.domain.refunds import LIVE, RefundKind, RefundState
from orders.models.claims import Claim
from orders.models.sales import OrderLine
from orders.querysets import RefundQuerySet

STATES = [state.value for state in RefundState]
LIVE_STATES = sorted(state.value for state in LIVE)


class Refund(Row, Lease):
    """One approved return of money: what exactly, by whom, and how far it got."""

    op_id = models.UUIDField(default=uuid.uuid4, unique=True)
    claim = models.ForeignKey(Claim, models.PROTECT, related_name="refunds")
    line = models.ForeignKey(OrderLine, models.PROTECT, related_name="refunds")
    kind = models.CharField(max_length=13, choices=[(k.value, k.value) for k in RefundKind])
    quantity = models.IntegerField()
    amount = models.BigIntegerField()
    delivery_amount = models.BigIntegerField(default=0)
    # The line as the channel showed it, read under the lease before sending.
    before = models.JSONField(null=True, blank=True)
    state = models.CharField(
        max_length=11, choices=[(s, s) for s in STATES], default=RefundState.PLANNED
    )
    cause = models.CharField(max_length=20, blank=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    single_person_shop = models.BooleanField(default=False)
    # code@version of the automatic rule; no foreign key, those point down.
    rule = models.CharField(max_length=80, blank=True)
    digest = models.CharField(max_length=64)
    authorised_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.CharField(max_length=20, blank=True)

    objects = RefundQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["line"], name="refund_one_live", condition=Q(state__in=LIVE_STATES)
            ),
            models.CheckConstraint(name="refund_state_known", condition=Q(state__in=STATES)),
            models.CheckConstraint(
                name="refund_amounts",
                condition=Q(quantity__gte=1, amount__gte=0, delivery_amount__gte=0),
            ),
            models.CheckConstraint(
                name="refund_maker_is_not_checker",
                condition=Q(made_by=None)
                | Q(approved_by=None)
                | ~Q(made_by=F("approved_by"))
                | Q(single_person_shop=True),
            ),
            models.CheckConstraint(
                name="refund_has_authority",
                condition=Q(approved_by__isnull=False) | ~Q(rule="") | Q(kind="OBSERVED"),
            ),
            models.CheckConstraint(
                name="refund_settled_iff_confirmed",
                condition=Q(state="CONFIRMED", settled_at__isnull=False)
                | (~Q(state="CONFIRMED") & Q(settled_at=None)),
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_at", "id"], name="refund_due", condition=Q(state__in=LIVE_STATES)
            )
        ]

    class Privacy:
        erase = {}
        keep = {
            "id", "created_at", "op_id", "claim", "line", "kind", "quantity", "amount",
            "delivery_amount", "before", "state", "cause", "made_by", "approved_by",
            "single_person_shop", "rule", "digest", "authorised_at", "expires_at", "sent_at",
            "settled_at", "settled_by",
        } | LEASE_FIELDS  # fmt: skip


class RefundAttempt(Row):
    """One sending of a refund to the channel, and what came back. Append-only."""

    refund = models.ForeignKey(Refund, models.PROTECT, related_name="tries")
    n = models.PositiveIntegerField()
    fence = models.PositiveIntegerField()
    sent_at = models.DateTimeField()
    # Set once, when the channel answered; a try that never heard back keeps NULL.
    result = models.CharField(max_length=20, null=True, blank=True)
    http_status = models.PositiveSmallIntegerField(null=True, blank=True)
    trace_id = models.CharField(max_length=80, null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["refund", "n"], name="refund_try_once")]

    class Privacy:
        erase = {}
        keep = {
            "id", "created_at", "refund", "n", "fence", "sent_at", "result", "http_status",
            "trace_id",
        }  # fmt: skip


class DirectSettlement(Row):
    """The direct channel's ledger: money given back by the shop itself, once per operation."""

    op_id = models.UUIDField(unique=True)
    line = models.ForeignKey(OrderLine, models.PROTECT, related_name="settlements")
    quantity = models.IntegerField()
    amount = models.BigIntegerField()
    delivery_amount = models.BigIntegerField(default=0)
    settled_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="settlement_amounts",
                condition=Q(quantity__gte=1, amount__gte=0, delivery_amount__gte=0),
            )
        ]

    class Privacy:
        erase = {}
        keep = {
            "id", "created_at", "op_id", "line", "quantity", "amount", "delivery_amount",
            "settled_at",
        }  # fmt: skip
