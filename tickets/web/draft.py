"""A request while it is being made: kept in the session, so that going back loses nothing."""

from dataclasses import asdict, dataclass, field
from typing import Any

from django.http import HttpRequest

from orders.models import Order
from tickets.web import once

DRAFT = "buyer.draft"


@dataclass(slots=True)
class Pick:
    """Units of one line, and why; `reason` is "" until it was asked."""

    quantity: int
    reason: str = ""
    details: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Draft:
    """What was chosen so far, by the line's place. `key` changes with every change.

    The last page sends the key it showed: of two sends of it one opens the request, and what
    was changed in another window since is shown before it is sent.
    """

    order_pk: int
    picks: dict[int, Pick] = field(default_factory=dict)
    key: str = ""

    @property
    def places(self) -> list[int]:
        """The chosen lines in the order of the order."""
        return sorted(self.picks)

    @property
    def next_unanswered(self) -> int | None:
        """The number (from 1) of the first chosen line without a reason."""
        missing = [n for n, place in enumerate(self.places, 1) if not self.picks[place].reason]
        return missing[0] if missing else None


def load(request: HttpRequest, order: Order) -> Draft:
    """Return the draft for this order; an empty one when there is none."""
    kept: dict[str, Any] | None = request.session.get(DRAFT)
    if not kept or kept["order_pk"] != order.pk:
        return Draft(order.pk)
    picks = {int(place): Pick(**pick) for place, pick in kept["picks"].items()}
    return Draft(order.pk, picks, kept["key"])


def drop(request: HttpRequest) -> None:
    """Begin anew: the draft was sent."""
    request.session.pop(DRAFT, None)


def keep(request: HttpRequest, draft: Draft) -> None:
    """Keep the draft under a new key."""
    draft.key = once.new_key()
    request.session[DRAFT] = asdict(draft)
