"""What the worker does for orders. The message only says "look at the table"."""

from celery import shared_task

from orders import executor


@shared_task(ignore_result=True)
def run_due_refunds(**_added_later: object) -> None:
    """Advance the refunds that are due."""
    executor.run_due()
