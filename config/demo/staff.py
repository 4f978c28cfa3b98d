"""Who works in the demo shop."""

from dataclasses import dataclass
from datetime import datetime

from common.domain.actors import Actor
from common.models import User
from orders.actions import seating
from orders.actions.seating import Seat
from orders.models import Role, Store

BY = Actor.system("demo")


@dataclass(frozen=True, slots=True)
class Colleague:
    """A demo person and what they are for."""

    key: str
    name: str
    role: Role

    @property
    def email(self) -> str:
        """Return an address in a domain that cannot exist."""
        return f"{self.key}@desk.example"


COLLEAGUES = (
    Colleague("agent", "김상담", Role.AGENT),
    Colleague("agent2", "박응대", Role.AGENT),
    Colleague("lead", "이팀장", Role.LEAD),
    Colleague("lead2", "최팀장", Role.LEAD),
    Colleague("trainer", "정교육", Role.TRAINER),
    Colleague("manager", "한매니저", Role.MANAGER),
    Colleague("operator", "오운영", Role.OPERATOR),
)


def seat_all(store: Store, *, at: datetime) -> tuple[dict[str, User], dict[str, str]]:
    """Give everybody their place; return the people by key and their passwords by e-mail."""
    people, passwords = {}, {}
    for colleague in COLLEAGUES:
        wanted = Seat(colleague.email, colleague.name, store, colleague.role, is_demo=True)
        user, password = seating.seat(wanted, by=BY, at=at)
        people[colleague.key] = user
        passwords[user.email] = password
    return people, passwords


def everybody() -> list[User]:
    """Return the demo people in the order of the table."""
    users = User.objects.filter(is_demo=True).in_bulk(field_name="email")
    return [users[c.email] for c in COLLEAGUES if c.email in users]
