"""Rows of one worksheet, as a stream of the raw cells that stand in the file."""

import re
from array import array
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from orders.importing.refusals import FileDamaged, FileTooLarge
from orders.importing.xml import parse

NAMESPACES = (
    "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
    "http://purl.oclc.org/ooxml/spreadsheetml/main",  # "strict" files
)
MAX_ROWS = 1_048_576  # Excel's own limit
MAX_CELLS_IN_ROW = 16_384  # Excel's own limit
MAX_COLUMNS = 500  # the export has 72; cells further right are passed over
MAX_OTHER = 5_000_000  # links, merges, fonts of runs: what no row of ours needs
MAX_CELL_CHARS = 32_767  # Excel's own limit
MAX_STRINGS = 4_000_000  # 100,000 lines with 40 texts each
MAX_STRINGS_BYTES = 128 * 1024 * 1024  # they are held in memory: 30 bytes each for those

NUMBER, TEXT, BOOLEAN, ERROR, ISO_DATE, NO_RESULT = "n", "t", "b", "e", "d", "f"
_KINDS = {"n": NUMBER, "b": BOOLEAN, "e": ERROR, "d": ISO_DATE, "str": TEXT, "inlineStr": TEXT}
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
# What no database column takes, and no seller typed.
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


class RawCell(NamedTuple):
    """A cell as stored: numbers as their digits, so that nothing is lost by rounding."""

    kind: str
    text: str


Row = tuple[int, dict[int, RawCell]]  # row number from 1, cells by column from 1


def clean(text: str) -> str:
    """Return the text without escapes of the format and without control characters."""
    if "_x" in text:
        text = _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)
    return _CONTROLS.sub("", text)


class SharedStrings:
    """The table of texts, kept as one block of bytes: 8 bytes of overhead a text."""

    def __init__(self) -> None:
        self._data = bytearray()
        self._ends = array("Q", [0])

    def add(self, text: str) -> None:
        """Append a text; the n-th call is found by get(n)."""
        if len(self._ends) > MAX_STRINGS or len(self._data) > MAX_STRINGS_BYTES:
            raise FileTooLarge(what="texts", limit=MAX_STRINGS)
        self._data += text.encode("utf-8", "replace")
        self._ends.append(len(self._data))

    def get(self, index: str) -> str:
        """Return the text of that number; refuse a number that is not in the table."""
        if not index.strip().isdecimal() or int(index[:10]) >= len(self._ends) - 1:
            raise FileDamaged(what="texts")
        n = int(index)
        return self._data[self._ends[n] : self._ends[n + 1]].decode()


class _Text:
    """Gathers the characters of one value within the limit."""

    def __init__(self) -> None:
        self.parts: list[str] | None = None
        self._size = 0

    def open(self) -> None:
        self.parts, self._size = [], 0

    def add(self, text: str) -> None:
        if self.parts is not None:
            self._size += len(text)
            if self._size > MAX_CELL_CHARS:
                raise FileTooLarge(what="characters in a cell", limit=MAX_CELL_CHARS)
            self.parts.append(text)

    def close(self) -> str:
        text = "".join(self.parts or ())
        self.parts = None
        return text


class _StringsHandler:
    def __init__(self, strings: SharedStrings) -> None:
        self._strings, self._text = strings, _Text()
        self._whole: list[str] = []
        self._phonetic = False

    def start(self, name: str, attrs: dict[str, str]) -> None:
        local = _local(name)
        if local == "si":
            self._whole = []
        elif local == "rPh":  # how it is read aloud: not part of the text
            self._phonetic = True
        elif local == "t" and not self._phonetic:
            self._text.open()

    def end(self, name: str) -> None:
        local = _local(name)
        if local == "t" and not self._phonetic:
            self._whole.append(self._text.close())
            if sum(map(len, self._whole)) > MAX_CELL_CHARS or len(self._whole) > 1000:
                raise FileTooLarge(what="characters in a cell", limit=MAX_CELL_CHARS)
        elif local == "rPh":
            self._phonetic = False
        elif local == "si":
            self._strings.add(clean("".join(self._whole)))

    def text(self, text: str) -> None:
        self._text.add(text)


