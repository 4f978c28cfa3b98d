"""The admin site: only for active staff, signed in through allauth."""

from typing import Any

from allauth.account.decorators import secure_admin_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from unfold.sites import UnfoldAdminSite

from orders.access import works_at_desk

OURS = frozenset({"common", "orders", "tickets", "feedback", "training"})


class DeskAdminSite(UnfoldAdminSite):
    """Unfold's site behind the sign-in that knows the second factor."""

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Take our own pages; those that libraries bring would edit rows past our actions."""
        if admin_class is not None and admin_class.__module__.split(".")[0] in OURS:
            super().register(model_or_iterable, admin_class, **options)

    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Send everybody to the one sign-in: Django's form knows no limit and no second factor."""
        return secure_admin_login(lambda request: redirect("admin:index"))(request)

    def password_change(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Send staff to the one form that limits guesses of the old password."""
        return redirect("account_change_password")

    def index(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Begin where the work is: the queue, or one's own training."""
        if works_at_desk(request):
            return redirect("admin:tickets_ticket_changelist")
        return redirect("admin:training_myassignment_changelist")

    def app_index(
        self, request: HttpRequest, app_label: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """There is one beginning; the sidebar holds the rest."""
        return redirect("admin:index")

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list:
        """The sidebar is our own; nothing else lists the apps."""
        return []
