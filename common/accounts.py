"""Staff accounts: made by the operator, never by sign-up; demo people only from this machine."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

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
