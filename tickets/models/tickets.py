"""Requests, tickets, what was said about them, and proposals."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from common.domain.actors import ActorKind
from common.models import Row
from common.privacy import BLANK
from orders.models import Claim, Order, Store
from tickets.domain.states import OPEN_STATUSES, STATUSES, TRAITS, Kind, Status, Verb
from tickets.models.policies import CannedResponseVersion
from tickets.querysets import BuyerRequestQuerySet, MessageQuerySet, TicketQuerySet

OPEN = sorted(status.value for status in OPEN_STATUSES)


def _status_fits_kind() -> Q:
    fits = Q()
    for kind, statuses in STATUSES.items():
        fits |= Q(kind=kind.value, status__in=sorted(s.value for s in statuses))
    return fits


class NumberSeries(Row):
    """The last number given to a kind of ticket in a year."""

    kind = models.CharField(max_length=1)
    year = models.PositiveIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "year"], name="number_series_once")]

    class Privacy:
        erase = {}
        keep = {"id", "created_at", "kind", "year", "last"}


class BuyerRequest(Row):
    """What a buyer sends at once: one ticket per line, one status page, one survey."""

    class Source(models.TextChoices):
        WEB = "WEB"
        API = "API"
        MAIL = "MAIL"
        CHANNEL = "CHANNEL"
        STAFF = "STAFF"
        REPLAY = "REPLAY"

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    order = models.ForeignKey(Order, models.PROTECT, related_name="requests")
    store = models.ForeignKey(Store, models.PROTECT, related_name="requests")
    # Of the status page's address; see tickets/tokens.py.
    token_digest = models.CharField(max_length=64, unique=True)
    contact = models.EmailField(blank=True)
    locale = models.CharField(max_length=8, default="ko")
    source = models.CharField(max_length=7, choices=Source)
    requested_at = models.DateTimeField()
    # When its last open ticket closed; asked about once.
    resolved_at = models.DateTimeField(null=True, blank=True)

    objects = BuyerRequestQuerySet.as_manager()

    class Privacy:
        erase = {"contact": BLANK}
        keep = {
            "id", "created_at", "public_id", "order", "store", "token_digest", "locale",
            "source", "requested_at", "resolved_at",
        }  # fmt: skip


class Ticket(Row):
    """One cancellation, return or inquiry on its way to an end."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    number = models.CharField(_("number"), max_length=20, unique=True)
    kind = models.CharField(_("kind"), max_length=1, choices=[(k.value, k.name) for k in Kind])
    store = models.ForeignKey(Store, models.PROTECT, related_name="tickets")
    claim = models.OneToOneField(
        Claim, models.PROTECT, null=True, blank=True, related_name="ticket"
    )
    request = models.ForeignKey(
        BuyerRequest, models.PROTECT, null=True, blank=True, related_name="tickets"
    )
    order = models.ForeignKey(Order, models.PROTECT, null=True, blank=True, related_name="tickets")
    subject = models.CharField(_("subject"), max_length=200, blank=True)
    status = models.CharField(
        _("status"), max_length=16, choices=[(s.value, t.en) for s, t in TRAITS.items()]
    )
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("assignee"),
    )  # fmt: skip
    priority = models.SmallIntegerField(_("priority"), default=0)
    received_at = models.DateTimeField(_("received"))
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_by_kind = models.CharField(max_length=8, blank=True)
    auto_approved = models.BooleanField(default=False)
    # Code of the lawful ground when it was refused.
    refusal_ground = models.CharField(max_length=20, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    next_due_at = models.DateTimeField(_("next deadline"), null=True, blank=True)
    next_check_at = models.DateTimeField(null=True, blank=True)
    last_buyer_at = models.DateTimeField(null=True, blank=True)
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="merged"
    )
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children"
    )
    version = models.PositiveIntegerField(default=1)

    objects = TicketQuerySet.as_manager()

    class Meta:
        verbose_name = _("ticket")
        verbose_name_plural = _("tickets")
        constraints = [
            models.CheckConstraint(
                name="ticket_claim_unless_inquiry",
                condition=Q(kind="I", claim=None) | (~Q(kind="I") & Q(claim__isnull=False)),
            ),
            models.CheckConstraint(name="ticket_status_fits_kind", condition=_status_fits_kind()),
            models.CheckConstraint(
                name="ticket_closed_at_iff_closed",
                condition=Q(status__in=OPEN, closed_at=None)
                | (~Q(status__in=OPEN) & Q(closed_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="ticket_decided_by_kind_known",
                condition=Q(decided_by_kind__in=["", *(k.value for k in ActorKind)]),
            ),
        ]
        indexes = [
            models.Index(
                fields=["store", "next_due_at", "id"],
                name="ticket_queue",
                condition=Q(status__in=OPEN),
            ),
            models.Index(
                fields=["next_check_at"],
                name="ticket_to_check",
                condition=Q(next_check_at__isnull=False),
            ),
            models.Index(fields=["store", "-received_at", "-id"], name="ticket_recent"),
        ]

    class Privacy:
        erase = {"subject": BLANK}
        keep = {
            "id", "created_at", "public_id", "number", "kind", "store", "claim", "request",
            "order", "status", "assignee", "priority", "received_at", "decided_at",
            "decided_by", "decided_by_kind", "auto_approved", "refusal_ground", "closed_at",
            "next_due_at", "next_check_at", "last_buyer_at", "merged_into", "parent", "version",
        }  # fmt: skip

    def __str__(self) -> str:
        return self.number

    @property
    def the_claim(self) -> Claim:
        """The claim of a ticket that asks for money back; a bug where there is none."""
        if self.claim is None:
            raise ValueError(f"{self.number} has no claim")
        return self.claim

    @property
    def is_open(self) -> bool:
        """Tell whether somebody still has to do something."""
        return TRAITS[Status(self.status)].is_open


class Message(Row):
    """Something said on a ticket, to the buyer or among staff. Never edited."""

    class Visibility(models.TextChoices):
        PUBLIC = "PUBLIC", _("reply")
        NOTE = "NOTE", _("internal note")

    ticket = models.ForeignKey(Ticket, models.PROTECT, related_name="messages")
    store = models.ForeignKey(Store, models.PROTECT, related_name="+")
    author_kind = models.CharField(max_length=8, choices=[(k.value, k.value) for k in ActorKind])
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    visibility = models.CharField(max_length=6, choices=Visibility)
    channel = models.CharField(max_length=7, default="WEB")
    body = models.TextField()
    mail_id = models.CharField(max_length=200, null=True, blank=True)
    canned_version = models.ForeignKey(
        CannedResponseVersion, models.PROTECT, null=True, blank=True, related_name="+"
    )
    at = models.DateTimeField()

    objects = MessageQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["store", "mail_id"],
                name="message_mail_once",
                condition=Q(mail_id__isnull=False),
            ),
            models.CheckConstraint(
                name="message_author_known",
                condition=Q(author_kind="STAFF", user__isnull=False)
                | (~Q(author_kind="STAFF") & Q(user=None)),
            ),
        ]
        indexes = [models.Index(fields=["ticket", "id"], name="message_thread")]

    class Privacy:
        erase = {"body": BLANK, "mail_id": None}
        keep = {
            "id", "created_at", "ticket", "store", "author_kind", "user", "visibility",
            "channel", "canned_version", "at",
        }  # fmt: skip


