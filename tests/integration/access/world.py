"""Two shops with the same things in each, and a key of every kind for everybody."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from http.cookies import SimpleCookie
from typing import Any

from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from common import deliveries
from common.domain.actors import Actor
from common.models import Calendar, OutboundMail, User
from feedback.actions import responses
from feedback.models import Invitation
from orders import executor
from orders.models import Order, Product, Role, Store
from tests.factories.cast import Cast, make_cast, open_ticket, staff
from tests.factories.courses import draft, published, wrong_answers
from tests.factories.rows import (
    MembershipFactory,
    OrderLineFactory,
    ProductFactory,
    UserFactory,
)
from tests.integration.access.roles import AWAY, BUYERS, STAFF, Target, Who
from tickets.actions import api_tokens, conversation, decisions, keys, opening, proving
from tickets.actions.decisions import Refusal, Wanted
from tickets.actions.opening import Contact
from tickets.domain.states import Verb
from tickets.models import (
    ApiToken,
    AutoRule,
    BuyerToken,
    CannedResponse,
    DecisionPolicy,
    SLAPolicy,
    Ticket,
)
from training.actions import assignments, attempts
from training.domain.due import day_of
from training.models import Assignment

NOWHERE = 999_999
POLICIES = (SLAPolicy, DecisionPolicy, AutoRule, CannedResponse)
REFUSAL = Refusal("USED_UP", "사용한 상품은 취소할 수 없습니다.")


@dataclass(slots=True)
class Side:
    """One shop: its people, its things, and words that only its people may read."""

    store: Store
    order: Order
    product: Product
    agent: User
    lead: User
    second: User
    trainer: User
    tickets: dict[str, Ticket] = field(default_factory=dict)
    link: str = ""
    expired_link: str = ""
    response_id: int = 0
    policies: dict[str, int] = field(default_factory=dict)

    @property
    def marks(self) -> set[str]:
        """Words that betray the side's things."""
        numbers = {ticket.number for ticket in self.tickets.values()}
        return numbers | {self.order.number, self.product.name}


@dataclass(slots=True)
class World:
    """Both sides, the people by role, and their keys."""

    home: Side
    away: Side
    people: dict[Who, User]
    courses: dict[str, int]
    # By user; and by role the digest of the API token.
    assignments: dict[int, int] = field(default_factory=dict)
    tokens: dict[Who, str] = field(default_factory=dict)
    mail: int = 0
    cookies: dict[Who, SimpleCookie] = field(default_factory=dict)
    headers: dict[Who, dict[str, str]] = field(default_factory=dict)

    def side(self, who: Who) -> Side:
        """Return the shop that somebody belongs to."""
        return self.away if who in AWAY else self.home

    def other_side(self, who: Who) -> Side:
        """Return the shop that is foreign to somebody."""
        return self.home if who in AWAY else self.away

    def forbidden_marks(self, who: Who) -> set[str]:
        """Return the words that must stand in no answer to somebody."""
        personal = {
            value
            for side in (self.home, self.away)
            for value in (side.order.phone, side.order.email, side.order.address)
        }
        if who in BUYERS | STAFF:
            return personal | self.other_side(who).marks
        return personal | self.home.marks | self.away.marks


def make_world() -> World:
    """Make both shops and everybody's keys."""
    cast = make_cast()
    home = _side(cast.store, cast.order, "마포 마우스", cast)
    away = _side(cast.other_store, cast.other_order, "해운대 튜브", cast)
    people = {
        Who.AGENT: cast.agent,
        Who.OTHER_AGENT: cast.other_agent,
        Who.LEAD: cast.lead,
        Who.TRAINER: cast.trainer,
        Who.MANAGER: cast.manager,
        Who.OPERATOR: cast.operator,
        Who.GONE: _person(cast.store, Role.AGENT),
    }
    away.store.calendar = _calendar_like(home.store.calendar)
    away.store.save()
    for side in (home, away):
        _fill(side)
    world = World(home, away, people, _courses(home, away, people))
    _give_keys(world)
    mail = OutboundMail.objects.filter(to=home.order.email).order_by("pk").first()
    OutboundMail.objects.filter(pk=mail.pk).update(state=OutboundMail.State.PARKED)
    world.mail = mail.pk
    return world


