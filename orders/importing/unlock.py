"""Encrypted spreadsheets: an OLE container around the real file."""

import io
import re
import struct
from typing import BinaryIO
from xml.parsers.expat import ExpatError

import msoffcrypto
import olefile
from cryptography.exceptions import UnsupportedAlgorithm
from msoffcrypto.exceptions import (
    DecryptionError,
    EncryptionError,
    FileFormatError,
    InvalidKeyError,
    ParseError,
)

from orders.importing.refusals import (
    FileDamaged,
    FileTooLarge,
    NotASpreadsheet,
    PasswordMissing,
    PasswordWrong,
    ProtectionUnknown,
)

OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# The whole package is decrypted in memory; 100,000 lines with all columns are some 32 MB.
MAX_LOCKED_BYTES = 64 * 1024 * 1024
# Excel writes some 2 kB; the library parses it as a tree without a guard of its own.
MAX_INFO_BYTES = 64 * 1024
# Excel hashes a password 100,000 times; the standard allows 10 million, which takes half a minute.
MAX_SPINS = 1_000_000

# What olefile, msoffcrypto and the XML parser raise on bytes that are not what they claim to be.
BROKEN = (
    OSError,
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    ArithmeticError,
    struct.error,
    ExpatError,
    ParseError,
    FileFormatError,
    EncryptionError,
    UnsupportedAlgorithm,
)


def unlock(stream: BinaryIO, *, size: int, password: str) -> BinaryIO:
    """Return the spreadsheet inside an OLE container of `size` bytes, or refuse."""
    if size > MAX_LOCKED_BYTES:
        raise FileTooLarge(what="MB", limit=MAX_LOCKED_BYTES >> 20)
    _check_sector_count(stream, size)
    try:
        _check_container(stream)
        if not password:
            raise PasswordMissing
        return _decrypt(stream, password)
    except InvalidKeyError as error:
        raise PasswordWrong from error
    except DecryptionError as error:
        raise ProtectionUnknown from error
    except BROKEN as error:
        raise FileDamaged(what="protection") from error


def _check_sector_count(stream: BinaryIO, size: int) -> None:
    """Refuse a header that claims a larger allocation table than the file has room for."""
    stream.seek(0)
    header = stream.read(512)
    if len(header) < 512:
        raise FileDamaged(what="protection")
    (tables,) = struct.unpack_from("<I", header, 44)
    # One table sector maps 64 kB (128 sectors of 512 bytes); twice that for slack.
    if tables > size // 32_768 + 8:
        raise FileDamaged(what="protection")


def _check_container(stream: BinaryIO) -> None:
    stream.seek(0)
    with olefile.OleFileIO(stream) as container:
        if not container.exists("EncryptionInfo"):
            if container.exists("Workbook") or container.exists("Book"):
                raise NotASpreadsheet(what="old .xls")
            raise NotASpreadsheet(what="unknown content")
        if container.get_size("EncryptionInfo") > MAX_INFO_BYTES:
            raise FileDamaged(what="protection")
        info = container.openstream("EncryptionInfo").read()
        if not container.exists("EncryptedPackage"):
            raise FileDamaged(what="protection")
    # No writer declares entities here; whatever the encoding, zero bytes aside, the word shows.
    if b"<!" in info.replace(b"\0", b""):
        raise FileDamaged(what="protection")
    spins = re.findall(rb"spinCount\s*=\s*[\"']\s*(\d{1,12})", info.replace(b"\0", b""))
    if any(int(n) > MAX_SPINS for n in spins):
        raise ProtectionUnknown


def _decrypt(stream: BinaryIO, password: str) -> BinaryIO:
    stream.seek(0)
    locked = msoffcrypto.OfficeFile(stream)
    try:
        locked.load_key(password=password, verify_password=True)
    except InvalidKeyError as error:
        raise PasswordWrong from error
    opened = io.BytesIO()
    try:
        locked.decrypt(opened)
    except InvalidKeyError as error:  # the password was verified, what it opens is no zip
        raise FileDamaged(what="content") from error
    opened.seek(0)
    return opened
