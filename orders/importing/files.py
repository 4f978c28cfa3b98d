"""Opening a file from outside: a regular one, not too large, with a digest of its content."""

import hashlib
import stat
from pathlib import Path
from typing import BinaryIO

from orders.importing.refusals import FileEmpty, FileNotFound, FileTooLarge

# 100,000 lines with all 72 columns are some 32 MB as .xlsx; a year of retail rows is 10 MB as .gz.
MAX_FILE_BYTES = 256 * 1024 * 1024
CHUNK = 1 << 16


def open_upload(path: Path) -> BinaryIO:
    """Open a regular, readable, non-empty file of acceptable size, or refuse."""
    try:
        facts = path.stat()
        if not stat.S_ISREG(facts.st_mode):  # a folder, a pipe, /dev/zero
            raise FileNotFound(name=path.name)
        stream = path.open("rb")
    except (OSError, ValueError) as error:  # ValueError: a NUL byte in the name
        raise FileNotFound(name=path.name) from error
    if facts.st_size == 0 or facts.st_size > MAX_FILE_BYTES:
        stream.close()
        if facts.st_size == 0:
            raise FileEmpty
        raise FileTooLarge(what="MB", limit=MAX_FILE_BYTES >> 20)
    return stream


def digest_of(stream: BinaryIO) -> str:
    """Return the SHA-256 of the whole stream in hex, and rewind it."""
    stream.seek(0)
    digest = hashlib.sha256()
    while chunk := stream.read(CHUNK):
        digest.update(chunk)
    stream.seek(0)
    return digest.hexdigest()
