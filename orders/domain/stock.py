"""Stock as a ledger: what is on hand is the sum of what came and went."""

from enum import StrEnum


class EntryKind(StrEnum):
    """Why stock moved."""

    OPENING = "OPENING"
    RECEIPT = "RECEIPT"
    SALE = "SALE"
    RESTOCK = "RESTOCK"
    ADJUST = "ADJUST"


def after(on_hand: int, shortage: int, change: int) -> tuple[int, int]:
    """Return (on hand, shortage) after a signed change; neither is ever negative.

    What is sold beyond the stock becomes shortage; what comes in pays the shortage first.
    """
    level = on_hand - shortage + change
    return max(level, 0), max(-level, 0)
