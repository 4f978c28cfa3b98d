"""Rules of the Smart Store order sheet (발주발송관리), as the sample data's README states them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import BinaryIO, TypeVar

from orders.importing import cells
from orders.importing.refusals import ColumnsWrong
from orders.importing.rows import Reject, SmartStoreLine, excerpt_of
from orders.importing.sheet import ERROR, NO_RESULT, RawCell, Row
from orders.importing.workbook import Workbook, open_workbook

PRODUCT_ORDER, ORDER, PRODUCT = "상품주문번호", "주문번호", "상품명"
QUANTITY, AMOUNT = "수량", "최종 상품별 총 주문금액"
BUYER, PHONE, ORDERED, PAID = "구매자명", "구매자연락처", "주문일시", "결제일"
NEEDED = (PRODUCT_ORDER, ORDER, PRODUCT, QUANTITY, AMOUNT, BUYER, PHONE, ORDERED, PAID)

STATUS, DETAIL, CLAIM, PART = "주문상태", "주문세부상태", "클레임상태", "수량클레임 여부"
SELLER_CODE, PRODUCT_ID, OPTION = "판매자 상품코드", "상품번호", "옵션정보"
DISPATCHED, DUE, CARRIER, TRACKING = "발송일", "발송기한", "택배사", "송장번호"
FEE, BUNDLE = "배송비 합계", "배송비 묶음번호"
RECIPIENT, ADDRESS = "수취인명", "통합배송지"
USEFUL = (
    STATUS, DETAIL, CLAIM, PART, SELLER_CODE, PRODUCT_ID, OPTION, DISPATCHED, DUE,
    CARRIER, TRACKING, FEE, BUNDLE, RECIPIENT, ADDRESS,
)  # fmt: skip

HEADER_ROWS = 50  # the header stands in row 2; sellers put notes above it
# What 주문세부상태 says of a claim where the sheet has no 클레임상태.
CLAIM_WORDS = ("취소", "반품", "교환", "직권취소", "수거", "구매확정보류", "구매확정 보류")
OPEN_CANCEL = "취소요청"

T = TypeVar("T")
Item = SmartStoreLine | Reject
Named = Mapping[str, RawCell]


class _Rejected(Exception):
    def __init__(self, reason: str, column: str) -> None:
        super().__init__(reason)
        self.reason, self.column = reason, column


@dataclass(frozen=True, slots=True)
class _Header:
    columns: Mapping[str, int]
    missing: tuple[str, ...]
    doubled: tuple[str, ...]

    @property
    def fits(self) -> bool:
        return not self.missing and not self.doubled


def read(stream: BinaryIO, *, password: str = "") -> Iterator[Item]:
    """Yield every line and every rejected row in the order of the sheet; refuse the file first."""
    workbook = open_workbook(stream, password=password)
    columns, rows = _find_table(workbook)
    reader = _Reader(columns, from_1904=workbook.counts_from_1904)
    return (item for row in rows if (item := reader.read(row)) is not None)


class _Reader:
    """Applies the rules of a row; remembers the product orders already seen."""

    def __init__(self, columns: Mapping[str, int], *, from_1904: bool) -> None:
        self._columns = columns
        self._from_1904 = from_1904
        self._seen: set[str] = set()

    def read(self, row: Row) -> Item | None:
        """Return the line or the reject; None for an empty row."""
        number, found = row
        if not any(cell.kind == NO_RESULT or cell.text.strip() for cell in found.values()):
            return None
        named = {name: found[at] for name, at in self._columns.items() if at in found}
        # An error such as #N/A is nothing; the place of a needed value then says so.
        named = {name: cell for name, cell in named.items() if cell.kind != ERROR}
        try:
            return self._line(number, named)
        except _Rejected as rejected:
            cell = found.get(self._columns[rejected.column])
            text = cell.text if cell else ""
            return Reject(number, rejected.reason, excerpt_of(rejected.column, text))

    def _line(self, row: int, named: Named) -> SmartStoreLine:
        key = _need(cells.order_number(named.get(PRODUCT_ORDER)), "bad_product_order_number")
        number = _need(cells.order_number(named.get(ORDER)), "bad_order_number", ORDER)
        product = _need(_text(named, PRODUCT) or None, "no_product_name", PRODUCT)
        quantity = _quantity(named)
        paid = _need(cells.won(named.get(AMOUNT)), "bad_amount", AMOUNT)
        ordered_at = _need(self._moment(named, ORDERED), "bad_date", ORDERED)
        paid_at = _need(self._moment(named, PAID), "bad_date", PAID)
        if key in self._seen:
            raise _Rejected("duplicate_line", PRODUCT_ORDER)
        _check_results(named)
        self._seen.add(key)
        due = self._moment(named, DUE)
        return SmartStoreLine(
            row=row, line_key=key, order_number=number, product_name=product,
            sku=_sku(named, product), option=_text(named, OPTION),
            quantity=quantity, paid=paid, ordered_at=ordered_at, paid_at=paid_at,
            buyer_name=_text(named, BUYER), buyer_phone=_text(named, PHONE),
            recipient=_text(named, RECIPIENT), address=_text(named, ADDRESS),
            status=_text(named, STATUS), detail=_text(named, DETAIL), claim=self._claim(named),
            part_claimed=_text(named, PART).upper() == "Y",
            dispatched_at=self._moment(named, DISPATCHED),
            dispatch_due_on=due.astimezone(cells.SEOUL).date() if due else None,
            carrier=_text(named, CARRIER), tracking=_text(named, TRACKING),
            delivery_fee=cells.won(named.get(FEE)) or 0, delivery_bundle=_text(named, BUNDLE),
        )  # fmt: skip

    def _moment(self, named: Named, column: str) -> datetime | None:
        return cells.moment(named.get(column), from_1904=self._from_1904)

    def _claim(self, named: Named) -> str:
        if CLAIM in self._columns:
            return _text(named, CLAIM)
        detail = _text(named, DETAIL)
        return detail if detail.startswith(CLAIM_WORDS) else ""


def _need(value: T | None, reason: str, column: str = PRODUCT_ORDER) -> T:
    if value is None:
        raise _Rejected(reason, column)
    return value


def _quantity(named: Named) -> int:
    quantity = _need(cells.whole(named.get(QUANTITY)), "bad_quantity", QUANTITY)
    if quantity <= 0:
        raise _Rejected("quantity_not_positive", QUANTITY)
    if quantity > cells.MAX_QUANTITY:
        raise _Rejected("bad_quantity", QUANTITY)
    return quantity


def _text(named: Named, column: str) -> str:
    cell = named.get(column)
    return cell.text.strip() if cell else ""


def _sku(named: Named, product: str) -> str:
    """Name the product as the seller does, else as the marketplace does, else by its name."""
    code = _text(named, SELLER_CODE) or _text(named, PRODUCT_ID)
    return cells.folded(code or product)


def _check_results(named: Named) -> None:
    for column, cell in named.items():
        if cell.kind == NO_RESULT:
            raise _Rejected("formula_without_result", column)


def _find_table(workbook: Workbook) -> tuple[Mapping[str, int], Iterator[Row]]:
    """Find the first row, of any sheet, that names every needed column once."""
    best = _Header(columns={}, missing=NEEDED, doubled=())
    for sheet in workbook.sheets:
        rows = workbook.rows(sheet)
        for _, found in islice(rows, HEADER_ROWS):
            header = _header(found)
            if header.fits:
                return header.columns, rows
            best = min(best, header, key=lambda h: len(h.missing))
    raise ColumnsWrong(
        missing=", ".join(best.missing) or "-", doubled=", ".join(best.doubled) or "-"
    )


def _header(found: Mapping[int, RawCell]) -> _Header:
    places: dict[str, list[int]] = {}
    for at in sorted(found):
        places.setdefault(cells.folded(found[at].text), []).append(at)
    return _Header(
        columns={name: places[name][0] for name in (*NEEDED, *USEFUL) if name in places},
        missing=tuple(name for name in NEEDED if name not in places),
        doubled=tuple(name for name in NEEDED if len(places.get(name, ())) > 1),
    )
