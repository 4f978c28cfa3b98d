"""The sweep: whatever deadline level is due fires once, whoever and how many look."""

from datetime import datetime

import structlog
from django.db import OperationalError, transaction

from common import events
from common.domain.actors import Actor
from tickets import locks
from tickets.actions import clocks, decisions
from tickets.domain.clocks import Level
from tickets.domain.events import TicketEvent
from tickets.models import Clock, ClockLevel, Proposal, Ticket

log = structlog.get_logger("tickets.deadlines")

SWEEP = Actor.system("deadlines")


def fire_due(*, at: datetime, limit: int = 500) -> int:
    """Fire the levels that are due at `at`, ticket by ticket; return how many fired."""
    due = Ticket.objects.to_check(at).values_list("pk", flat=True)[:limit]
    return sum(_fire_unless_held(ticket_id, at) for ticket_id in list(due))


def _fire_unless_held(ticket_id: int, at: datetime) -> int:
    try:
        return _fire(ticket_id, at)
    except OperationalError:
        # Somebody holds the ticket for too long. The next sweep sees it; the others go on now.
        log.warning("deadline_put_off", ticket=ticket_id)
        return 0


@transaction.atomic
def _fire(ticket_id: int, at: datetime) -> int:
    ticket = locks.lock_ticket(ticket_id)
    if ticket.next_check_at is None or ticket.next_check_at > at:
        return 0  # another worker was here, or the buyer's case moved on
    due = ClockLevel.objects.filter(
        clock__ticket=ticket,
        clock__stopped_at=None,
        clock__paused_at=None,
        fired_at=None,
        at__lte=at,
    ).select_related("clock")
    fired = sum(_fire_level(ticket, level, at) for level in due)
    clocks.refresh(ticket, clocks.active(ticket))
    ticket.save(update_fields=["next_due_at", "next_check_at"])
    return fired


def _fire_level(ticket: Ticket, level: ClockLevel, at: datetime) -> bool:
    # Compare and set: the lock makes it rare, this makes it impossible to fire twice.
    won = ClockLevel.objects.filter(pk=level.pk, fired_at=None).update(
        fired_at=at, action="notified"
    )
    if not won:
        return False
    is_breach = level.level == Level.BREACH
    if is_breach:
        Clock.objects.filter(pk=level.clock_id).update(breached_at=level.clock.due_at)
    events.record(
        TicketEvent.CLOCK_BREACHED if is_breach else TicketEvent.CLOCK_WARNED,
        subject=ticket,
        by=SWEEP,
        at=at,
        clock=level.clock.kind,
        level=level.pk,
    )
    return True


def expire_proposals(*, at: datetime, limit: int = 200) -> int:
    """Send back what nobody decided in time; return how many proposals expired."""
    due = (
        Proposal.objects.filter(outcome=None, expires_at__lte=at)
        .order_by("expires_at", "id")
        .values_list("ticket_id", flat=True)[:limit]
    )
    return sum(decisions.expire(ticket_id=ticket_id, at=at) for ticket_id in list(due))
