"""Wire the tickets."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TicketsConfig(AppConfig):
    """Tickets; know orders, and nothing of feedback and training."""

    name = "tickets"
    verbose_name = _("Tickets")
