"""Records of a CSV file from outside, plain or gzipped, in bounded memory."""

import csv
import gzip
import hashlib
import io
import zlib
from collections import deque
from collections.abc import Iterator
from typing import BinaryIO

from orders.importing.refusals import FileDamaged, FileTooLarge, NotACsv

GZIP_MAGIC = b"\x1f\x8b"
# Five times what five million rows need; a bomb of gzip's 1:1000 is stopped here.
MAX_UNPACKED_BYTES = 2 * 1024 * 1024 * 1024
# Empty lines cost no row, but time: some seconds for these.
MAX_LINES = 10_000_000
# The retail file's longest line has 120 bytes. A bomb is one line without an end.
MAX_LINE_BYTES = 64 * 1024
# A quoted field may hold line ends, not that many: then its quote never ends.
MAX_RECORD_LINES = 20
MAX_FIELDS = 200
_BROKEN = (EOFError, zlib.error, OSError)
_OTHER_KINDS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"\xff\xfe", b"\xfe\xff", b"%PDF")

Record = list[str] | None  # None: what stands there is no record


def records(stream: BinaryIO) -> Iterator[Record]:
    """Yield the fields of each record, the header's first; None for one that cannot be read.

    A quote that never ends costs its own line only.
    """
    lines = _lines(stream)
    pending: deque[str] = deque()
    while (line := _next(pending, lines)) is not None:
        if '"' not in line:
            if line:
                yield _bounded(line.split(","))
            continue
        taken = [line]
        while _is_open(taken) and len(taken) < MAX_RECORD_LINES:
            if (more := _next(pending, lines)) is None:
                break
            taken.append(more)
        fields = _quoted(taken)
        if fields is None:  # start again with the line after the first
            pending.extendleft(reversed(taken[1:]))
        yield fields


def content_digest(stream: BinaryIO) -> str:
    """Return the SHA-256 of the content in hex: packed or not, the same file is the same file."""
    source, digest, left = _unpacked(stream), hashlib.sha256(), MAX_UNPACKED_BYTES
    try:
        while chunk := source.read(1 << 16):
            left -= len(chunk)
            if left < 0:
                raise FileTooLarge(what="MB", limit=MAX_UNPACKED_BYTES >> 20)
            digest.update(chunk)
    except _BROKEN as error:
        raise FileDamaged(what="gz") from error
    return digest.hexdigest()


def _next(pending: deque[str], lines: Iterator[str]) -> str | None:
    return pending.popleft() if pending else next(lines, None)


def _is_open(taken: list[str]) -> bool:
    return sum(line.count('"') for line in taken) % 2 == 1


def _quoted(taken: list[str]) -> Record:
    if _is_open(taken):
        return None
    try:
        found = list(csv.reader(io.StringIO("\n".join(taken), newline=""), strict=True))
    except csv.Error:
        return None
    return _bounded(found[0]) if len(found) == 1 else None


def _bounded(fields: list[str]) -> Record:
    return fields if len(fields) <= MAX_FIELDS else None


def _lines(stream: BinaryIO) -> Iterator[str]:
    """Yield the lines without their ends, decoded one by one."""
    source = _unpacked(stream)
    total = count = 0
    try:
        while raw := source.readline(MAX_LINE_BYTES):
            total += len(raw)
            count += 1
            if len(raw) == MAX_LINE_BYTES:
                raise FileTooLarge(what="bytes in a line", limit=MAX_LINE_BYTES)
            if total > MAX_UNPACKED_BYTES or count > MAX_LINES:
                raise FileTooLarge(what="lines", limit=MAX_LINES)
            yield _decoded(raw)
    except _BROKEN as error:
        raise FileDamaged(what="gz") from error


def _unpacked(stream: BinaryIO) -> BinaryIO:
    stream.seek(0)
    magic = stream.read(4)
    stream.seek(0)
    if magic.startswith(_OTHER_KINDS):
        raise NotACsv(what="unknown content")
    if not magic.startswith(GZIP_MAGIC):
        return stream
    return io.BufferedReader(gzip.GzipFile(fileobj=stream), 1 << 16)


def _decoded(raw: bytes) -> str:
    """Decode UTF-8, else what Excel writes on Korean Windows, else byte by byte."""
    for encoding in ("utf-8", "cp949"):
        try:
            text = raw.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        text = raw.decode("latin-1")
    return text.replace("\0", "").rstrip("\r\n")
