"""Wire the orders."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OrdersConfig(AppConfig):
    """What was sold; knows nothing of tickets."""

    name = "orders"
    verbose_name = _("Orders")

    def ready(self) -> None:
        """Register what the worker polls."""
        from common import poller  # noqa: PLC0415
        from orders import executor  # noqa: PLC0415

        poller.register(executor.run_due)
