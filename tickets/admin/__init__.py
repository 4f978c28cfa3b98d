"""The desk: the queue, the ticket's page, prepared answers and what decides."""

from tickets.admin.tickets import TicketAdmin

__all__ = ["TicketAdmin"]
