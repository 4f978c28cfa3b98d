"""The admin site of the desk."""

from django.contrib.admin.apps import AdminConfig


class DeskAdminConfig(AdminConfig):
    """Use our site: same look everywhere, sign-in with a second factor."""

    default_site = "config.admin.DeskAdminSite"
