"""What an address asks for: for everybody their own, somebody else's, and one that is nowhere."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from tests.integration.access.roles import Target, Who
from tests.integration.access.world import (
    NOWHERE,
    Side,
    World,
    draft_key,
    status_token,
    target_side,
)

NO_UUID: Final = UUID("00000000-0000-4000-8000-000000000000")


@dataclass(frozen=True, slots=True)
class Ask:
    """The ids that go into an address, and what goes into a body beside the row's own."""

    params: Mapping[str, Any] = field(default_factory=dict)
    body: Mapping[str, Any] = field(default_factory=dict)


# None: this target does not exist for this thing.
Thing = Callable[[World, Who, Target], Ask | None]


def nothing(world: World, who: Who, target: Target) -> Ask | None:
    """An address without an id."""
    return Ask() if target is Target.OWN else None


def fixed(**params: Any) -> Thing:
    """Always the same ids; everybody's own."""

    def thing(world: World, who: Who, target: Target) -> Ask | None:
        return Ask(params) if target is Target.OWN else None

    return thing


def by_side(name: str, pick: Callable[[Side], Any], missing: Any = NOWHERE) -> Thing:
    """Something that each shop has one of."""

    def thing(world: World, who: Who, target: Target) -> Ask | None:
        if target is Target.CROSSED:
            return None
        side = target_side(world, who, target)
        return Ask({name: missing if side is None else pick(side)})

    return thing


def order(name: str = "object_id") -> Thing:
    """An order's page."""
    return by_side(name, lambda side: side.order.pk)


def act(state: str, verb: str) -> Thing:
    """A verb on a ticket of the desk."""

    def thing(world: World, who: Who, target: Target) -> Ask | None:
        found = ticket(state)(world, who, target)
        return Ask({**found.params, "verb": verb}) if found else None

    return thing


product: Final = by_side("object_id", lambda side: side.product.pk)
response: Final = by_side("object_id", lambda side: side.response_id)
store: Final = by_side("object_id", lambda side: side.store.pk)
calendar: Final = by_side("object_id", lambda side: side.store.calendar_id)
user: Final = by_side("object_id", lambda side: side.second.pk)
membership: Final = by_side("object_id", lambda side: side.second.memberships.get().pk)


def policy(name: str) -> Thing:
    """Something that decides, of one shop."""
    return by_side("object_id", lambda side: side.policies[name])


def shop(world: World, who: Who, target: Target) -> Ask | None:
    """A shop's public page: no shop is foreign to a buyer."""
    slugs = {Target.OWN: world.home.store.slug, Target.MISSING: "nirgends"}
    return Ask({"slug": slugs[target]}) if target in slugs else None


def status_link(world: World, who: Who, target: Target) -> Ask | None:
    """The status page's address from a mail: whoever holds it may read."""
    tokens = {Target.OWN: status_token(world.home), Target.MISSING: "x" * 32}
    return Ask({"token": tokens[target]}) if target in tokens else None


def draft(world: World, who: Who, target: Target) -> Ask | None:
    """The last page of the request that a buyer is making."""
    return Ask(body={"key": draft_key(who, world)}) if target is Target.OWN else None


def parked_mail(world: World, who: Who, target: Target) -> Ask | None:
    """A mail that was given up; whoever runs the desk sees those of all shops, masked."""
    ids = {Target.OWN: world.mail, Target.MISSING: NOWHERE}
    return Ask({"object_id": ids[target]}) if target in ids else None


def my_token(world: World, who: Who, target: Target) -> Ask | None:
    """One's own API token; a colleague's is foreign."""
    if target is Target.CROSSED:
        return None
    mine = world.tokens.get(who, "0" * 40)
    colleague = next(key for key in world.tokens.values() if key != mine)
    keys = {Target.OWN: mine, Target.FOREIGN: colleague}
    return Ask({"object_id": keys.get(target, "0" * 40)})


def ticket(state: str, name: str = "pk") -> Thing:
    """A ticket of the desk, by row id."""
    return by_side(name, lambda side: side.tickets[state].pk)


