"""Send a page once: a second click, or a reload of the answer, does nothing new."""

import secrets
from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from common import idempotency
from common.models import IdempotencyKey

CREATED = 201


def new_key() -> str:
    """Return the key that a page carries."""
    return secrets.token_urlsafe(18)


def do(*, scope: str, key: str, words: str, at: datetime, work: Callable[[], UUID]) -> UUID:
    """Do `work` once for the key that a page carried and the words that were typed on it.

    Other words under the same key are another message: somebody went back and wrote again.
    """

    def answered() -> tuple[int, dict[str, str]]:
        return CREATED, {"public_id": str(work())}

    digest = idempotency.body_hash(words)
    _status, response = idempotency.once(
        scope=scope, key=_key(key, digest), digest=digest, at=at, work=answered
    )
    return UUID(response["public_id"])


def done_before(*, scope: str, key: str, words: str) -> UUID | None:
    """Return what `do` returned for this key, None when it was never done."""
    kept = _key(key, idempotency.body_hash(words))
    row = IdempotencyKey.objects.filter(scope=scope, key=kept, status=CREATED).first()
    return UUID(row.response["public_id"]) if row and row.response else None


def _key(key: str, digest: str) -> str:
    return f"{key[:60]}:{digest[:32]}"
