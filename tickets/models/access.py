"""Keys to the desk for those without a password: buyers and integrations."""

from django.db import models
from django.db.models import Q
from knox.models import AbstractAuthToken, AuthTokenManager

from common.models import Row
from orders.models import Order, Store
from tickets.models.tickets import BuyerRequest


class BuyerToken(Row):
    """A buyer's key: one purpose, one request or order, an end. Only its digest is kept."""

    class Purpose(models.TextChoices):
        # Number and digits were given; a code is on its way (order NULL: there is none).
        CODE = "CODE"
        # The code was right: see the order and ask for things.
        ORDER = "ORDER"
        # The link a seller sends to a buyer without e-mail.
        LINK = "LINK"

    digest = models.CharField(max_length=64, unique=True)
    purpose = models.CharField(max_length=5, choices=Purpose)
    order = models.ForeignKey(
        Order, models.PROTECT, null=True, blank=True, related_name="buyer_tokens"
    )
    request = models.ForeignKey(
        BuyerRequest, models.PROTECT, null=True, blank=True, related_name="buyer_tokens"
    )
    expires_at = models.DateTimeField(db_index=True)
    used_at = models.DateTimeField(null=True, blank=True)
    wrong = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="buyer_token_opens_something",
                condition=Q(purpose="CODE") | Q(order__isnull=False) | Q(request__isnull=False),
            ),
            models.CheckConstraint(
                name="buyer_token_purpose_known", condition=Q(purpose__in=["CODE", "ORDER", "LINK"])
            ),
        ]

    class Privacy:
        erase = {}
        keep = {
            "id", "created_at", "digest", "purpose", "order", "request", "expires_at",
            "used_at", "wrong",
        }  # fmt: skip


class ApiToken(AbstractAuthToken):
    """A key for staff and integrations: hashed, expiring, with scopes, for some stores."""

    name = models.CharField(max_length=80, blank=True)
    # ["tickets:read", "tickets:write"]; an empty list allows nothing.
    scopes = models.JSONField(default=list)
    stores = models.ManyToManyField(Store, related_name="api_tokens")

    objects = AuthTokenManager()

    class Privacy:
        erase = {"name": ""}
        keep = {"digest", "token_key", "user", "created", "expiry", "scopes"}
