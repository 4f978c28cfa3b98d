"""The words' facts for every mail the desk writes; the texts are templates/mail/<name>.txt."""

from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.formats import date_format

from common.domain.masking import mask_name
from common.domain.money import format_money
from common.outbox import prepares
from tickets.actions import canned, keys
from tickets.actions.calendars import SEOUL
from tickets.domain.clocks import Level
from tickets.domain.states import TRAITS, Status
from tickets.models import BuyerRequest, BuyerToken, ClockLevel, Ticket


@prepares("order_code")
def order_code(token_id: int) -> dict[str, Any] | None:
    """The one-time code; pointless once it is used or over."""
    row = BuyerToken.objects.select_related("order__store").filter(pk=token_id).first()
    if row is None or row.used_at is not None or row.order is None:
        return None
    return {"code": keys.code_for(row.digest), "store": row.order.store, "order": row.order}


def _request_facts(request_id: int, ticket_id: int) -> dict[str, Any]:
    request = BuyerRequest.objects.select_related("order", "store").get(pk=request_id)
    tickets = request.tickets.select_related("claim__line__product", "store").order_by("id")
    facts: dict[str, Any] = {
        "request": request,
        "order": request.order,
        "store": request.store,
        "tickets": list(tickets[:100]),
        "link": keys.status_link(request),
    }
    if ticket_id:
        ticket = next(t for t in facts["tickets"] if t.pk == ticket_id)
        facts["ticket"] = ticket
        if ticket.claim_id:
            facts["amount"] = format_money(canned.amount_of(ticket), request.store.currency)
    return facts


for name in ("request_received", "refunded", "refused", "approved", "converted", "new_message"):
    prepares(name)(_request_facts)


def _staff_facts(ticket_id: int) -> dict[str, Any]:
    ticket = Ticket.objects.select_related("store", "order").get(pk=ticket_id)
    return {
        "ticket": ticket,
        "store": ticket.store,
        "buyer": mask_name(ticket.order.buyer_name) if ticket.order else "",
        "status": TRAITS[Status(ticket.status)].label(translation.get_language() or "ko"),
        "link": f"{settings.SITE_URL}/admin/tickets/ticket/{ticket.pk}/change/",
    }


@prepares("deadline")
def deadline(ticket_id: int, level_id: int) -> dict[str, Any] | None:
    """A deadline is near or past; pointless once the clock has stopped."""
    level = ClockLevel.objects.select_related("clock").get(pk=level_id)
    if level.clock.stopped_at is not None:
        return None
    due_at = level.clock.due_at
    when = date_format(due_at.astimezone(SEOUL), "DATETIME_FORMAT") if due_at else ""
    return _staff_facts(ticket_id) | {
        "clock": level.clock.kind,
        "is_breach": level.level == Level.BREACH,
        "when": when,
    }


@prepares("lead_notice")
def lead_notice(ticket_id: int, what: str) -> dict[str, Any]:
    """Something a lead has to know."""
    return _staff_facts(ticket_id) | {"what": what}
