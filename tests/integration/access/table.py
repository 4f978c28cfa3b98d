"""What a row of the access matrix says: who gets in, and what the others are told."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from tests.integration.access import things
from tests.integration.access.roles import (
    BUYERS,
    DESK,
    EVERYBODY,
    LEADING,
    OPERATORS,
    STAFF,
    TRAINERS,
    Target,
    Who,
)
from tests.integration.access.things import Thing

NOT_TAKEN: Final = 405


@dataclass(frozen=True, slots=True)
class Door:
    """Who is let in, and what is said to those who are not."""

    # They hold the right kind of key; others get `stranger`.
    keyholders: frozenset[Who]
    # Of those, they have the right role; others get one of `unfit`.
    members: frozenset[Who]
    stranger: int = 404
    # 403 for what they may see elsewhere, 404 for what is hidden from them anyway.
    unfit: frozenset[int] = frozenset({403, 404})
    # A method that is not taken is refused before the key is looked at.
    method_first: bool = False
    # What stands here is nobody's: it may be kept by a cache.
    is_public: bool = False


# Nobody's pages; OPEN ones are not for caches.
PUBLIC: Final = Door(EVERYBODY, EVERYBODY, method_first=True, is_public=True)
OPEN: Final = Door(EVERYBODY, EVERYBODY, method_first=True)
# For those who are not signed in; staff are sent on.
SIGN_IN: Final = Door(EVERYBODY - STAFF, EVERYBODY - STAFF, stranger=302)
# A buyer's pages know their buyer by the session.
BUYER: Final = Door(BUYERS, BUYERS, method_first=True)
# The admin sends to the sign-in first, then asks for the role.
STAFF_PAGE: Final = Door(STAFF, STAFF, stranger=302)
DESK_PAGE: Final = Door(STAFF, DESK, stranger=302)
LEADING_PAGE: Final = Door(STAFF, LEADING, stranger=302)
TRAINER_PAGE: Final = Door(STAFF, TRAINERS, stranger=302)
OPERATOR_PAGE: Final = Door(STAFF, OPERATORS, stranger=302)
# A trainer with a token made in better days sees nothing by it: not one row.
API_STAFF: Final = Door(STAFF, DESK, stranger=401, unfit=frozenset({404}))
API_LIST: Final = Door(STAFF, STAFF, stranger=401)
API_BUYER: Final = Door(BUYERS, BUYERS, stranger=401)


@dataclass(frozen=True, slots=True)
class Row:
    """One address: what those who are let in get for what is their own."""

    route: str
    door: Door
    thing: Thing = things.nothing
    # None: the method is not taken.
    get: int | None = None
    post: int | None = None
    body: Mapping[str, Any] = field(default_factory=dict)
    # A POST by those who may changes something; False where it only shows or refuses.
    writes: bool = True
    # Who may POST; the others who are let in may only look, and get `denied`.
    doers: frozenset[Who] = EVERYBODY
    denied: int = 403
    # For what is foreign and for what is nowhere.
    hidden: int = 404
    # What is said to a method that is not taken, whatever it is about.
    not_taken: int = NOT_TAKEN
    # Several rows may speak of one address; this one speaks of these methods alone.
    only: tuple[str, ...] = ()

    @property
    def is_api(self) -> bool:
        """Tell whether programs call it."""
        return self.route.startswith("api/v1/")

    @property
    def methods(self) -> tuple[str, ...]:
        """The methods to try."""
        if self.only:
            return self.only
        return ("GET", "POST", "PUT", "PATCH", "DELETE") if self.is_api else ("GET", "POST")

    def expected(self, who: Who, method: str, target: Target) -> frozenset[int]:
        """Return the statuses that the answer may have."""
        taken = {"GET": self.get, "POST": self.post}.get(method)
        if taken is None and self.door.method_first:
            return frozenset({self.not_taken})
        if who not in self.door.keyholders:
            return frozenset({self.door.stranger})
        if taken is None:
            return frozenset({self.not_taken})
        if who not in self.door.members:
            return self.door.unfit
        if target is not Target.OWN:
            return frozenset({self.hidden})
        return frozenset({taken if method == "GET" or who in self.doers else self.denied})

    def may_change(self, who: Who, method: str, target: Target) -> bool:
        """Tell whether this very try is one that changes something."""
        let_in = who in self.door.keyholders & self.door.members & self.doers
        is_post = method == "POST" and self.post is not None
        return is_post and self.writes and let_in and target is Target.OWN
