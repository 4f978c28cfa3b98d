"""What a seller may bring by mistake or malice is refused in words, in bounded time and memory."""

import io
import os
import struct
import time
import tracemalloc
import zipfile
from pathlib import Path

import msoffcrypto.format.ooxml as ooxml
import openpyxl.xml
import pytest

from common.errors import Refused
from orders.importing import archive, smartstore, unlock
from orders.importing.files import open_upload
from orders.importing.refusals import (
    ColumnsWrong,
    FileDamaged,
    FileEmpty,
    FileNotFound,
    FileTooLarge,
    NotASpreadsheet,
    PasswordMissing,
    PasswordWrong,
    ProtectionUnknown,
)
from tests.factories.order_files import (
    BOOK,
    MAIN,
    order_row,
    order_sheet,
    package,
    raw_row,
    raw_sheet,
    written,
)

DATA = Path(__file__).parents[2] / "data"
LOCKED = (DATA / "smartstore_orders_encrypted.xlsx").read_bytes()
SECONDS, MEGABYTES = 20, 120


@pytest.fixture(autouse=True)
def _bounded():
    """Every case here ends soon and stays small."""
    tracemalloc.start()
    begun = time.monotonic()
    yield
    took, (_, peak) = time.monotonic() - begun, tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert took < SECONDS
    assert peak < MEGABYTES * 1024 * 1024


def read(content, password=""):
    return list(smartstore.read(io.BytesIO(content), password=password))


def many(text, times):
    """Return `text` over and over, zipped on the way, as the one sheet of a package."""
    target = io.BytesIO(package(raw_sheet()))
    with zipfile.ZipFile(target) as source:
        others = {name: source.read(name) for name in source.namelist() if "sheet1" not in name}
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as made:
        for name, part in others.items():
            made.writestr(name, part)
        with made.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as part:
            part.write(raw_sheet(raw_row()).replace("</sheetData></worksheet>", "").encode())
            for _ in range(times):
                part.write(text)
            part.write(b"</sheetData></worksheet>")
    return packed.getvalue()


def doctype(declaration, use="&x;"):
    sheet = raw_sheet(raw_row().replace("사과", use))
    return package(f"<?xml version='1.0'?><!DOCTYPE worksheet [{declaration}]>{sheet}")


LAUGHS = "<!ENTITY a 'ha'>" + "".join(
    f"<!ENTITY {after} '{f'&{before};' * 10}'>"
    for before, after in zip("abcdefgh", "bcdefghx", strict=True)
)


@pytest.mark.parametrize(
    ("_case", "content", "refusal"),
    [
        ("a csv renamed", b"a,b,c\n1,2,3\n", NotASpreadsheet),
        ("html renamed", b"<html><table></table></html>", NotASpreadsheet),
        ("bytes of a DRM tool", b"<## NASCA DRM FILE - VER1.00 ##>" + b"\0" * 600, NotASpreadsheet),
        ("one byte", b"P", NotASpreadsheet),
        ("truncated", order_sheet([order_row()])[:-300], FileDamaged),
        ("only the magic", b"PK\x03\x04", FileDamaged),
        ("an empty zip", b"PK\x05\x06" + b"\0" * 18, NotASpreadsheet),
        ("another zip", package("", **{"_rels/.rels": "<a/>", "xl/workbook.xml": "<a/>"}),
         NotASpreadsheet),
        ("laughs", doctype(LAUGHS), FileDamaged),
        ("an outer entity", doctype("<!ENTITY x SYSTEM 'file:///etc/hostname'>"), FileDamaged),
        ("an outer DTD", doctype("<!ENTITY % y SYSTEM 'http://127.0.0.1:1/'> %y;"), FileDamaged),
        ("laughs in the workbook",
         package(raw_sheet(), **{"xl/workbook.xml": f"<!DOCTYPE w [{LAUGHS}]>{BOOK}"}),
         FileDamaged),
        ("deep", package(raw_sheet("<a>" * 5000 + "</a>" * 5000)), FileDamaged),
        ("cut XML", package(raw_sheet(raw_row())[:-30]), FileDamaged),
        ("an unknown encoding", package("<?xml version='1.0' encoding='x-no'?><a/>"), FileDamaged),
        ("a sheet outside", package(raw_sheet(), **{"xl/_rels/workbook.xml.rels":
         "<Relationships/>"}), NotASpreadsheet),
        ("column ZZZ", package(raw_sheet('<row><c r="ZZZ9"><v>1</v></c></row>')), FileTooLarge),
        ("column ZZZZ", package(raw_sheet('<row><c r="ZZZZ9"><v>1</v></c></row>')), FileDamaged),
        ("row -1", package(raw_sheet('<row r="-1"/>')), FileDamaged),
        ("row 10^8", package(raw_sheet('<row r="100000000"/>')), FileTooLarge),
        ("a text that is not there",
         package(raw_sheet('<row><c t="s"><v>7</v></c></row>')), FileDamaged),
        ("a text number with 400 digits",
         package(raw_sheet(f'<row><c t="s"><v>{"9" * 400}</v></c></row>')), FileDamaged),
        ("one cell without end",
         package(raw_sheet(f'<row><c t="str"><v>{"x" * 100_000}</v></c></row>')), FileTooLarge),
        ("one tag without end", package(raw_sheet(f'<row x="{"x" * 3_000_000}"/>')), FileDamaged),
    ],
)  # fmt: skip
def test_a_file_that_is_no_order_sheet_is_refused(_case, content, refusal):
    with pytest.raises(Refused) as refused:
        read(content)

    assert type(refused.value) is refusal
    assert len(str(refused.value)) < 300  # a line or two


