"""Asking a buyer, once."""

from datetime import datetime

from django.db import transaction

from common import events
from common.domain.actors import Actor
from common.models import Event
from feedback.domain.events import FeedbackEvent
from feedback.models import Invitation, SurveyVersion
from tickets.models import Ticket

AFTER_REFUND = "csat"


@transaction.atomic
def invite(*, resolution: Event, ticket: Ticket, by: Actor, at: datetime) -> Invitation | None:
    """Ask the buyer of a resolved request; None when this request was asked before.

    `ticket` is the one whose closing was the resolution; who decided it and the reason of its
    claim are kept as they are now.
    """
    if ticket.request is None or ticket.claim is None:
        return None
    invitation, is_new = Invitation.objects.get_or_create(
        request=ticket.request,
        defaults={
            "resolution": resolution,
            "store_id": ticket.store_id,
            "ticket": ticket,
            "survey_version": SurveyVersion.objects.current(AFTER_REFUND).get(),
            "agent_id": ticket.decided_by_id,
            "reason": ticket.claim.reason,
        },
    )
    if not is_new:
        return None
    events.record(
        FeedbackEvent.INVITED,
        subject=invitation,
        by=by,
        at=at,
        ticket_id=ticket.pk,
        resolution_id=resolution.pk,
    )
    return invitation