class _SheetHandler:
    """Turns the events of a sheet into rows; only what stands in sheetData counts."""

    def __init__(self, strings: SharedStrings) -> None:
        self.ready: list[Row] = []
        self._strings, self._text = strings, _Text()
        self._row = self._column = self._rows = self._other = 0
        self._cells: dict[int, RawCell] | None = None
        self._kind, self._shared, self._formula = NUMBER, False, False
        self._value: str | None = None
        self._phonetic = False
        starts = {"row": self._start_row, "c": self._start_cell, "f": self._start_formula}
        starts |= {"v": self._start_text, "t": self._start_text, "rPh": self._start_phonetic}
        ends = {"row": self._end_row, "c": self._end_cell, "v": self._end_text}
        ends |= {"t": self._end_text, "rPh": self._end_phonetic}
        self._starts = {f"{ns} {tag}": do for ns in NAMESPACES for tag, do in starts.items()}
        self._ends = {f"{ns} {tag}": do for ns in NAMESPACES for tag, do in ends.items()}

    def start(self, name: str, attrs: dict[str, str]) -> None:
        if (do := self._starts.get(name)) is not None:
            do(attrs)
            return
        self._other += 1
        if self._other > MAX_OTHER:
            raise FileDamaged(what="XML")

    def end(self, name: str) -> None:
        if (do := self._ends.get(name)) is not None:
            do()

    def text(self, text: str) -> None:
        self._text.add(text)

    def _start_row(self, attrs: dict[str, str]) -> None:
        self._rows += 1
        self._row = _number(attrs["r"]) if "r" in attrs else self._row + 1
        if self._row > MAX_ROWS or self._rows > MAX_ROWS:
            raise FileTooLarge(what="rows", limit=MAX_ROWS)
        self._column, self._cells = 0, {}

    def _end_row(self) -> None:
        if self._cells is not None:
            self.ready.append((self._row, self._cells))
        self._cells = None

    def _start_cell(self, attrs: dict[str, str]) -> None:
        self._column = _column(attrs["r"]) if "r" in attrs else self._column + 1
        if self._column > MAX_CELLS_IN_ROW:
            raise FileTooLarge(what="columns", limit=MAX_CELLS_IN_ROW)
        kind = attrs.get("t", "n")
        self._shared = kind == "s"
        self._kind = _KINDS.get(kind, TEXT)
        self._value, self._formula = None, False

    def _start_formula(self, attrs: dict[str, str]) -> None:
        self._formula = True

    def _start_text(self, attrs: dict[str, str]) -> None:
        if self._cells is not None and not self._phonetic:
            self._text.open()

    def _end_text(self) -> None:
        if self._text.parts is not None:  # rich text comes in several runs
            self._value = (self._value or "") + self._text.close()
            if len(self._value) > MAX_CELL_CHARS:
                raise FileTooLarge(what="characters in a cell", limit=MAX_CELL_CHARS)

    def _start_phonetic(self, attrs: dict[str, str]) -> None:
        self._phonetic = True

    def _end_phonetic(self) -> None:
        self._phonetic = False

    def _end_cell(self) -> None:
        if self._cells is None or self._column > MAX_COLUMNS:
            return
        cell = self._cell()
        if cell is not None:
            self._cells[self._column] = cell

    def _cell(self) -> RawCell | None:
        if self._value is None or (self._value == "" and self._kind != TEXT):
            return RawCell(NO_RESULT, "") if self._formula else None
        if self._shared:
            text = self._strings.get(self._value)
        elif self._kind == TEXT:
            text = clean(self._value)
        else:
            text = self._value.strip()
        return RawCell(self._kind, text) if text else None


def read_strings(chunks: Iterable[bytes]) -> SharedStrings:
    """Read the table of shared texts."""
    strings = SharedStrings()
    for _ in parse(chunks, _StringsHandler(strings)):
        pass
    return strings


def read_rows(chunks: Iterable[bytes], strings: SharedStrings) -> Iterator[Row]:
    """Yield the rows that stand in the sheet, empty ones too, without empty cells."""
    handler = _SheetHandler(strings)
    for _ in parse(chunks, handler):
        yield from handler.ready
        handler.ready.clear()


def _local(name: str) -> str:
    return name.rpartition(" ")[2]


def _number(text: str) -> int:
    if not text.isdecimal() or len(text) > 9 or int(text) == 0:
        raise FileDamaged(what="row number")
    return int(text)


def _column(reference: str) -> int:
    letters = reference.rstrip("0123456789")
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - 64
    if not 1 <= len(letters) <= 3 or not letters.isascii() or not letters.isupper():
        raise FileDamaged(what="cell reference")
    return column
