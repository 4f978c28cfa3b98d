"""Rules of the retail CSV (UCI Online Retail), as the sample data's README states them."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from operator import itemgetter
from pathlib import Path
from typing import BinaryIO
from zoneinfo import ZoneInfo

from orders.importing.cells import MAX_QUANTITY, folded
from orders.importing.files import open_upload
from orders.importing.lines import Record, records
from orders.importing.refusals import ColumnsWrong, FileEmpty, FileTooLarge
from orders.importing.rows import Cancellation, Reject, RetailLine, excerpt_of

INVOICE, STOCK, QUANTITY, DATE = "InvoiceNo", "StockCode", "Quantity", "InvoiceDate"
PRICE, CUSTOMER, DESCRIPTION = "UnitPrice", "CustomerID", "Description"
NEEDED = (INVOICE, STOCK, QUANTITY, DATE, PRICE, CUSTOMER)
LONDON = ZoneInfo("Europe/London")
# Every line's key is remembered, some 200 bytes each; the sample has 320,705 rows.
MAX_ROWS = 5_000_000
MAX_PENCE = 10**15 - 1

_PRODUCT = re.compile(r"[0-9]{5}[A-Za-z]{0,20}")
_DIGITS = re.compile(r"[0-9]{1,40}")
_WHOLE = re.compile(r"([+-]?[0-9]{1,12})(?:\.0{1,6})?")
_PRICE = re.compile(r"([0-9]{1,12})(?:\.([0-9]{1,12}))?")
_DATE = re.compile(r"((?:19|20)\d\d-\d\d-\d\d)[ T](\d\d:\d\d(?::\d\d)?)", re.ASCII)

Item = RetailLine | Reject
_Pick = Callable[[list[str]], tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class _Table:
    """Where the columns stand, and the records after the header, numbered from 0."""

    pick: _Pick
    least: int
    most: int
    rows: Iterator[tuple[int, Record]]

    def fields(self, record: Record) -> tuple[str, ...] | None:
        """Return the needed fields; None where the record does not fit the header."""
        if record is None or len(record) < self.least:
            return None
        if len(record) > self.most and any(record[self.most :]):  # a comma too many somewhere
            return None
        return self.pick(record)


def read(stream: BinaryIO, *, zone: ZoneInfo = LONDON) -> Iterator[Item]:
    """Yield every line and every rejected row in file order; cancellations are passed over."""
    table = _open(stream)
    reader = _Reader(zone)
    return _items(table, reader)


def cancellations(path: Path, *, zone: ZoneInfo = LONDON) -> Iterator[Cancellation | Reject]:
    """Yield the rows of the file that begin with C, in file order, for the replay.

    Rejected by the first that applies: not_a_product, no_customer, quantity_not_positive;
    bad_date where the moment cannot be read. Refuses the file as the import does.
    """
    with open_upload(path) as stream:
        table = _open(stream)
        for row, record in table.rows:
            fields = table.fields(record)
            if fields and fields[0].startswith("C"):  # the import counts what cannot be read
                yield _cancellation(row, fields, zone)


def _items(table: _Table, reader: "_Reader") -> Iterator[Item]:
    for row, record in table.rows:
        fields = table.fields(record)
        if fields is None:
            yield Reject(row, "unreadable_row", "")
        elif not fields[0].startswith("C"):
            yield reader.read(row, fields)


class _Reader:
    """Applies the rules of a row; counts how often a product stands in an invoice."""

    def __init__(self, zone: ZoneInfo) -> None:
        self._zone = zone
        self._seen: dict[str, int] = {}

    def read(self, row: int, fields: tuple[str, ...]) -> Item:
        invoice, sku, quantity_text, date_text, price_text, customer, description = fields
        if not _DIGITS.fullmatch(invoice):
            return Reject(row, "not_an_order", excerpt_of(INVOICE, invoice))
        if not _PRODUCT.fullmatch(sku):
            return Reject(row, "not_a_product", excerpt_of(STOCK, sku))
        quantity = _whole(quantity_text)
        if quantity is None or quantity > MAX_QUANTITY:
            return Reject(row, "bad_quantity", excerpt_of(QUANTITY, quantity_text))
        if quantity <= 0:
            return Reject(row, "quantity_not_positive", excerpt_of(QUANTITY, quantity_text))
        paid = _paid(price_text, quantity)
        if isinstance(paid, str):
            return Reject(row, paid, excerpt_of(PRICE, price_text))
        at = _moment(date_text, self._zone)
        if at is None:
            return Reject(row, "bad_date", excerpt_of(DATE, date_text))
        key = self._key(invoice, sku)
        name = description.strip() or sku
        return RetailLine(row, key, invoice, sku, name, quantity, paid, at, _customer(customer))

    def _key(self, invoice: str, sku: str) -> str:
        """Return (InvoiceNo, StockCode, n-th occurrence in the invoice) as one text."""
        pair = f"{invoice}/{sku}"
        nth = self._seen.get(pair, 0) + 1
        self._seen[pair] = nth
        return f"{pair}/{nth}"


def _cancellation(row: int, fields: tuple[str, ...], zone: ZoneInfo) -> Cancellation | Reject:
    invoice, sku, quantity_text, date_text, _, customer_text, _ = fields
    if not _PRODUCT.fullmatch(sku):
        return Reject(row, "not_a_product", excerpt_of(STOCK, sku))
    customer = _customer(customer_text)
    if not customer:
        return Reject(row, "no_customer", excerpt_of(INVOICE, invoice))
    quantity = -(_whole(quantity_text) or 0)
    if not 0 < quantity <= MAX_QUANTITY:
        return Reject(row, "quantity_not_positive", excerpt_of(QUANTITY, quantity_text))
    at = _moment(date_text, zone)
    if at is None:
        return Reject(row, "bad_date", excerpt_of(DATE, date_text))
    return Cancellation(row, invoice, sku, quantity, at, customer)


def _whole(text: str) -> int | None:
    found = _WHOLE.fullmatch(text)
    return int(found[1]) if found else None


@lru_cache(maxsize=65_536)
def _price(text: str) -> tuple[int, int] | None:
    """Return (n, scale) for the price n / 10**scale, exactly; None for what is no number."""
    found = _PRICE.fullmatch(text)
    if found:
        decimals = found[2] or ""
        return int(found[1] + decimals), 10 ** len(decimals)
    try:
        number = Decimal(text[:40])
    except InvalidOperation:
        return None
    if not number.is_finite() or abs(number.adjusted()) > 12 or len(number.as_tuple().digits) > 30:
        return None
    return number.as_integer_ratio()


def _paid(price_text: str, quantity: int) -> int | str:
    """Return price x quantity in pence, half rounded up, or the reason for a reject."""
    price = _price(price_text)
    if price is None:
        return "bad_price"
    n, scale = price
    if n <= 0:
        return "price_not_positive"
    paid = (200 * n * quantity + scale) // (2 * scale)
    return paid if paid <= MAX_PENCE else "bad_price"


@lru_cache(maxsize=16_384)
def _moment(text: str, zone: ZoneInfo) -> datetime | None:
    """Return the moment in UTC of a wall time in the store's zone."""
    found = _DATE.fullmatch(text)
    if found is None:
        return None
    try:
        wall = datetime.fromisoformat(f"{found[1]}T{found[2]}")
    except ValueError:
        return None
    return wall.replace(tzinfo=zone).astimezone(UTC)


@lru_cache(maxsize=16_384)
def _customer(text: str) -> str:
    """Return `17850` for `17850.0`, "" for a guest."""
    return re.sub(r"\.0+$", "", text.strip())[:60]


def _open(stream: BinaryIO) -> _Table:
    found = records(stream)
    header = next(found, None)
    if header is None:
        raise FileEmpty
    names = [folded(name.lstrip("\ufeff")) for name in header]
    missing = [name for name in NEEDED if name not in names]
    doubled = [name for name in NEEDED if names.count(name) > 1]
    if missing or doubled:
        raise ColumnsWrong(missing=", ".join(missing) or "-", doubled=", ".join(doubled) or "-")
    # Without a description the product is called by its code.
    described = names.index(DESCRIPTION) if DESCRIPTION in names else names.index(STOCK)
    places = [*(names.index(name) for name in NEEDED), described]
    return _Table(itemgetter(*places), max(places) + 1, len(names), _numbered(found))


def _numbered(found: Iterator[Record]) -> Iterator[tuple[int, Record]]:
    for row, record in enumerate(found):
        if row >= MAX_ROWS:
            raise FileTooLarge(what="rows", limit=MAX_ROWS)
        yield row, record
