"""What decides, in numbered versions that never change once published."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from common.models import Row
from orders.models import Store
from tickets.querysets import PolicyVersionQuerySet


class Policy(Row):
    """The name of something versioned; for one store, or for all."""

    code = models.SlugField(unique=True)
    name = models.CharField(_("name"), max_length=120)
    store = models.ForeignKey(Store, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name


class PolicyVersion(Row):
    """The content under a number; frozen from `published_at` on."""

    number = models.PositiveIntegerField()
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    published_at = models.DateTimeField(null=True, blank=True)

    objects = PolicyVersionQuerySet.as_manager()
    KEEP: ClassVar[set[str]] = {"id", "created_at", "number", "author", "published_at"}

    class Meta:
        abstract = True


class SLAPolicy(Policy):
    """The support promise."""

    class Privacy:
        erase = {}
        keep = {"id", "created_at", "code", "name", "store"}


class SLAPolicyVersion(PolicyVersion):
    """Targets in minutes of business time, and when to warn."""

    policy = models.ForeignKey(SLAPolicy, models.PROTECT, related_name="versions")
    first_reply_minutes = models.PositiveIntegerField()
    next_reply_minutes = models.PositiveIntegerField()
    decision_minutes = models.PositiveIntegerField()
    warn_percent = models.PositiveSmallIntegerField(default=75)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["policy", "number"], name="sla_version_once"),
            models.CheckConstraint(
                name="sla_targets_positive",
                condition=Q(
                    first_reply_minutes__gte=1, next_reply_minutes__gte=1, decision_minutes__gte=1
                )
                & Q(warn_percent__gte=1, warn_percent__lte=99),
            ),
        ]

    class Privacy:
        erase = {}
        keep = PolicyVersion.KEEP | {
            "policy", "first_reply_minutes", "next_reply_minutes", "decision_minutes",
            "warn_percent",
        }  # fmt: skip

    def __str__(self) -> str:
        return f"{self.policy} v{self.number}"


class DecisionPolicy(Policy):
    """Who may decide."""

    class Privacy:
        erase = {}
        keep = {"id", "created_at", "code", "name", "store"}


class DecisionPolicyVersion(PolicyVersion):
    """Limits per currency in minor units, and how long a proposal waits."""

    policy = models.ForeignKey(DecisionPolicy, models.PROTECT, related_name="versions")
    # {"KRW": {"agent": 100000, "lead": 500000}, ...}
    limits = models.JSONField()
    proposal_hours = models.PositiveIntegerField(default=24)
    refund_valid_hours = models.PositiveIntegerField(default=72)
    reopen_days = models.PositiveIntegerField(default=14)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["policy", "number"], name="decision_version_once"),
            models.CheckConstraint(
                name="decision_hours_positive",
                condition=Q(proposal_hours__gte=1, refund_valid_hours__gte=1),
            ),
        ]

    class Privacy:
        erase = {}
        keep = PolicyVersion.KEEP | {
            "policy", "limits", "proposal_hours", "refund_valid_hours", "reopen_days",
        }  # fmt: skip

    def __str__(self) -> str:
        return f"{self.policy} v{self.number}"


class AutoRule(Policy):
    """A rule that approves by itself."""

    class Privacy:
        erase = {}
        keep = {"id", "created_at", "code", "name", "store"}


class AutoRuleVersion(PolicyVersion):
    """Conditions of a rule; published by another person than its author."""

    rule = models.ForeignKey(AutoRule, models.PROTECT, related_name="versions")
    # {"source": "REPLAY"}: every condition must hold.
    conditions = models.JSONField(default=dict)
    approver = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    single_person_shop = models.BooleanField(default=False)
    stopped_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["rule", "number"], name="rule_version_once"),
            models.CheckConstraint(
                name="rule_author_is_not_approver",
                condition=Q(author=None)
                | Q(approver=None)
                | ~Q(author=F("approver"))
                | Q(single_person_shop=True),
            ),
        ]

    class Privacy:
        erase = {}
        keep = PolicyVersion.KEEP | {
            "rule", "conditions", "approver", "single_person_shop", "stopped_at",
        }  # fmt: skip

    def __str__(self) -> str:
        return f"{self.rule.code}@{self.number}"


class CannedResponse(Policy):
    """A prepared answer; `code` is its shortcut."""

    is_active = models.BooleanField(default=True)

    class Meta:
        verbose_name = _("canned response")
        verbose_name_plural = _("canned responses")

    class Privacy:
        erase = {}
        keep = {"id", "created_at", "code", "name", "store", "is_active"}


class CannedResponseVersion(PolicyVersion):
    """The texts, with {{ placeholders }} from the allow-list."""

    response = models.ForeignKey(CannedResponse, models.PROTECT, related_name="versions")
    text_ko = models.TextField(_("Korean text"))
    text_en = models.TextField(_("English text"), blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["response", "number"], name="canned_version_once")
        ]

    class Privacy:
        erase = {}
        keep = PolicyVersion.KEEP | {"response", "text_ko", "text_en"}

    def __str__(self) -> str:
        return f"{self.response} v{self.number}"
