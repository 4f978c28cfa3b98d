"""What operators and leads should know at once."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import ngettext

from common.admin.lists import Cell
from common.models import Delivery, OutboundMail
from orders.access import has_role
from orders.models import Role

# Only the newest are looked at, so that the tables may grow for years.
NEWEST = 1000


def undelivered(request: HttpRequest) -> list[Cell]:
    """Return a notice when mail or messages between parts of the desk were given up."""
    if not has_role(request, Role.OPERATOR, Role.LEAD):
        return []
    mails = _parked(OutboundMail, OutboundMail.State.PARKED)
    events = _parked(Delivery, Delivery.State.PARKED)
    found = []
    if mails:
        words = ngettext(
            "%(n)s mail could not be delivered.", "%(n)s mails could not be delivered.", mails
        )
        found.append(Cell(words % {"n": mails}, href=_list_url(request)))
    if events:
        words = ngettext(
            "%(n)s event was given up; an operator has to look.",
            "%(n)s events were given up; an operator has to look.",
            events,
        )
        found.append(Cell(words % {"n": events}))
    return found


def _parked(model: Any, state: str) -> int:
    newest = model.objects.order_by("-id").values("id", "state")[:NEWEST]
    return sum(row["state"] == state for row in newest)


def _list_url(request: HttpRequest) -> str:
    if not has_role(request, Role.OPERATOR):
        return ""
    return reverse("admin:common_outboundmail_changelist")