def public_ticket(state: str) -> Thing:
    """A ticket of the API."""
    return by_side("public_id", lambda side: side.tickets[state].public_id, NO_UUID)


def request(state: str) -> Thing:
    """A buyer's request."""
    return by_side("public_id", lambda side: _request_id(side, state), NO_UUID)


def _request_id(side: Side, state: str) -> Any:
    return side.tickets[state].request.public_id  # type: ignore[union-attr]


def own_ticket(state: str) -> Thing:
    """A ticket of a buyer's request: both ids must be one's own, and belong together."""

    def thing(world: World, who: Who, target: Target) -> Ask:
        side = target_side(world, who, target)
        if side is None:
            return Ask({"public_id": NO_UUID, "ticket_id": NO_UUID})
        other = world.other_side(who) if target is Target.CROSSED else side
        ids = {
            "public_id": _request_id(side, state),
            "ticket_id": other.tickets[state].public_id,
        }
        return Ask(ids)

    return thing


def order_link(world: World, who: Who, target: Target) -> Ask | None:
    """The seller's link: whoever holds it is the buyer; here FOREIGN is one out of time."""
    if target is Target.CROSSED:
        return None
    token = {Target.OWN: world.home.link, Target.FOREIGN: world.home.expired_link}
    return Ask({"token": token.get(target, "x" * 32)})


def course(state: str) -> Thing:
    """A version of a course; trainers share them, so none is foreign."""

    def thing(world: World, who: Who, target: Target) -> Ask | None:
        if target in (Target.FOREIGN, Target.CROSSED):
            return None
        return Ask({"object_id": world.courses[state] if target is Target.OWN else NOWHERE})

    return thing


def assignment(world: World, who: Who, target: Target) -> Ask | None:
    """What somebody of one's shop has to learn."""
    if target is Target.CROSSED:
        return None
    side = target_side(world, who, target)
    return Ask({"object_id": world.assignments[side.agent.pk] if side else NOWHERE})


def my_assignment(name: str, n: int | None = None) -> Thing:
    """What oneself has to learn; a colleague's is foreign. `n` is an attempt."""

    def thing(world: World, who: Who, target: Target) -> Ask | None:
        mine = world.assignments.get(_pk(world, who), NOWHERE)
        colleague = next(pk for pk in world.assignments.values() if pk != mine)
        ids = {Target.OWN: mine, Target.FOREIGN: colleague, Target.CROSSED: mine}
        if n is None:
            if target is Target.CROSSED:
                return None
            return Ask({name: ids.get(target, NOWHERE)})
        attempt = NOWHERE if target is Target.CROSSED else n
        return Ask({name: ids.get(target, NOWHERE), "n": attempt})

    return thing


def _pk(world: World, who: Who) -> int:
    return world.people[who].pk if who in world.people else 0


def order_in_body(world: World, who: Who, target: Target) -> Ask | None:
    """An order named in the body of a request to the API."""
    if target is Target.CROSSED:
        return None
    side = target_side(world, who, target)
    numbers = {"store": world.side(who).store.slug, "order_number": "20990101-0"}
    if side is not None:
        numbers = {"store": side.store.slug, "order_number": side.order.number}
    return Ask(body=numbers)


def line_in_body(world: World, who: Who, target: Target) -> Ask | None:
    """A line named in the body of a buyer's request to the API."""
    if target is Target.CROSSED:
        return None
    side = target_side(world, who, target)
    key = f"{side.store.slug}-free" if side else "nirgends"
    return Ask(body={"lines": [{"line_key": key, "quantity": 1, "reason": "CHANGED_MIND"}]})


def assignee_in_body(world: World, who: Who, target: Target) -> Ask | None:
    """A person named in the body: only the shop's own can get a ticket."""
    if target is Target.CROSSED:
        return None
    side = target_side(world, who, target)
    ticket_id = world.side(who).tickets["received"].public_id
    email = side.agent.email if side else "nobody@example.com"
    return Ask({"public_id": ticket_id}, {"assignee": email})
