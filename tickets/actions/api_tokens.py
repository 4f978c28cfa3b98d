"""Keys for staff and integrations: made for some stores and scopes, shown once."""

from collections.abc import Collection
from datetime import datetime
from typing import Final

from django.db import transaction

from common.errors import Refused, gettext_noop
from common.models import User
from orders.models import Store
from tickets.models import ApiToken

READ: Final = "tickets:read"
WRITE: Final = "tickets:write"
SCOPES: Final = (READ, WRITE)


class TokenNotPossible(Refused):
    """The person could not use such a token."""

    code = "token_not_possible"
    wording = gettext_noop("%(email)s does not work in every one of these stores: %(stores)s.")


class UnknownScope(Refused):
    """No such scope."""

    code = "unknown_scope"
    wording = gettext_noop("There is no scope '%(scope)s'.")
    status = 400


@transaction.atomic
def make(
    *,
    user: User,
    stores: Collection[Store],
    scopes: Collection[str],
    name: str,
    expires_at: datetime,
) -> str:
    """Return a new token of `user`; only its digest is kept. Nobody gets more than they may."""
    unknown = sorted(set(scopes) - set(SCOPES))
    if unknown:
        raise UnknownScope(scope=unknown[0])
    wanted = {store.pk for store in stores}
    allowed = Store.objects.visible_to(user).filter(pk__in=wanted)
    if not wanted or allowed.count() != len(wanted):
        slugs = ", ".join(sorted(store.slug for store in stores)) or "-"
        raise TokenNotPossible(email=user.email, stores=slugs)
    row, token = ApiToken.objects.create(
        user, expiry=None, name=name[:80], scopes=sorted(set(scopes))
    )
    ApiToken.objects.filter(pk=row.pk).update(expiry=expires_at)
    row.stores.set(allowed)
    return token


def end(*, digest: str, user: User, at: datetime) -> bool:
    """End one of the person's tokens; the row stays. False when it had ended before."""
    tokens = ApiToken.objects.filter(pk=digest, user=user).exclude(expiry__lte=at)
    return bool(tokens.update(expiry=at))
