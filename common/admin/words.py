"""Moments, days and spans as people read them, in the shop's zone and the reader's language."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import dateformat, timezone
from django.utils.translation import get_language, gettext, ngettext

ZONE = ZoneInfo(settings.BUSINESS_ZONE)
NOTHING = "–"
MINUTE, HOUR, DAY = 60, 3600, 86_400
# By language: this year's days need no year. Django's short Korean weekdays are not short.
DAY_FORMATS = {"ko": ("n월 j일", "Y년 n월 j일"), "en": ("D j M", "D j M Y")}
WEEKDAYS = "월화수목금토일"


def locale() -> str:
    """Return the reader's language, Korean unless it is English."""
    return "en" if (get_language() or "ko").startswith("en") else "ko"


def local(moment: datetime) -> datetime:
    """Return the moment in the shop's zone."""
    return moment.astimezone(ZONE)


def day_words(day: date) -> str:
    """Return a day such as 11월 26일 (목); with its year when it is not this one."""
    short, long = DAY_FORMATS[locale()]
    this_year = local(timezone.now()).year
    words = dateformat.format(day, short if day.year == this_year else long)
    return f"{words} ({WEEKDAYS[day.weekday()]})" if locale() == "ko" else words


def moment_words(moment: datetime | None) -> str:
    """Return a moment such as 11월 26일 (목) 18:00, a dash for none."""
    if moment is None:
        return NOTHING
    here = local(moment)
    return f"{day_words(here.date())} {here:%H:%M}"


def end_of_day_words(moment: datetime) -> str:
    """Return a due moment at midnight as 24:00 of the day that ends there."""
    here = local(moment)
    if (here.hour, here.minute) != (0, 0):
        return moment_words(moment)
    return f"{day_words((here - timedelta(days=1)).date())} 24:00"


def due_words(due_at: datetime, at: datetime) -> str:
    """Return how far a deadline is from `at`: in 3 hours, 2 days late."""
    seconds = int((due_at - at).total_seconds())
    number, unit = _measured(abs(seconds))
    return _late(number, unit) if seconds < 0 else _ahead(number, unit)


def ago_words(moment: datetime, at: datetime) -> str:
    """Return how long ago a moment was."""
    number, unit = _measured(max(0, int((at - moment).total_seconds())))
    if unit == MINUTE:
        words = ngettext("%(n)s minute ago", "%(n)s minutes ago", number)
    elif unit == HOUR:
        words = ngettext("%(n)s hour ago", "%(n)s hours ago", number)
    else:
        words = ngettext("%(n)s day ago", "%(n)s days ago", number)
    return words % {"n": number}


def span_words(span: timedelta) -> str:
    """Return a length of time: 9 h, 3 h 20 min."""
    minutes = int(span.total_seconds()) // MINUTE
    hours, rest = divmod(minutes, 60)
    if not hours:
        return gettext("%(m)s min") % {"m": rest}
    if not rest:
        return gettext("%(h)s h") % {"h": hours}
    return gettext("%(h)s h %(m)s min") % {"h": hours, "m": rest}


def _measured(seconds: int) -> tuple[int, int]:
    """Return (number, unit): minutes below an hour, hours below two days, then days."""
    if seconds < HOUR:
        return seconds // MINUTE, MINUTE
    if seconds < 2 * DAY:
        return seconds // HOUR, HOUR
    return seconds // DAY, DAY


def _ahead(number: int, unit: int) -> str:
    if unit == MINUTE:
        words = gettext("in %(n)s min")
    elif unit == HOUR:
        words = gettext("in %(n)s h")
    else:
        words = ngettext("in %(n)s day", "in %(n)s days", number)
    return words % {"n": number}


def _late(number: int, unit: int) -> str:
    if unit == MINUTE:
        words = gettext("%(n)s min late")
    elif unit == HOUR:
        words = gettext("%(n)s h late")
    else:
        words = ngettext("%(n)s day late", "%(n)s days late", number)
    return words % {"n": number}
