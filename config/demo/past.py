"""Moments of the past, counted in the shop's business hours, so that some things are just late."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from common.domain.calendar import WorkingHours

LOOK_BACK = timedelta(days=120)
EXACT_TO = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Past:
    """What lies before `now` for a desk that works at `hours`."""

    now: datetime
    hours: WorkingHours
    zone: ZoneInfo

    def ago(self, worked: float) -> datetime:
        """Return the moment since which `worked` business hours have passed."""
        wanted = timedelta(hours=worked)
        early, late = self.now - LOOK_BACK, self.now
        while late - early > EXACT_TO:
            middle = early + (late - early) / 2
            if self.hours.between(middle, self.now) < wanted:
                late = middle
            else:
                early = middle
        return early.replace(microsecond=0)
