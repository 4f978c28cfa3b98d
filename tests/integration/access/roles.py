"""Who knocks: the roles of the matrix, and groups of them that rows speak of."""

from enum import StrEnum
from typing import Final


class Who(StrEnum):
    """Somebody with one kind of key, or with none."""

    ANONYMOUS = "anonymous"
    BUYER = "buyer"
    OTHER_BUYER = "buyer of another shop"
    AGENT = "agent"
    OTHER_AGENT = "agent of another store"
    LEAD = "lead"
    TRAINER = "trainer"
    MANAGER = "manager"
    OPERATOR = "operator"
    GONE = "deactivated agent"


class Target(StrEnum):
    """What is asked for, as seen by who asks."""

    OWN = "own"
    FOREIGN = "foreign"
    MISSING = "missing"
    # The first id is one's own, the second belongs to somebody else.
    CROSSED = "crossed"


EVERYBODY: Final = frozenset(Who)
BUYERS: Final = frozenset({Who.BUYER, Who.OTHER_BUYER})
DECIDERS: Final = frozenset({Who.AGENT, Who.OTHER_AGENT, Who.LEAD})
DESK: Final = DECIDERS | {Who.MANAGER, Who.OPERATOR}
STAFF: Final = DESK | {Who.TRAINER}
LEADING: Final = frozenset({Who.LEAD, Who.MANAGER, Who.OPERATOR})
TRAINERS: Final = frozenset({Who.TRAINER})
OPERATORS: Final = frozenset({Who.OPERATOR})
# Those who belong to the other shop; what is own to them is foreign to all others.
AWAY: Final = frozenset({Who.OTHER_BUYER, Who.OTHER_AGENT})
