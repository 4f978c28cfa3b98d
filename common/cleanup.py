"""Remove technical rows whose time is over. No business row is ever removed here."""

from django.contrib.sessions.models import Session
from django.utils import timezone

from common.models import IdempotencyKey, Rate


def run() -> None:
    """Delete expired counters, idempotency keys and sessions."""
    now = timezone.now()
    Rate.objects.filter(expires_at__lte=now).delete()
    IdempotencyKey.objects.filter(expires_at__lte=now).delete()
    Session.objects.filter(expire_date__lte=now).delete()