class Proposal(Row):
    """A decision that waits for another person."""

    class Result(models.TextChoices):
        APPROVED = "APPROVED"
        REFUSED = "REFUSED"
        DECLINED = "DECLINED"
        RECALLED = "RECALLED"
        EXPIRED = "EXPIRED"
        VOID = "VOID"

    ticket = models.ForeignKey(Ticket, models.PROTECT, related_name="proposals")
    decision = models.CharField(
        max_length=12, choices=[(v.value, v.value) for v in (Verb.APPROVE, Verb.REFUSE)]
    )
    # What refusing needs: {"ground": ..., "text": ...}.
    terms = models.JSONField(default=dict, blank=True)
    note = models.CharField(max_length=500, blank=True)
    digest = models.CharField(max_length=64)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=8, choices=Result, null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["ticket"], name="proposal_one_open", condition=Q(outcome=None)
            ),
            models.CheckConstraint(
                name="proposal_maker_is_not_checker",
                condition=Q(decided_by=None) | ~Q(decided_by=F("proposed_by")),
            ),
            models.CheckConstraint(
                name="proposal_decided_iff_outcome",
                condition=Q(outcome=None, decided_at=None)
                | Q(outcome__isnull=False, decided_at__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["expires_at"], name="proposal_expiring", condition=Q(outcome=None))
        ]

    class Privacy:
        erase = {"terms": {}, "note": BLANK}
        keep = {
            "id", "created_at", "ticket", "decision", "digest", "proposed_by", "proposed_at",
            "expires_at", "decided_by", "decided_at", "outcome",
        }  # fmt: skip