def _person(store: Store, role: str) -> User:
    user = UserFactory()
    MembershipFactory(user=user, store=store, role=role)
    return user


def _side(store: Store, order: Order, product: str, cast: Cast) -> Side:
    is_home = store == cast.store
    return Side(
        store=store,
        order=order,
        product=ProductFactory(store=store, name=product, tracks_stock=True, on_hand=9),
        agent=cast.agent if is_home else cast.other_agent,
        lead=cast.lead if is_home else _person(store, Role.LEAD),
        second=cast.lead2 if is_home else _person(store, Role.LEAD),
        trainer=cast.trainer if is_home else _person(store, Role.TRAINER),
    )


def _fill(side: Side) -> None:
    """Bring tickets of the buyer's order into the states that the rows need."""
    for name, into in STATES.items():
        line = OrderLineFactory(
            order=side.order,
            product=side.product,
            line_key=f"{side.store.slug}-{name}",
            option="빨강",
        )
        side.tickets[name] = into(side, open_ticket(line, at=timezone.now()))
    OrderLineFactory(order=side.order, product=side.product, line_key=f"{side.store.slug}-free")
    side.tickets["inquiry"] = _inquiry(side)
    executor.run_due()
    deliveries.deliver_all()
    _rate(side)
    now = timezone.now()
    side.link = proving.make_link(order=side.order, by=staff(side.agent), at=now).token
    ended = now - timedelta(days=9)
    side.policies = {model._meta.model_name: _policy(model, side.store) for model in POLICIES}
    side.expired_link = proving.make_link(order=side.order, by=staff(side.agent), at=ended).token


def _calendar_like(calendar: Calendar) -> Calendar:
    """Return the same business hours under another name."""
    version = calendar.versions.get()
    copy = Calendar.objects.create(code="haeundae", name="해운대 영업시간")
    version.pk, version.calendar = None, copy
    version.save(force_insert=True)
    return copy


def _policy(model: Any, store: Store) -> int:
    code = f"{store.slug}-{model._meta.model_name}"
    return model.objects.create(code=code, name=code, store=store).pk


def _waiting(side: Side, ticket: Ticket) -> Ticket:
    conversation.ask(ticket_id=ticket.pk, body="언제요?", by=staff(side.agent), at=timezone.now())
    return ticket


def _proposed(side: Side, ticket: Ticket) -> Ticket:
    decisions.propose(
        Wanted(Verb.REFUSE, REFUSAL), ticket_id=ticket.pk, by=staff(side.second), at=timezone.now()
    )
    return ticket


def _own_proposal(side: Side, ticket: Ticket) -> Ticket:
    decisions.propose(
        Wanted(Verb.REFUSE, REFUSAL), ticket_id=ticket.pk, by=staff(side.agent), at=timezone.now()
    )
    return ticket


def _refused(side: Side, ticket: Ticket) -> Ticket:
    decisions.refuse(ticket_id=ticket.pk, refusal=REFUSAL, by=staff(side.agent), at=timezone.now())
    return ticket


def _approved(side: Side, ticket: Ticket) -> Ticket:
    decisions.approve(ticket_id=ticket.pk, by=staff(side.agent), at=timezone.now())
    return ticket


STATES: Mapping[str, Callable[[Side, Ticket], Ticket]] = {
    "received": lambda side, ticket: ticket,
    "waiting": _waiting,
    "proposed": _proposed,
    "own proposal": _own_proposal,
    "refused": _refused,
    "refunded": _approved,
    "rated": _approved,
}


def _inquiry(side: Side) -> Ticket:
    return opening.open_inquiry(
        order=side.order,
        subject="언제 오나요",
        body="궁금합니다.",
        contact=Contact(),
        by=Actor.buyer(),
        at=timezone.now(),
    ).tickets.get()


