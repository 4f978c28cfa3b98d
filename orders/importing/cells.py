"""Reading one cell: numbers, won, moments. Each returns None for what cannot be read."""

import re
import unicodedata
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from zoneinfo import ZoneInfo

from orders.importing.sheet import ISO_DATE, NUMBER, RawCell

SEOUL = ZoneInfo("Asia/Seoul")
# Whatever the columns of the databases hold, with room to add up.
MAX_QUANTITY = 2_000_000_000
MAX_WON = 1_000_000_000_000_000
# Serial days of 2000-01-01 and 2100-01-01, counted from 1899-12-30.
_FIRST_DAY, _LAST_DAY = 36_526, 73_051
_DAYS_1900_TO_1904 = 1_462
_FIRST_YEAR, _LAST_YEAR = 2000, 2099

_ORDER_NUMBER = re.compile(r"[0-9]{16,20}")
_WHOLE = re.compile(r"[+-]?(?:[0-9]{1,15}|[0-9]{1,3}(?:,[0-9]{3}){1,4})(?:\.0{1,15})?")
_MOMENT = re.compile(
    r"(\d{4})\s?[-./년]\s?(\d{1,2})\s?[-./월]\s?(\d{1,2})[.일]?"
    r"(?:[T\s]\s*(오전|오후|AM|PM)?\s*(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d{1,9})?)?\s*(AM|PM)?)?"
    r"(Z|[+-]\d{2}:?\d{2})?",
    re.ASCII | re.IGNORECASE,
)


def folded(text: str) -> str:
    """Return the text as NFKC, trimmed, with white space folded to single spaces."""
    if text.isascii() and "  " not in text and text.isprintable():
        return text.strip()
    return " ".join(unicodedata.normalize("NFKC", text).split())


def order_number(cell: RawCell | None) -> str | None:
    """Return 16 to 20 digits; a number with exponent or fraction may have lost some: None."""
    text = folded(cell.text) if cell else ""
    return text if _ORDER_NUMBER.fullmatch(text) else None


def whole(cell: RawCell | None) -> int | None:
    """Return a whole number of at most 15 digits, thousands commas allowed."""
    if cell is None:
        return None
    text = folded(cell.text)
    if _WHOLE.fullmatch(text):
        return int(text.partition(".")[0].replace(",", ""))
    return _whole_of_number(text) if cell.kind == NUMBER else None


def _whole_of_number(text: str) -> int | None:
    """Read what only a stored number may look like, as 1.35E4."""
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    if not number.is_finite() or not -20 <= number.adjusted() <= 15:
        return 0 if number.is_zero() else None
    return int(number) if number == int(number) else None


def won(cell: RawCell | None) -> int | None:
    """Return whole won of 0 or more; `12,900원` and `₩12,900` are fine."""
    if cell is None:
        return None
    text = folded(cell.text)
    bare = text.removeprefix("₩").removesuffix("원").strip()
    amount = whole(RawCell(cell.kind, bare))
    return amount if amount is not None and 0 <= amount <= MAX_WON else None


def moment(cell: RawCell | None, *, from_1904: bool = False) -> datetime | None:
    """Return the moment in UTC that a date cell or a date written as text shows in Korea."""
    if cell is None:
        return None
    if cell.kind == NUMBER:
        return _moment_of_serial(cell.text, from_1904)
    return _moment_of_text(folded(cell.text).rstrip("Z") if cell.kind == ISO_DATE else cell.text)


@lru_cache(maxsize=8192)
def _moment_of_serial(text: str, from_1904: bool) -> datetime | None:
    try:
        days = float(text) + (_DAYS_1900_TO_1904 if from_1904 else 0)
    except ValueError:
        return None
    if not _FIRST_DAY <= days < _LAST_DAY:  # also what is not a number at all
        return None
    # A day as a fraction is exact to some microseconds; the export knows seconds.
    seconds = round(days * 86_400)
    wall = datetime(1899, 12, 30) + timedelta(seconds=seconds)  # noqa: DTZ001 - wall time
    return wall.replace(tzinfo=SEOUL).astimezone(UTC)


@lru_cache(maxsize=8192)
def _moment_of_text(text: str) -> datetime | None:
    found = _MOMENT.fullmatch(folded(text))
    if found is None or not _FIRST_YEAR <= int(found[1]) <= _LAST_YEAR:
        return None
    hour = _hour(int(found[5] or 0), (found[4] or found[8] or "").upper())
    day = f"{found[1]}-{int(found[2]):02}-{int(found[3]):02}"
    try:
        wall = datetime.fromisoformat(
            f"{day}T{hour:02}:{found[6] or '00'}:{found[7] or '00'}{found[9] or ''}"
        )
    except ValueError:  # the 31st of February, 25 o'clock
        return None
    return (wall if wall.tzinfo else wall.replace(tzinfo=SEOUL)).astimezone(UTC)


def _hour(hour: int, half: str) -> int:
    """Turn a twelve-hour clock into 0-23; 99 for what is none."""
    if not half:
        return hour
    if not 1 <= hour <= 12:
        return 99
    return hour % 12 + (12 if half in ("오후", "PM") else 0)
