"""The form of a story: what a buyer bought, and what then happened, step by step."""

from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum


class Act(StrEnum):
    """What can happen in a story; each is one real action."""

    ASK_FOR = "ask for money back"
    INQUIRE = "ask a question"
    TAKE = "take"
    ASSIGN = "assign"
    REPLY = "reply"
    NOTE = "note"
    QUESTION = "ask the buyer"
    BUYER = "buyer writes"
    APPROVE = "approve"
    PROPOSE = "propose to approve"
    PROPOSE_REFUSAL = "propose to refuse"
    DECLINE = "decline"
    REFUSE = "refuse"
    WITHDRAW = "withdraw"
    REOPEN = "reopen"
    PAY = "pay back"
    LOSE = "lose the answer three times"
    SHIP = "ship"
    ACCEPT_RETURN = "accept the return"
    GOODS_BACK = "goods come back"
    RESOLVE = "resolve"
    RATE = "rate"


# Business hours before now, or a span of time for what must not be older than a day.
Ago = float | timedelta


@dataclass(frozen=True, slots=True)
class Step:
    """One thing somebody did, and how long ago. `ground` and `stars` where the act needs them."""

    ago: Ago
    act: Act
    who: str = ""
    text: str = ""
    ground: str = ""
    stars: int = 0


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the buyer asks for: units of a line (its place in the order), and why."""

    line: int = 0
    units: int = 1
    reason: str = "CHANGED_MIND"
    details: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Story:
    """One order (product code and units of each line), one request, and what came of it."""

    bought: tuple[tuple[str, int], ...]
    steps: tuple[Step, ...]
    wanted: tuple[Wanted, ...] = (Wanted(),)
    locale: str = "ko"
    source: str = "WEB"
    by_phone: bool = False
