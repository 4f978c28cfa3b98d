"""The kernel's rows: people, the trail of events and its outbox, calendars, jobs, mail."""

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from common.domain.actors import ActorKind
from common.privacy import BLANK, ERASED_EMAIL
from common.querysets import DeliveryQuerySet, EventQuerySet, OutboundMailQuerySet, UserManager

LEASE_FIELDS = {"lease_owner", "lease_until", "fence", "attempts", "next_at", "last_error"}


class Row(models.Model):
    """What every row has: an id that is never shown and the moment it came to be."""

    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        abstract = True


class Lease(models.Model):
    """Columns of work that one worker at a time may hold. See common/leases.py."""

    lease_owner = models.CharField(max_length=80, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    fence = models.PositiveIntegerField(default=0)
    attempts = models.PositiveIntegerField(default=0)
    next_at = models.DateTimeField(null=True, blank=True)
    last_error = models.CharField(max_length=200, blank=True)

    class Meta:
        abstract = True


class User(AbstractUser):
    """A member of staff. Nobody is deleted; who leaves is deactivated."""

    username = None
    first_name = None
    last_name = None
    email = models.EmailField(_("e-mail"), unique=True)
    name = models.CharField(_("name"), max_length=80)
    locale = models.CharField(_("language"), max_length=8, default="ko")
    zone = models.CharField(_("time zone"), max_length=64, default="Asia/Seoul")
    # A demo person may only sign in from this machine.
    is_demo = models.BooleanField(default=False, editable=False)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    objects = UserManager()

    class Meta:
        verbose_name = _("staff member")
        verbose_name_plural = _("staff")
        constraints = [models.UniqueConstraint(Lower("email"), name="user_email_once")]

    class Privacy:
        erase = {"email": ERASED_EMAIL, "name": BLANK}
        keep = {
            "id", "password", "last_login", "is_superuser", "is_staff", "is_active",
            "date_joined", "locale", "zone", "is_demo",
        }  # fmt: skip

    def __str__(self) -> str:
        return self.name or self.email

    def get_full_name(self) -> str:
        """Return the name; there is no first and last one here."""
        return str(self)

    def get_short_name(self) -> str:
        """Return the name."""
        return str(self)


class Event(Row):
    """A past fact. Append-only: triggers on both databases refuse change and deletion."""

    name = models.CharField(max_length=80)
    subject_type = models.CharField(max_length=40)
    subject_id = models.BigIntegerField()
    actor_kind = models.CharField(max_length=8, choices=[(k.value, k.value) for k in ActorKind])
    actor_user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    actor_ref = models.CharField(max_length=80, blank=True)
    happened_at = models.DateTimeField()
    data = models.JSONField(default=dict)
    # Sealed later, once: the row's place and hash in its subject's chain.
    seq = models.BigIntegerField(null=True, blank=True)
    hash = models.CharField(max_length=64, null=True, blank=True)

    objects = EventQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["subject_type", "subject_id", "seq"], name="event_seq_once"
            ),
            models.CheckConstraint(
                name="event_actor_known",
                condition=Q(actor_kind__in=[k.value for k in ActorKind])
                & (Q(actor_kind=ActorKind.STAFF) | Q(actor_user=None)),
            ),
        ]
        indexes = [models.Index(fields=["subject_type", "subject_id", "id"], name="event_subject")]

    class Privacy:
        erase = {}
        keep = {
            "id", "created_at", "name", "subject_type", "subject_id", "actor_kind",
            "actor_user", "actor_ref", "happened_at", "data", "seq", "hash",
        }  # fmt: skip


class Delivery(Row, Lease):
    """One event for one subscriber: the outbox. Written with the event, done after the commit."""

    class State(models.TextChoices):
        WAITING = "WAITING"
        DONE = "DONE"
        PARKED = "PARKED"

    event = models.ForeignKey(Event, models.PROTECT, related_name="deliveries")
    subscriber = models.CharField(max_length=80)
    # Copied from the event: deliveries of one subject keep their order.
    subject = models.CharField(max_length=64)
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["event", "subscriber"], name="delivery_once"),
            models.CheckConstraint(
                name="delivery_state_known", condition=Q(state__in=["WAITING", "DONE", "PARKED"])
            ),
        ]
        indexes = [
            models.Index(fields=["next_at"], name="delivery_due", condition=Q(state="WAITING")),
            models.Index(
                fields=["subscriber", "subject", "id"],
                name="delivery_open",
                condition=~Q(state="DONE"),
            ),
        ]

    class Privacy:
        erase = {}
        keep = {"id", "created_at", "event", "subscriber", "subject", "state"} | LEASE_FIELDS


