"""Wire the feedback."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class FeedbackConfig(AppConfig):
    """What buyers thought of it."""

    name = "feedback"
    verbose_name = _("Feedback")
