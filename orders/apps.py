"""Wire the orders."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OrdersConfig(AppConfig):
    """What was sold; knows nothing of tickets."""

    name = "orders"
    verbose_name = _("Orders")
