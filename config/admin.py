"""The admin site: only for active staff, signed in through allauth."""

from allauth.account.decorators import secure_admin_login
from unfold.sites import UnfoldAdminSite


class DeskAdminSite(UnfoldAdminSite):
    """Unfold's site behind the sign-in that knows the second factor."""

    login = secure_admin_login(UnfoldAdminSite.login)
