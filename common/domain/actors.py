"""Who did it: every action takes an Actor, every event keeps one."""

from dataclasses import dataclass
from enum import StrEnum


class ActorKind(StrEnum):
    """The families of those who move things."""

    STAFF = "STAFF"
    BUYER = "BUYER"
    RULE = "RULE"
    CHANNEL = "CHANNEL"
    SYSTEM = "SYSTEM"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts. `user_id` only for staff; `ref` names a rule, channel or job in words."""

    kind: ActorKind
    user_id: int | None = None
    ref: str = ""

    @classmethod
    def staff(cls, user_id: int) -> "Actor":
        """Return the actor for a member of staff."""
        return cls(ActorKind.STAFF, user_id=user_id)

    @classmethod
    def buyer(cls) -> "Actor":
        """Return the actor for whoever holds the buyer's token."""
        return cls(ActorKind.BUYER)

    @classmethod
    def rule(cls, code: str, version: int) -> "Actor":
        """Return the actor for a published version of an automatic rule."""
        return cls(ActorKind.RULE, ref=f"{code}@{version}")

    @classmethod
    def channel(cls, name: str) -> "Actor":
        """Return the actor for what the marketplace itself did."""
        return cls(ActorKind.CHANNEL, ref=name)

    @classmethod
    def system(cls, ref: str) -> "Actor":
        """Return the actor for sweeps, subscribers and commands."""
        return cls(ActorKind.SYSTEM, ref=ref)
