"""The public holidays of Korea, the law of 2026 included.

Temporary holidays that the library does not know yet are the shop's own dated rows.
"""

from collections.abc import Mapping
from datetime import date
from functools import cache
from types import MappingProxyType
from typing import Final

from holidays import country_holidays

from common.errors import Refused, gettext_noop

FIRST_YEAR: Final = 1948
LAST_YEAR: Final = 2100
"""The years that the library covers; a test compares them with it."""


class HolidaysUnknown(Refused):
    """Outside the years the library knows, an empty answer would look like "no holiday"."""

    code = "holidays_unknown"
    wording = gettext_noop("Korean holidays are known for %(first)s to %(last)s, not %(year)s.")
    status = 400


@cache
def public_holidays(year: int) -> Mapping[date, str]:
    """Return the public, substitute and election holidays of a year with their Korean names.

    Source: 관공서의 공휴일에 관한 규정, as PyPI `holidays` has it (1948 to 2100, else refused).
    """
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise HolidaysUnknown(year=year, first=FIRST_YEAR, last=LAST_YEAR)
    return MappingProxyType(dict(sorted(country_holidays("KR", years=year, language="ko").items())))


@cache
def public_holiday_dates(first_year: int, last_year: int) -> frozenset[date]:
    """Return the holidays of all years from the first to the last, both included."""
    return frozenset(
        day for year in range(first_year, last_year + 1) for day in public_holidays(year)
    )


class PublicHolidays:
    """All Korean public holidays as one collection that looks a year up when it is asked."""

    def __contains__(self, day: object) -> bool:
        return isinstance(day, date) and day in public_holidays(day.year)


PUBLIC_HOLIDAYS: Final = PublicHolidays()
