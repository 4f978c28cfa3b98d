"""Locks have one home; an invitation comes after every lock of tickets and orders."""

from feedback.models import Invitation


def lock_invitation(pk: int) -> Invitation:
    """Return the invitation as it is now, held until the transaction ends."""
    return Invitation.objects.select_for_update(of=("self",)).get(pk=pk)
