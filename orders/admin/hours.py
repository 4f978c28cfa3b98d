"""Business hours: read here; a new version comes from an import or a migration."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from common.admin.lists import Cell, Column
from common.admin.pages import FactsAdmin, Section
from common.admin.words import moment_words
from common.models import Calendar, CalendarVersion
from orders.access import has_role, person
from orders.models import Role, Store

WEEKDAYS = (
    _("Monday"), _("Tuesday"), _("Wednesday"), _("Thursday"), _("Friday"), _("Saturday"),
    _("Sunday"),
)  # fmt: skip


@admin.register(Calendar)
class CalendarAdmin(FactsAdmin):
    """The business hours that the reader's stores keep, version by version."""

    title = _("Business hours")
    columns = (
        Column(
            _("Name"),
            lambda row: Cell(row.name, href=reverse("admin:common_calendar_change", args=[row.pk])),
            "head",
        ),
        Column(_("Short name"), lambda row: Cell(row.code)),
    )
    fields = ("code", "name")

    def visible(self, request: HttpRequest) -> Any:
        """Calendars of the reader's stores."""
        stores = Store.objects.visible_to(person(request))
        return Calendar.objects.filter(pk__in=stores.values("calendar_id"))

    def may_see(self, request: HttpRequest) -> bool:
        """Leads, managers and operators."""
        return has_role(request, Role.LEAD, Role.MANAGER, Role.OPERATOR)

    def sections(self, request: HttpRequest, row: Any) -> list[Section]:
        """Every published version, the newest first."""
        versions = row.versions.filter(published_at__isnull=False).order_by("-number")[:50]
        return [_section(version) for version in versions]


def _section(version: CalendarVersion) -> Section:
    facts: list[tuple[Any, Any]] = [
        (_("Published"), moment_words(version.published_at)),
        (_("Time zone"), version.zone),
    ]
    for number, name in enumerate(WEEKDAYS):
        windows = version.hours.get(str(number), [])
        facts.append((name, _windows(windows)))
    closed = _("day off") if version.public_holidays else _("as on other days")
    facts.append((_("Public holidays"), closed))
    for day, entry in sorted(version.days.items()):
        facts.append((day, f"{_windows(entry['windows'])} {entry.get('source', '')}".strip()))
    return Section(gettext("Version %(n)s") % {"n": version.number}, facts)


def _windows(windows: list) -> str:
    return ", ".join(f"{opens}–{closes}" for opens, closes in windows) or gettext("day off")