def test_more_columns_than_excel_has_are_refused():
    row = raw_row().replace("</row>", "<c><v>1</v></c>" * 20_000 + "</row>")

    with pytest.raises(FileTooLarge):
        read(package(raw_sheet(row)))


def test_a_row_as_wide_as_excel_allows_counts_by_its_first_columns():
    content = package(raw_sheet(raw_row().replace("</row>", '<c r="XFD1"><v>1</v></c></row>')))

    assert len(read(content)) == 1


def test_dimensions_that_lie_change_nothing():
    sheet = raw_sheet(raw_row()).replace(
        "<sheetData>", '<dimension ref="A1:XFD9999999"/><sheetData>'
    )
    small = raw_sheet(raw_row()).replace("<sheetData>", '<dimension ref="A1:A1"/><sheetData>')

    assert len(read(package(sheet))) == len(read(package(small))) == 1


def test_empty_rows_without_number_cost_little():
    assert len(read(many(b"<row/>" * 10_000, 4))) == 1


@pytest.mark.parametrize(
    ("_case", "content"),
    [
        ("zeros", lambda: many(b" " * (1 << 20), 500)),
        ("rows", lambda: many(b"<row/>" * 10_000, 4)),
        ("texts", lambda: package(
            raw_sheet(), strings=f'<sst xmlns="{MAIN}">{"<si><t>a</t></si>" * 20_000}</sst>'
        )),
    ],
)  # fmt: skip
def test_a_bomb_is_refused_before_it_unfolds(_case, content, monkeypatch):
    monkeypatch.setattr("orders.importing.sheet.MAX_STRINGS", 10_000)
    monkeypatch.setattr("orders.importing.sheet.MAX_ROWS", 30_000)
    bomb = content()

    with pytest.raises(FileTooLarge):
        read(bomb)


def test_a_directory_that_lies_about_sizes_is_not_believed(monkeypatch):
    monkeypatch.setattr(archive, "MAX_UNPACKED_BYTES", 1 << 20)
    bomb = bytearray(many(b" " * (1 << 20), 20))
    at = bomb.rfind(b"xl/worksheets/sheet1.xml") - 46
    struct.pack_into("<I", bomb, at + 24, 1000)

    with pytest.raises((FileTooLarge, FileDamaged)):
        read(bytes(bomb))


def test_a_directory_of_a_million_entries_is_not_loaded():
    content = order_sheet([order_row()])
    at = content.rfind(b"PK\x05\x06")
    forged = content[: at + 12] + struct.pack("<I", 50_000_000) + content[at + 16 :]

    with pytest.raises(FileDamaged):
        read(forged)


def test_an_entry_with_another_compression_is_refused():
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_LZMA) as made:
        made.writestr("xl/workbook.xml", BOOK)

    with pytest.raises(FileDamaged):
        read(target.getvalue())


