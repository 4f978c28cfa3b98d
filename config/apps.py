"""The composition root as Django sees it."""

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class RootConfig(AppConfig):
    """No models. Its one command, `demo`, needs feedback and training at once, as only this may."""

    name = "config"


class DeskAdminConfig(AdminConfig):
    """Use our site: same look everywhere, sign-in with a second factor."""

    default_site = "config.admin.DeskAdminSite"
