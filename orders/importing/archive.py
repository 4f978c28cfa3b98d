"""The zip around a spreadsheet, read within limits whatever its directory says."""

import struct
import zipfile
import zlib
from collections.abc import Iterator
from typing import BinaryIO

from orders.importing.refusals import FileDamaged, FileTooLarge, NotASpreadsheet

# A directory entry costs 50 bytes in the file and ten times that in memory; Excel writes 10-100.
MAX_DIRECTORY_BYTES = 1 << 20
# 100,000 lines with all 72 columns are some 290 MB of XML; a bomb is stopped here.
MAX_UNPACKED_BYTES = 400 * 1024 * 1024
CHUNK = 1 << 16
_END, _END_SIZE = b"PK\x05\x06", 22
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    OSError,
    ValueError,
    LookupError,
    struct.error,
    NotImplementedError,
    RuntimeError,  # an entry with a password of the zip's own
)


class Archive:
    """A zip whose parts are read in chunks, all of them together within one limit."""

    def __init__(self, stream: BinaryIO) -> None:
        _check_directory(stream)
        try:
            self._zip = zipfile.ZipFile(stream)
        except _BROKEN as error:
            raise FileDamaged(what="zip") from error
        self._parts = {_plain(info.filename): info for info in self._zip.infolist()}
        self._left = MAX_UNPACKED_BYTES

    def has(self, name: str) -> bool:
        """Say whether there is a part of this name; case and leading slash do not count."""
        return _plain(name) in self._parts

    def chunks(self, name: str) -> Iterator[bytes]:
        """Yield the unpacked part; refuse when it is damaged or the archive's limit is used up."""
        info = self._parts.get(_plain(name))
        if info is None or info.compress_type not in _METHODS:
            raise FileDamaged(what=_plain(name)[-40:])
        if info.file_size > self._left:
            raise FileTooLarge(what="MB", limit=MAX_UNPACKED_BYTES >> 20)
        try:
            with self._zip.open(info) as part:
                while chunk := part.read(CHUNK):
                    self._spend(len(chunk))  # the directory may lie
                    yield chunk
        except _BROKEN as error:
            raise FileDamaged(what=_plain(name)[-40:]) from error

    def _spend(self, size: int) -> None:
        self._left -= size
        if self._left < 0:
            raise FileTooLarge(what="MB", limit=MAX_UNPACKED_BYTES >> 20)


def _plain(name: str) -> str:
    return name.replace("\\", "/").lstrip("/").lower()


def _check_directory(stream: BinaryIO) -> None:
    """Refuse a directory that is missing or larger than any spreadsheet's, before it is loaded."""
    stream.seek(0)
    if stream.read(4)[:2] != b"PK":
        raise NotASpreadsheet(what="unknown content")
    size = stream.seek(0, 2)
    start = max(0, size - (1 << 16) - _END_SIZE - 128)
    stream.seek(start)
    tail = stream.read()
    at = tail.rfind(_END)
    if at < 0 or at + _END_SIZE > len(tail):
        raise FileDamaged(what="zip")
    (directory,) = struct.unpack_from("<I", tail, at + 12)
    if at >= 76 and tail[at - 20 : at - 16] == b"PK\x06\x07":  # zip64: the larger record rules
        (directory,) = struct.unpack_from("<Q", tail, at - 76 + 40)
    if directory > MAX_DIRECTORY_BYTES:
        raise FileDamaged(what="zip")
