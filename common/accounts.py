"""Staff accounts: made by the operator, never by sign-up; demo people only from this machine."""

import uuid

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from common import outbox
from common.models import User

LOCAL = {"127.0.0.1", "::1"}


class StaffAdapter(DefaultAccountAdapter):
    """What differs from allauth's own way."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "demo_is_local": _("Demo people can sign in only on the machine that runs the demo."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody signs up; see `manage.py add_staff`."""
        return False

    def send_mail(self, template_prefix: str, email: str, context: dict) -> None:
        """Queue the one mail that staff need; nothing talks SMTP inside a request.

        Its link is made when it is sent, from SITE_URL: no Host header and no queue ever
        carries it. Whoever has no account gets no mail, and the page looks the same.
        """
        user = context.get("user")
        if template_prefix == "account/email/password_reset_key" and user is not None:
            outbox.post(
                template="password_reset",
                to=user.email,
                locale=user.locale,
                dedupe_key=f"password_reset:{user.pk}:{uuid.uuid4()}",
                user_id=user.pk,
            )

    def authenticate(self, request: HttpRequest, **credentials: object) -> User | None:
        """Check the password; a demo person must come from this machine, directly."""
        user = super().authenticate(request, **credentials)
        if user is not None and user.is_demo and not is_local(request):
            raise self.validation_error("demo_is_local")
        return user


def is_local(request: HttpRequest) -> bool:
    """Tell whether the request comes from this very machine and through no proxy."""
    forwarded = {"HTTP_X_FORWARDED_FOR", "HTTP_FORWARDED"} & request.META.keys()
    return request.META.get("REMOTE_ADDR") in LOCAL and not forwarded
