"""What the worker does for tickets. Each may run twice or not at all: the rows decide."""

from celery import shared_task
from django.utils import timezone

from tickets.actions import deadlines, proving


@shared_task(ignore_result=True)
def fire_due_clocks(**_added_later: object) -> None:
    """Mark warnings and breaches that are due."""
    deadlines.fire_due(at=timezone.now())


@shared_task(ignore_result=True)
def expire_proposals(**_added_later: object) -> None:
    """Send undecided proposals back."""
    deadlines.expire_proposals(at=timezone.now())


@shared_task(ignore_result=True)
def clean_up(**_added_later: object) -> None:
    """Remove buyers' keys whose time is over."""
    proving.clean_up(at=timezone.now())
