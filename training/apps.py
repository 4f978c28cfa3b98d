"""Wire the training."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TrainingConfig(AppConfig):
    """Courses for staff."""

    name = "training"
    verbose_name = _("Training")
