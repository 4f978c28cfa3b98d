"""Deadlines as rows: due times are stored and indexed, never counted down."""

from django.db import models
from django.db.models import Q

from common.models import CalendarVersion, Row
from tickets.domain.clocks import ClockKind, Level, Outcome
from tickets.models.policies import SLAPolicyVersion
from tickets.models.tickets import Ticket


class Clock(Row):
    """One deadline of one ticket. `used_s` is business time used up to the last pause."""

    ticket = models.ForeignKey(Ticket, models.PROTECT, related_name="clocks")
    kind = models.CharField(max_length=11, choices=[(k.value, k.value) for k in ClockKind])
    round = models.PositiveSmallIntegerField(default=1)
    policy_version = models.ForeignKey(
        SLAPolicyVersion, models.PROTECT, null=True, blank=True, related_name="+"
    )
    calendar_version = models.ForeignKey(CalendarVersion, models.PROTECT, related_name="+")
    started_at = models.DateTimeField()
    target_s = models.PositiveIntegerField(null=True, blank=True)
    used_s = models.PositiveIntegerField(default=0)
    paused_at = models.DateTimeField(null=True, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)
    stopped_at = models.DateTimeField(null=True, blank=True)
    breached_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(
        max_length=6, choices=[(o.value, o.value) for o in Outcome], null=True, blank=True
    )
    # Where the due day of the law's clock comes from.
    article = models.CharField(max_length=80, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["ticket", "kind", "round"], name="clock_round_once"),
            models.UniqueConstraint(
                fields=["ticket", "kind"], name="clock_one_active", condition=Q(stopped_at=None)
            ),
            models.CheckConstraint(
                name="clock_due_iff_running",
                condition=Q(stopped_at__isnull=False)
                | Q(due_at=None, paused_at__isnull=False)
                | Q(due_at__isnull=False, paused_at=None),
            ),
            models.CheckConstraint(
                name="clock_outcome_iff_stopped",
                condition=Q(stopped_at=None, outcome=None)
                | Q(stopped_at__isnull=False, outcome__isnull=False),
            ),
        ]

    class Privacy:
        erase = {}
        keep = {
            "id", "created_at", "ticket", "kind", "round", "policy_version",
            "calendar_version", "started_at", "target_s", "used_s", "paused_at", "due_at",
            "stopped_at", "breached_at", "outcome", "article",
        }  # fmt: skip


class ClockLevel(Row):
    """A moment at which somebody is told, once."""

    clock = models.ForeignKey(Clock, models.PROTECT, related_name="levels")
    level = models.CharField(max_length=7, choices=[(v.value, v.value) for v in Level])
    at = models.DateTimeField()
    fired_at = models.DateTimeField(null=True, blank=True)
    action = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["clock", "level"], name="level_once")]
        indexes = [models.Index(fields=["at"], name="level_unfired", condition=Q(fired_at=None))]

    class Privacy:
        erase = {}
        keep = {"id", "created_at", "clock", "level", "at", "fired_at", "action"}
