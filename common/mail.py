"""The words' facts for the mails of the kernel."""

from typing import Any

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.urls import reverse

from common.models import User
from common.outbox import prepares


@prepares("password_reset")
def password_reset(user_id: int) -> dict[str, Any] | None:
    """The link with which a member of staff sets a new password; made only now."""
    user = User.objects.filter(pk=user_id, is_active=True).first()
    if user is None:
        return None
    path = reverse(
        "account_reset_password_from_key",
        kwargs={
            "uidb36": user_pk_to_url_str(user),
            "key": default_token_generator.make_token(user),
        },
    )
    return {"user": user, "link": f"{settings.SITE_URL}{path}"}