def _rate(side: Side) -> None:
    invitation = Invitation.objects.get(request=side.tickets["rated"].request)
    side.response_id = responses.submit(
        invitation_id=invitation.pk,
        answers={1: "4", 2: ""},
        by=Actor.buyer(),
        at=timezone.now(),
    ).pk


def _courses(home: Side, away: Side, people: Mapping[Who, User]) -> dict[str, int]:
    """Write courses; send everybody to one: a failed attempt and an open one each."""
    version = published(home.trainer)
    learners = {user.pk for who, user in people.items() if who is not Who.GONE}
    for trainer, ids in (
        (home.trainer, learners - {away.agent.pk}),
        (away.trainer, {away.agent.pk}),
    ):
        made = assignments.assign(
            course_id=version.course_id,
            user_ids=sorted(ids),
            due_on=day_of(timezone.now()) + timedelta(days=7),
            by=staff(trainer),
            at=timezone.now(),
        )
        for assignment in made:
            _try(assignment, wrong_answers(version))
    return {"published": version.pk, "draft": draft(home.trainer, title="초안").pk}


def _try(assignment: Assignment, answers: dict[int, frozenset[int]]) -> None:
    by, now = staff(assignment.user), timezone.now()
    first = attempts.begin(assignment_id=assignment.pk, by=by, at=now)
    attempts.submit(assignment_id=assignment.pk, n=first.n, answers=answers, by=by, at=now)
    attempts.begin(assignment_id=assignment.pk, by=by, at=now)


def _give_keys(world: World) -> None:
    world.assignments = dict(Assignment.objects.values_list("user_id", "pk"))
    for who in Who:
        world.cookies[who] = SimpleCookie()
        world.headers[who] = {}
    for who in BUYERS:
        _as_buyer(world, who)
    for who, user in world.people.items():
        _as_staff(world, who, user)
    User.objects.filter(pk=world.people[Who.GONE].pk).update(is_active=False)


def _as_buyer(world: World, who: Who) -> None:
    """Open the seller's link, choose the free line and give a reason; hold an API key too."""
    side, client = world.side(who), Client()
    client.get(f"/o/{side.link}/")
    place = side.order.lines.count()
    client.post("/order/cancel/", {f"pick-{place}": "on", f"quantity-{place}": "1"})
    client.post("/order/cancel/why/1/", {"reason": "CHANGED_MIND"})
    world.cookies[who] = client.cookies
    ends_at = timezone.now() + timedelta(hours=1)
    key = proving._key(side.order, BuyerToken.Purpose.ORDER, ends_at)
    world.headers[who] = {"Authorization": f"Buyer {key.token}"}


def _as_staff(world: World, who: Who, user: User) -> None:
    """Sign in, and make a token while being an agent: roles may change after that."""
    client = Client()
    client.force_login(user)
    world.cookies[who] = client.cookies
    store = world.side(who).store
    extra = None if who is not Who.TRAINER else MembershipFactory(user=user, store=store)
    token = api_tokens.make(
        user=user, stores=[store], scopes=api_tokens.SCOPES, name="matrix",
        expires_at=timezone.now() + timedelta(days=1),
    )  # fmt: skip
    if extra is not None:
        extra.delete()
    world.tokens[who] = ApiToken.objects.get(user=user).pk
    world.headers[who] = {"Authorization": f"Token {token}"}


def draft_key(who: Who, world: World) -> str:
    """Return the key that the last page of the buyer's draft shows."""
    cookie = next(iter(world.cookies[who].values()), None)
    row = Session.objects.filter(pk=cookie.value).first() if cookie else None
    kept: dict[str, Any] = row.get_decoded() if row else {}
    return kept.get("buyer.draft", {}).get("key", "")


def status_token(side: Side) -> str:
    """Return the token of the status page of a request."""
    return keys.status_token(side.tickets["received"].request.public_id)


def target_side(world: World, who: Who, target: Target) -> Side | None:
    """Return the shop whose thing is asked for; None for what is nowhere."""
    if target is Target.MISSING:
        return None
    return world.other_side(who) if target is Target.FOREIGN else world.side(who)