class Calendar(Row):
    """Business hours under a name; what counts stands in its versions."""

    code = models.SlugField(unique=True)
    name = models.CharField(max_length=80)

    class Privacy:
        erase = {}
        keep = {"id", "created_at", "code", "name"}

    def __str__(self) -> str:
        return self.name


class CalendarVersion(Row):
    """Windows per weekday and dated exceptions; frozen once published."""

    calendar = models.ForeignKey(Calendar, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    zone = models.CharField(max_length=64, default="Asia/Seoul")
    # {"0": [["09:00", "12:00"], ...], ...}; 0 is Monday.
    hours = models.JSONField()
    # By date, such as 2026-12-24: its windows (none = closed) and the source of the exception.
    days = models.JSONField(default=dict, blank=True)
    public_holidays = models.BooleanField(default=True)
    published_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["calendar", "number"], name="calendar_version_once")
        ]

    class Privacy:
        erase = {}
        keep = {
            "id", "created_at", "calendar", "number", "zone", "hours", "days",
            "public_holidays", "published_at",
        }  # fmt: skip

    def __str__(self) -> str:
        return f"{self.calendar} v{self.number}"


class Job(Row, Lease):
    """Long work with its progress; goes on where it stopped."""

    class State(models.TextChoices):
        RUNNING = "RUNNING"
        DONE = "DONE"
        FAILED = "FAILED"

    kind = models.CharField(max_length=40)
    key = models.CharField(max_length=160, unique=True)
    params = models.JSONField(default=dict)
    state = models.CharField(max_length=8, choices=State, default=State.RUNNING)
    done = models.BigIntegerField(default=0)
    total = models.BigIntegerField(null=True, blank=True)
    cursor = models.JSONField(default=dict)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    report = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="job_done_within_total", condition=Q(total=None) | Q(done__lte=F("total"))
            ),
            models.CheckConstraint(
                name="job_state_known", condition=Q(state__in=["RUNNING", "DONE", "FAILED"])
            ),
        ]

    class Privacy:
        erase = {}
        keep = {
            "id", "created_at", "kind", "key", "params", "state", "done", "total", "cursor",
            "by", "report",
        } | LEASE_FIELDS  # fmt: skip


class OutboundMail(Row, Lease):
    """A mail to be written and sent once. The text is made when it is sent, from ids."""

    class State(models.TextChoices):
        WAITING = "WAITING"
        SENT = "SENT"
        PARKED = "PARKED"

    dedupe_key = models.CharField(max_length=160, unique=True)
    template = models.CharField(max_length=60)
    locale = models.CharField(max_length=8, default="ko")
    to = models.EmailField()
    context = models.JSONField(default=dict)
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    sent_at = models.DateTimeField(null=True, blank=True)

    objects = OutboundMailQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="mail_state_known", condition=Q(state__in=["WAITING", "SENT", "PARKED"])
            ),
            models.CheckConstraint(
                name="mail_sent_at_iff_sent",
                condition=Q(state="SENT", sent_at__isnull=False)
                | (~Q(state="SENT") & Q(sent_at=None)),
            ),
        ]
        indexes = [models.Index(fields=["next_at"], name="mail_due", condition=Q(state="WAITING"))]

    class Privacy:
        erase = {"to": "erased@invalid"}
        keep = {
            "id", "created_at", "dedupe_key", "template", "locale", "context", "state", "sent_at",
        } | LEASE_FIELDS  # fmt: skip


class IdempotencyKey(Row):
    """The answer to a request that a client may send again. Kept for a day."""

    scope = models.CharField(max_length=120)
    key = models.CharField(max_length=120)
    body_hash = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(null=True, blank=True)
    response = models.JSONField(null=True, blank=True)
    expires_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["scope", "key"], name="idempotency_key_once")
        ]

    class Privacy:
        erase = {"response": None}
        keep = {"id", "created_at", "scope", "key", "body_hash", "status", "expires_at"}


class Rate(Row):
    """How often something happened in a window of time. See common/throttle.py."""

    key = models.CharField(max_length=120)
    window = models.DateTimeField()
    count = models.PositiveIntegerField(default=0)
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key", "window"], name="rate_once")]

    class Privacy:
        erase = {}
        keep = {"id", "created_at", "key", "window", "count", "expires_at"}
