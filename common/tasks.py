"""What the worker does for the kernel. Each may run twice or not at all: the rows decide."""

from celery import shared_task

from common import cleanup, deliveries, outbox


@shared_task(ignore_result=True)
def deliver_events(**_added_later: object) -> None:
    """Hand recorded events to their subscribers."""
    deliveries.deliver_all()


@shared_task(ignore_result=True)
def send_due_mail(**_added_later: object) -> None:
    """Send what the mail outbox holds."""
    outbox.send_due()


@shared_task(ignore_result=True)
def clean_up(**_added_later: object) -> None:
    """Remove counters, keys and sessions whose time is over."""
    cleanup.run()
