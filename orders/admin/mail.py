"""Mail that could not be delivered, for the operator. Addresses are masked."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from common.admin.lists import Cell, Column, KeysetAdmin
from common.admin.words import moment_words
from common.domain.masking import mask_email
from common.models import OutboundMail
from orders.access import has_role
from orders.models import Role


@admin.register(OutboundMail)
class OutboundMailAdmin(KeysetAdmin):
    """What was given up after the last try, newest first."""

    key_order = ("-id",)
    columns = (
        Column(_("Written"), lambda mail: Cell(moment_words(mail.created_at)), "head"),
        Column(_("Mail"), lambda mail: Cell(mail.template), "nowrap"),
        Column(_("To"), lambda mail: Cell(mask_email(mail.to)), "nowrap"),
        Column(_("Tries"), lambda mail: Cell(str(mail.attempts)), "number"),
        Column(_("Last error"), lambda mail: Cell(mail.last_error)),
    )
    empty_words = _("Every mail was delivered.")
    fields = ("template",)

    def visible(self, request: HttpRequest) -> Any:
        """Only what was given up, and only to operators."""
        if not self.may_see(request):
            return OutboundMail.objects.none()
        return OutboundMail.objects.filter(state=OutboundMail.State.PARKED)

    def may_see(self, request: HttpRequest) -> bool:
        """Operators run the installation."""
        return has_role(request, Role.OPERATOR)
