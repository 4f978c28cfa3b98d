"""Which units a cancellation takes back: those of the latest earlier lines that have some left."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

L = TypeVar("L")


@dataclass(frozen=True, slots=True)
class Offer(Generic[L]):
    """A line, and how many of its units are left."""

    line: L
    free: int


@dataclass(frozen=True, slots=True)
class Match(Generic[L]):
    """What is taken of which line, and how many units found none."""

    parts: tuple[Offer[L], ...]
    left: int


def take(quantity: int, offers: Iterable[Offer[L]]) -> Match[L]:
    """Take `quantity` units from the offers in their order, over several lines if needed.

    No more offers are looked at than are needed.
    """
    parts: list[Offer[L]] = []
    left = quantity
    for offer in offers:
        units = min(left, offer.free)
        if units > 0:
            parts.append(Offer(offer.line, units))
            left -= units
        if left == 0:
            break
    return Match(tuple(parts), left)
