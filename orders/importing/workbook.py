"""Opening a spreadsheet safely: unlock, look into the zip, find its sheets."""

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from orders.importing.archive import Archive
from orders.importing.refusals import FileDamaged, FileTooLarge, NotASpreadsheet
from orders.importing.sheet import Row, SharedStrings, read_rows, read_strings
from orders.importing.unlock import OLE_MAGIC, unlock
from orders.importing.xml import parse

MAX_SHEETS = 200  # an export has one; a seller's own workbook rarely twenty
_RELATION = "/relationships"


@dataclass(frozen=True, slots=True)
class Sheet:
    """Where a worksheet stands in the file."""

    name: str
    part: str


class Workbook:
    """An opened spreadsheet; `rows` streams one sheet."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        root = _relations(archive, "_rels/.rels", base="")
        main = next((r.target for r in root if r.kind == "officeDocument"), "xl/workbook.xml")
        if not archive.has(main) or main.endswith(".bin"):
            raise NotASpreadsheet(what="zip without a workbook")
        folder, name = posixpath.split(main)
        parts = _relations(archive, f"{folder}/_rels/{name}.rels", base=folder)
        contents = _Contents()
        for _ in parse(archive.chunks(main), contents):
            pass
        self.counts_from_1904 = contents.counts_from_1904
        self.sheets = _sheets(contents.sheets, {r.id: r for r in parts})
        if not self.sheets:
            raise NotASpreadsheet(what="zip without a worksheet")
        self._strings = self._read_strings(parts)

    def rows(self, sheet: Sheet) -> Iterator[Row]:
        """Yield (row number, cells by column), both counted from 1."""
        return read_rows(self._archive.chunks(sheet.part), self._strings)

    def _read_strings(self, parts: "list[_Relation]") -> SharedStrings:
        part = next((r.target for r in parts if r.kind == "sharedStrings"), None)
        if part is None or not self._archive.has(part):
            return SharedStrings()
        return read_strings(self._archive.chunks(part))


def open_workbook(stream: BinaryIO, *, password: str = "") -> Workbook:
    """Open an .xlsx, unlocking it when it is encrypted; refuse everything else."""
    size = stream.seek(0, 2)
    stream.seek(0)
    if stream.read(8) == OLE_MAGIC:
        stream = unlock(stream, size=size, password=password)
    return Workbook(Archive(stream))


@dataclass(frozen=True, slots=True)
class _Relation:
    id: str
    kind: str
    target: str


class _Relations:
    def __init__(self, base: str) -> None:
        self.found: list[_Relation] = []
        self._base = base

    def start(self, name: str, attrs: dict[str, str]) -> None:
        if not name.endswith(" Relationship") or attrs.get("TargetMode") == "External":
            return
        target = attrs.get("Target", "")
        path = target.lstrip("/") if target.startswith("/") else f"{self._base}/{target}"
        kind = attrs.get("Type", "").rpartition("/")[2]
        path = posixpath.normpath(path).lstrip("/")
        self.found.append(_Relation(id=attrs.get("Id", ""), kind=kind, target=path))

    def end(self, name: str) -> None: ...
    def text(self, text: str) -> None: ...


class _Contents:
    """What workbook.xml says: the sheets in order, and from which year days count."""

    def __init__(self) -> None:
        self.sheets: list[tuple[str, str]] = []
        self.counts_from_1904 = False

    def start(self, name: str, attrs: dict[str, str]) -> None:
        local = name.rpartition(" ")[2]
        if local == "workbookPr":
            self.counts_from_1904 = attrs.get("date1904") in ("1", "true")
        elif local == "sheet":
            key = next((attrs[a] for a in attrs if a.endswith(f"{_RELATION} id")), "")
            self.sheets.append((attrs.get("name", ""), key))
            if len(self.sheets) > MAX_SHEETS:
                raise FileTooLarge(what="sheets", limit=MAX_SHEETS)

    def end(self, name: str) -> None: ...
    def text(self, text: str) -> None: ...


def _relations(archive: Archive, part: str, *, base: str) -> list[_Relation]:
    if not archive.has(part):
        return []
    handler = _Relations(base)
    for _ in parse(archive.chunks(part), handler):
        if len(handler.found) > 10_000:  # a workbook has a handful
            raise FileDamaged(what="zip")
    return handler.found


def _sheets(named: list[tuple[str, str]], parts: dict[str, _Relation]) -> list[Sheet]:
    found = ((name, parts[key]) for name, key in named if key in parts)
    return [Sheet(name=name, part=r.target) for name, r in found if r.kind == "worksheet"]
