"""Who calls the API: staff and integrations by knox token, buyers by BuyerToken."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from knox.auth import TokenAuthentication
from knox.crypto import hash_token
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from common.accounts import is_local
from common.models import User
from orders.models import Order
from tickets.actions import proving
from tickets.models import ApiToken

# What we hand out is hexadecimal (staff) or URL-safe base64 (buyers).
TOKEN = re.compile(rb"[A-Za-z0-9_-]{20,200}")


class NotThatToken(AuthenticationFailed):
    """Wrong, expired, revoked or of somebody who left: all look alike."""

    default_detail = _("This token is not valid or has expired.")
    default_code = "bad_token"


class StaffTokenAuthentication(TokenAuthentication):
    """A knox token of an active member of staff. Reads one row and writes none."""

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        """Return the person and the token; demo people only from this machine."""
        found = super().authenticate(request)
        if found is not None and found[0].is_demo and not is_local(request):
            raise NotThatToken()
        return found

    def authenticate_credentials(self, token: bytes) -> tuple[User, ApiToken]:
        """Look the digest up; knox's own way deletes expired tokens while it reads."""
        if not TOKEN.fullmatch(token):
            raise NotThatToken()
        digest = hash_token(token.decode("ascii"))
        row = ApiToken.objects.select_related("user").filter(digest=digest).first()
        if row is None or (row.expiry is not None and row.expiry <= timezone.now()):
            raise NotThatToken()
        return self.validate_user(row)

    def validate_user(self, auth_token: ApiToken) -> tuple[User, ApiToken]:
        """Let only active members of staff in."""
        if not (auth_token.user.is_active and auth_token.user.is_staff):
            raise NotThatToken()
        return auth_token.user, auth_token


@dataclass(frozen=True, slots=True)
class BuyerKey:
    """The order that a buyer's token opens, and until when."""

    order: Order
    expires_at: datetime


class BuyerTokenAuthentication(BaseAuthentication):
    """`Authorization: Buyer <token>`: a key to one order, no person of ours."""

    keyword = "Buyer"

    def authenticate(self, request: Request) -> tuple[AnonymousUser, BuyerKey] | None:
        """Return the key, None when another scheme is used."""
        scheme, _space, token = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
        if scheme.lower() != self.keyword.lower():
            return None
        if not TOKEN.fullmatch(token.strip().encode("utf-8", "replace")):
            raise NotThatToken()
        found = proving.order_of(token=token.strip(), at=timezone.now())
        if found is None:
            raise NotThatToken()
        return AnonymousUser(), BuyerKey(*found)

    def authenticate_header(self, request: Any) -> str:
        """Return what a 401 asks for."""
        return self.keyword