@pytest.mark.parametrize(
    ("_case", "content", "password", "refusal"),
    [
        ("no password", LOCKED, "", PasswordMissing),
        ("a wrong one", LOCKED, "12345", PasswordWrong),
        ("truncated", LOCKED[: len(LOCKED) // 2], "1234", FileDamaged),
        ("damaged inside", LOCKED[:40_000] + b"\0" * 9_000 + LOCKED[49_000:], "1234", FileDamaged),
        ("only the magic", LOCKED[:8], "1234", FileDamaged),
        ("the first kB", LOCKED[:1024], "", FileDamaged),
    ],
)
def test_a_locked_file_says_what_is_wrong_with_it(_case, content, password, refusal):
    with pytest.raises(Refused) as refused:
        read(content, password)

    assert type(refused.value) is refusal


def test_a_password_for_an_open_file_does_no_harm():
    assert len(read(order_sheet([order_row()]), "1234")) == 1


def test_what_stands_in_a_locked_file_is_bounded_too():
    types = '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'
    inner = io.BytesIO(package(raw_sheet("<a>" * 5000), **{"[Content_Types].xml": types}))
    locked = io.BytesIO()
    ooxml.OOXMLFile(inner).encrypt("1", locked)

    with pytest.raises(FileDamaged):
        read(locked.getvalue(), "1")


def test_a_password_hashed_millions_of_times_is_not_tried():
    forged = LOCKED.replace(b'spinCount="100000"', b'spinCount="999999999"'[:18] + b'"')
    assert forged != LOCKED

    with pytest.raises((ProtectionUnknown, FileDamaged)):
        read(forged, "1234")


def test_an_old_xls_is_named_as_such(monkeypatch):
    forged = LOCKED.replace(
        "EncryptionInfo".encode("utf-16-le"), "Workbook\0\0\0\0\0\0".encode("utf-16-le")
    )
    assert forged != LOCKED

    with pytest.raises(Refused) as refused:
        read(forged, "1234")

    assert isinstance(refused.value, NotASpreadsheet | FileDamaged)


def test_a_table_larger_than_the_container_is_refused():
    forged = LOCKED[:44] + struct.pack("<I", 1 << 30) + LOCKED[48:]

    with pytest.raises(FileDamaged):
        read(forged, "1234")


def test_a_locked_file_has_its_own_limit(monkeypatch):
    monkeypatch.setattr(unlock, "MAX_LOCKED_BYTES", 1000)

    with pytest.raises(FileTooLarge):
        read(LOCKED, "1234")


def test_every_cut_and_flip_of_a_file_is_refused_or_read(tmp_path):
    content = order_sheet([order_row()])
    for at in range(0, len(content), 53):
        flipped = content[:at] + bytes([content[at] ^ 0xFF]) + content[at + 1 :]
        for broken in (content[:at], flipped):
            try:
                read(broken)
            except Refused:
                continue


def test_every_flip_of_a_locked_file_is_refused_or_read(monkeypatch):
    for at in [*range(0, 520, 13), *range(520, 4096, 101), *range(4096, len(LOCKED), 4001)]:
        flipped = LOCKED[:at] + bytes([LOCKED[at] ^ 0xFF]) + LOCKED[at + 1 :]
        try:
            read(flipped)  # without a password: the container is looked into all the same
        except Refused:
            continue


@pytest.mark.parametrize("name", ["none.xlsx", ".", "pipe", "a\0b"])
def test_a_path_that_is_no_file_is_refused(tmp_path, name):
    os.mkfifo(tmp_path / "pipe")

    with pytest.raises(FileNotFound):
        open_upload(tmp_path / name)


def test_an_empty_file_and_a_huge_one_are_refused(tmp_path, monkeypatch):
    with pytest.raises(FileEmpty):
        open_upload(written(tmp_path / "empty.xlsx", b""))
    monkeypatch.setattr("orders.importing.files.MAX_FILE_BYTES", 10)
    with pytest.raises(FileTooLarge):
        open_upload(written(tmp_path / "huge.xlsx", b"x" * 11))


def test_a_file_we_may_not_read_is_refused(tmp_path, monkeypatch):
    path = written(tmp_path / "secret.xlsx", b"x")

    def denied(*_args, **_kwargs):
        raise PermissionError

    monkeypatch.setattr(Path, "open", denied)
    with pytest.raises(FileNotFound):
        open_upload(path)


def test_other_users_of_openpyxl_parse_with_defusedxml():
    assert openpyxl.xml.DEFUSEDXML
    assert "defusedxml" in openpyxl.xml.functions.iterparse.__module__


def test_a_sheet_without_rows_misses_every_column():
    with pytest.raises(ColumnsWrong) as refused:
        read(package(f'<worksheet xmlns="{MAIN}"><sheetData/></worksheet>'))

    assert refused.value.facts["missing"].count(",") == 8
