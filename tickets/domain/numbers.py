"""Ticket numbers as people read them out: C-2026-000123."""

from tickets.domain.states import Kind


def ticket_number(kind: Kind, year: int, n: int) -> str:
    """Return the number of the n-th ticket of its kind in a year."""
    return f"{kind.value}-{year}-{n:06d}"
