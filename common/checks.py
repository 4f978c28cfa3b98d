"""Combinations of settings that would go wrong later are errors now."""

from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register


@register(Tags.compatibility)
def combinations(**_: object) -> list[CheckMessage]:
    """Refuse settings that contradict each other."""
    found: list[CheckMessage] = []
    if settings.TIME_ZONE != "UTC" or not settings.USE_TZ:
        found.append(
            Error(
                "TIME_ZONE must be UTC with USE_TZ on.",
                hint="Moments are stored in UTC; business hours have a zone of their own.",
                id="chwiso.E001",
            )
        )
    if settings.DATABASES["default"].get("ATOMIC_REQUESTS"):
        found.append(
            Error(
                "ATOMIC_REQUESTS must stay off.",
                hint="Actions are atomic themselves; a page that reads must not lock.",
                id="chwiso.E002",
            )
        )
    host = urlsplit(settings.SITE_URL).hostname or ""
    if host not in settings.ALLOWED_HOSTS and "*" not in settings.ALLOWED_HOSTS:
        found.append(
            Error(
                f"SITE_URL names {host}, which is not in ALLOWED_HOSTS.",
                hint="Links in mails would be refused. Add the host to ALLOWED_HOSTS.",
                id="chwiso.E003",
            )
        )
    return found


@register(Tags.security, deploy=True)
def production(**_: object) -> list[CheckMessage]:
    """Warn of what only a real installation needs."""
    found: list[CheckMessage] = []
    if not settings.BEHIND_TLS:
        found.append(
            Warning(
                "SITE_URL does not begin with https://.",
                hint="Serve the desk behind TLS and set SITE_URL=https://your.host.",
                id="chwiso.W001",
            )
        )
    if settings.EMAIL_BACKEND.endswith("filebased.EmailBackend"):
        found.append(
            Warning(
                "EMAIL_URL is empty: mail goes to files and reaches nobody.",
                hint="Set EMAIL_URL, for example smtp+tls://user:password@host:587.",
                id="chwiso.W002",
            )
        )
    return found
