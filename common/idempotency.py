"""Idempotency-Key: the same request sent again gets the same answer and changes nothing twice."""

import hashlib
import json
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction

from common.errors import Refused, gettext_noop
from common.models import IdempotencyKey

KEPT_FOR = timedelta(days=1)
MAX_KEY_LENGTH = 120


class KeyReused(Refused):
    """The key was used before with another body."""

    code = "idempotency_key_reused"
    wording = gettext_noop("This Idempotency-Key was already used for another request.")
    status = 422


class KeyTooLong(Refused):
    """The key does not fit."""

    code = "idempotency_key_too_long"
    wording = gettext_noop("An Idempotency-Key has at most %(most)s characters.")
    status = 400


def body_hash(*parts: object) -> str:
    """Return a digest of what was asked, whatever the order of its keys."""
    text = json.dumps(parts, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


@transaction.atomic
def once(
    *, scope: str, key: str, digest: str, at: datetime, work: Callable[[], tuple[int, dict]]
) -> tuple[int, dict]:
    """Do `work` once per (scope, key) and return its status and body; later calls get the same.

    The row is written first and in the same transaction as the work: of two equal requests at
    once the second waits for the first. A refusal of the work leaves no row behind, so that
    a corrected situation may be tried again.
    """
    if len(key) > MAX_KEY_LENGTH:
        raise KeyTooLong(most=MAX_KEY_LENGTH)
    IdempotencyKey.objects.filter(scope=scope, key=key, expires_at__lte=at).delete()
    row, _ = IdempotencyKey.objects.get_or_create(
        scope=scope,
        key=key,
        defaults={"body_hash": digest, "expires_at": at + KEPT_FOR},
    )
    row = IdempotencyKey.objects.select_for_update().get(pk=row.pk)
    if row.body_hash != digest:
        raise KeyReused()
    if row.status is None or row.response is None:
        row.status, row.response = work()
        row.save(update_fields=["status", "response"])
    return row.status, row.response
