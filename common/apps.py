"""Wire the kernel."""

from django.apps import AppConfig


class CommonConfig(AppConfig):
    """The kernel; knows no other app."""

    name = "common"

    def ready(self) -> None:
        """Register checks and what the worker polls."""
        from common import checks, deliveries, mail, outbox, poller  # noqa: F401, PLC0415

        poller.register(deliveries.deliver_due)
        poller.register(outbox.send_due)
