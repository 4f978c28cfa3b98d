"""Mail that could not be delivered, for the operator. Addresses are masked."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from common.admin.lists import Cell, Column
from common.admin.pages import FactsAdmin, Section
from common.admin.words import moment_words
from common.domain.masking import mask_email
from common.models import OutboundMail
from orders.access import has_role
from orders.models import Role


def _written(mail: OutboundMail) -> Cell:
    address = reverse("admin:common_outboundmail_change", args=[mail.pk])
    return Cell(moment_words(mail.created_at), href=address)


@admin.register(OutboundMail)
class OutboundMailAdmin(FactsAdmin):
    """What was given up after the last try, newest first."""

    key_order = ("-id",)
    columns = (
        Column(_("Written"), _written, "head"),
        Column(_("Mail"), lambda mail: Cell(mail.template), "nowrap"),
        Column(_("Recipient"), lambda mail: Cell(mask_email(mail.to)), "nowrap"),
        Column(_("Tries"), lambda mail: Cell(str(mail.attempts)), "number"),
        Column(_("Last error"), lambda mail: Cell(mail.last_error)),
    )
    empty_words = _("Every mail was delivered.")
    fields = ("template",)
    title = _("Undelivered mail")

    def visible(self, request: HttpRequest) -> Any:
        """Only what was given up, and only to operators."""
        if not self.may_see(request):
            return OutboundMail.objects.none()
        return OutboundMail.objects.filter(state=OutboundMail.State.PARKED)

    def may_see(self, request: HttpRequest) -> bool:
        """Operators run the installation."""
        return has_role(request, Role.OPERATOR)

    def title_of(self, row: Any) -> str:
        """When it was written."""
        return moment_words(row.created_at)

    def sections(self, request: HttpRequest, row: Any) -> list[Section]:
        """The mail without its text, which was never made."""
        facts = [
            (_("Mail"), row.template),
            (_("Recipient"), mask_email(row.to)),
            (_("Language"), row.locale),
            (_("Tries"), str(row.attempts)),
            (_("Last error"), row.last_error),
        ]
        return [Section(_("Undelivered mail"), facts)]
