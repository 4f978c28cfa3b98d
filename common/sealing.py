"""Hand a text to a client that can neither read nor change it: page cursors hold row ids."""

import binascii
import hmac
from base64 import b64decode, urlsafe_b64encode
from collections.abc import Iterator

from django.conf import settings
from django.utils.crypto import salted_hmac

TAG_BYTES = 16
BLOCK_BYTES = 32


def seal(text: str, context: str) -> str:
    """Return `text` encrypted and bound to `context`, URL-safe; the same input gives the same.

    A synthetic IV as in RFC 5297: the tag is a keyed digest of the text and starts the key
    stream, so that no nonce has to be kept and none can be used twice for two texts.
    """
    plain = text.encode()
    tag = _tag(settings.SECRET_KEY, plain, context)
    return urlsafe_b64encode(tag + _mix(settings.SECRET_KEY, tag, plain)).decode().rstrip("=")


def unseal(sealed: str, context: str) -> str | None:
    """Return the text, None when this desk did not seal it for this context."""
    try:
        raw = b64decode(sealed + "=" * (-len(sealed) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    tag, mixed = raw[:TAG_BYTES], raw[TAG_BYTES:]
    for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        plain = _mix(key, tag, mixed)
        if hmac.compare_digest(tag, _tag(key, plain, context)):
            return plain.decode()
    return None


def _tag(key: str, plain: bytes, context: str) -> bytes:
    told = len(context.encode()).to_bytes(4) + context.encode() + plain
    return salted_hmac("chwiso.seal.tag", told, secret=key, algorithm="sha256").digest()[:TAG_BYTES]


def _mix(key: str, tag: bytes, data: bytes) -> bytes:
    """Add the key stream; doing it twice gives the data back."""
    return bytes(a ^ b for a, b in zip(data, _stream(key, tag, len(data)), strict=False))


def _stream(key: str, tag: bytes, length: int) -> Iterator[int]:
    for block in range(-(-length // BLOCK_BYTES)):
        value = tag + block.to_bytes(4)
        yield from salted_hmac("chwiso.seal", value, secret=key, algorithm="sha256").digest()
