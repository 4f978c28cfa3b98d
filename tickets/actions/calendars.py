"""Business time for clocks: one calendar object per published version, for ever."""

from datetime import date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from common.domain.calendar import WorkingHours
from common.domain.holidays_kr import public_holiday_dates
from common.models import CalendarVersion
from orders.models import Store
from tickets.actions.remembering import remember

SEOUL = ZoneInfo("Asia/Seoul")
# Years whose public holidays a calendar knows: old orders to be replayed, and a long way ahead.
HOLIDAY_YEARS = (2009, 2046)


@remember
def version_for(store: Store) -> CalendarVersion:
    """Return the calendar version that counts for this store now."""
    return (
        CalendarVersion.objects.filter(calendar_id=store.calendar_id, published_at__isnull=False)
        .order_by("-number")
        .first()
    ) or _missing(store)


def _missing(store: Store) -> CalendarVersion:
    raise CalendarVersion.DoesNotExist(f"store {store.slug} has no published business hours")


@lru_cache(maxsize=256)
def desk_of(version_id: int) -> WorkingHours:
    """Return the business hours of a published version; it never changes, so it is kept."""
    version = CalendarVersion.objects.get(pk=version_id)
    return working_hours(version)


def working_hours(version: CalendarVersion) -> WorkingHours:
    """Build the business hours that a version describes."""
    hours = {int(day): [tuple(w) for w in windows] for day, windows in version.hours.items()}
    exceptions = {
        date.fromisoformat(day): [tuple(w) for w in entry["windows"]]
        for day, entry in version.days.items()
    }
    holidays = public_holiday_dates(*HOLIDAY_YEARS) if version.public_holidays else frozenset()
    return WorkingHours(hours, holidays, version.zone, exceptions=exceptions)


def seoul_day(moment: datetime) -> date:
    """Return the calendar day in Korea."""
    return moment.astimezone(SEOUL).date()
