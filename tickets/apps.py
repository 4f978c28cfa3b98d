"""Wire the tickets."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TicketsConfig(AppConfig):
    """Tickets; know orders, and nothing of feedback and training."""

    name = "tickets"
    verbose_name = _("Tickets")

    def ready(self) -> None:
        """Register subscribers, mails and what the worker polls."""
        from common import poller, slots  # noqa: PLC0415
        from tickets import mail, subscribers, tasks  # noqa: F401, PLC0415
        from tickets.admin import order_page  # noqa: PLC0415

        subscribers.register()
        poller.register(tasks.fire_due_clocks)
        poller.register(tasks.expire_proposals)
        slots.register("order.tools", order_page.tools)
        slots.register("order.below", order_page.below)
