"""Order files for tests: ordinary ones by openpyxl, hostile ones part by part."""

import io
import zipfile
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path

import openpyxl

NEEDED = (
    "상품주문번호", "주문번호", "상품명", "수량", "최종 상품별 총 주문금액", "구매자명",
    "구매자연락처", "주문일시", "결제일",
)  # fmt: skip
BOUGHT = datetime(2026, 10, 1, 4, 3, 18)  # noqa: DTZ001 - a wall time, as a sheet holds it
RETAIL_HEADER = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country"

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
ROOT_RELATIONS = (
    f'<Relationships xmlns="{_PACKAGE}"><Relationship Id="r1" Type="{_OFFICE}/officeDocument" '
    'Target="xl/workbook.xml"/></Relationships>'
)
BOOK_RELATIONS = (
    f'<Relationships xmlns="{_PACKAGE}"><Relationship Id="s1" Type="{_OFFICE}/worksheet" '
    f'Target="worksheets/sheet1.xml"/><Relationship Id="s2" Type="{_OFFICE}/sharedStrings" '
    'Target="sharedStrings.xml"/></Relationships>'
)
BOOK = (
    f'<workbook xmlns="{MAIN}" xmlns:r="{_OFFICE}"><sheets>'
    '<sheet name="s" sheetId="1" r:id="s1"/></sheets></workbook>'
)


def order_row(n: int = 1, **other: object) -> dict[str, object]:
    """Return a row that every rule accepts; `n` makes its numbers unique."""
    values = (
        f"{2026100100000000 + n}", f"{2026100200000000 + n}", "사과 5kg", 2, 38900, "성춘향",
        "010-0000-1053", BOUGHT, BOUGHT,
    )  # fmt: skip
    return {**dict(zip(NEEDED, values, strict=True)), **other}


def order_sheet(
    rows: Iterable[Mapping[str, object]], *, notes: int = 1, header: Iterable[str] | None = None
) -> bytes:
    """Return an .xlsx with notes, a header and rows."""
    rows = list(rows)
    names = list(header or (rows[0] if rows else NEEDED))
    book = openpyxl.Workbook()
    sheet = book.active
    for _ in range(notes):
        sheet.append(["1. 상품주문번호, 수량 항목을 확인합니다."])
    sheet.append(names)
    for row in rows:
        sheet.append([row.get(name) for name in names])
    return saved(book)


def saved(book: openpyxl.Workbook) -> bytes:
    """Return the workbook as bytes."""
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def package(sheet: str | bytes, *, strings: str | bytes = "", **parts: str | bytes) -> bytes:
    """Return a zip of the parts; `parts` replace the ordinary ones by path."""
    files: dict[str, str | bytes] = {
        "_rels/.rels": ROOT_RELATIONS,
        "xl/workbook.xml": BOOK,
        "xl/_rels/workbook.xml.rels": BOOK_RELATIONS,
        "xl/worksheets/sheet1.xml": sheet,
    }
    if strings:
        files["xl/sharedStrings.xml"] = strings
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in (files | parts).items():
            archive.writestr(name, text)
    return target.getvalue()


def raw_sheet(*rows: str) -> str:
    """Return the XML of a sheet with a header row of the needed columns and these rows."""
    header = "".join(f'<c t="inlineStr"><is><t>{name}</t></is></c>' for name in NEEDED)
    return (
        f'<worksheet xmlns="{MAIN}"><sheetData><row>{header}</row>{"".join(rows)}'
        "</sheetData></worksheet>"
    )


def raw_row(*values: str) -> str:
    """Return a row of raw cells; without values, one that every rule accepts."""
    texts = ("2026100100000001", "2026100200000001", "사과", "2", "38900", "성춘향", "010")
    cells = [f'<c t="inlineStr"><is><t>{text}</t></is></c>' for text in texts]
    cells += ["<c><v>46296.16896</v></c>"] * 2
    return f"<row>{''.join(values or cells)}</row>"


def retail_csv(*lines: str, header: str = RETAIL_HEADER) -> bytes:
    """Return a retail CSV of these lines."""
    return "\n".join((header, *lines, "")).encode()


def written(path: Path, content: bytes) -> Path:
    """Write the content and return the path."""
    path.write_bytes(content)
    return path
