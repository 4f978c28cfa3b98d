"""Shops and who works in them."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common.models import Calendar, Row
from orders.querysets import StoreQuerySet


class Role(models.TextChoices):
    """What somebody is in one store. Every member of staff is a learner as well."""

    AGENT = "AGENT", _("agent")
    LEAD = "LEAD", _("lead")
    TRAINER = "TRAINER", _("trainer")
    MANAGER = "MANAGER", _("manager")
    OPERATOR = "OPERATOR", _("operator")


class Store(Row):
    """A shop on one channel, in one currency."""

    class SecondPerson(models.TextChoices):
        POLICY = "POLICY", _("as the policy says")
        NEVER = "NEVER", _("never (one-person shop)")

    slug = models.SlugField(_("short name"), unique=True)
    name = models.CharField(_("name"), max_length=80)
    channel = models.CharField(_("channel"), max_length=20, default="direct")
    currency = models.CharField(_("currency"), max_length=3, default="KRW")
    zone = models.CharField(_("time zone"), max_length=64, default="Asia/Seoul")
    calendar = models.ForeignKey(Calendar, models.PROTECT, verbose_name=_("business hours"))
    base_url = models.URLField(blank=True)
    # Seconds by name: quiet time, time-out, poll, sweep, lease.
    timings = models.JSONField(default=dict, blank=True)
    is_sandbox = models.BooleanField(_("for trying out"), default=False)
    # Orders came from a marketplace's spreadsheet: its refunds happen there, not here.
    from_spreadsheet = models.BooleanField(default=False)
    second_person = models.CharField(
        _("second person"), max_length=6, choices=SecondPerson, default=SecondPerson.POLICY
    )

    objects = StoreQuerySet.as_manager()

    class Meta:
        verbose_name = _("store")
        verbose_name_plural = _("stores")
        constraints = [
            models.CheckConstraint(
                name="store_currency_known", condition=Q(currency__in=["KRW", "GBP"])
            ),
            models.CheckConstraint(
                name="store_second_person_known", condition=Q(second_person__in=["POLICY", "NEVER"])
            ),
        ]

    class Privacy:
        erase = {}
        keep = {
            "id", "created_at", "slug", "name", "channel", "currency", "zone", "calendar",
            "base_url", "timings", "is_sandbox", "from_spreadsheet", "second_person",
        }  # fmt: skip

    def __str__(self) -> str:
        return self.name


class Membership(Row):
    """A person's role in a store."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="memberships")
    store = models.ForeignKey(Store, models.PROTECT, related_name="memberships")
    role = models.CharField(_("role"), max_length=10, choices=Role)

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints = [
            models.UniqueConstraint(fields=["user", "store", "role"], name="membership_once"),
            models.CheckConstraint(name="membership_role_known", condition=Q(role__in=Role.values)),
        ]

    class Privacy:
        erase = {}
        keep = {"id", "created_at", "user", "store", "role"}

    def __str__(self) -> str:
        return f"{self.user} · {self.get_role_display()} · {self.store}"
