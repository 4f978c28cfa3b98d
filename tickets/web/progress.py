"""Where a request stands, in the buyer's words: what happened, what comes next and by when."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from types import MappingProxyType

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common.models import Event
from orders.actions import refunds
from orders.domain.channels import capabilities
from orders.domain.grounds import GROUNDS, Ground, GroundCode
from orders.domain.refunds import NothingToRefund, RefundState
from orders.domain.statutes import REFUND_ARTICLES, RefundCase
from orders.models import Refund
from tickets.actions import policies
from tickets.actions.calendars import seoul_day
from tickets.domain.clocks import ClockKind
from tickets.domain.events import TicketEvent
from tickets.domain.states import DECIDABLE, Kind, Party, Status, Verb, verbs_from
from tickets.models import BuyerRequest, Clock, Message, Ticket
from tickets.web import words

E, S = TicketEvent, Status
STEPS: Mapping[str, object] = MappingProxyType(
    {
        E.OPENED: _("Received"),
        E.TAKEN: _("In review"),
        E.ASKED: _("The shop asked you something"),
        E.BUYER_REPLIED: _("You answered"),
        E.WAITING_STOPPED: _("The review goes on"),
        E.RETURN_ACCEPTED: _("Return accepted: please send the goods back"),
        E.GOODS_CAME_BACK: _("The goods are back at the shop"),
        E.GOODS_WENT_MISSING: _("The review goes on"),
        E.APPROVED: _("Approved"),
        E.ACCEPTED_ELSEWHERE: _("Approved"),
        E.REFUSED: _("Refused"),
        E.REFUNDED: _("Refunded"),
        E.WITHDRAWN: _("Withdrawn: you keep the order"),
        E.CONVERTED: _("The parcel had left: this goes on as a return"),
        E.FORCED: _("Cancelled by the marketplace"),
        E.REFUND_REFUSED: _("In review again"),
        E.UNDONE: _("In review again"),
        E.REOPENED: _("Taken up again"),
        E.RESOLVED: _("Answered"),
    }
)
NO_MONEY = frozenset({S.REFUSED, S.WITHDRAWN, S.CONVERTED, S.FORCED})
ENDED = frozenset({RefundState.VOID, RefundState.REFUSED})


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the timeline: a past moment, or what is to come and by when."""

    text: object
    at: datetime | None = None
    on: date | None = None
    article: str = ""
    is_coming: bool = False
    is_late: bool = False


@dataclass(frozen=True, slots=True)
class TicketView:
    """One ticket as its buyer sees it."""

    ticket: Ticket
    reason: str
    details: list[tuple[str, str]]
    amount: int | None
    steps: list[Step]
    messages: list[Message]
    # Why it was refused, with the words of the shop.
    ground: Ground | None
    refusal: str
    can_withdraw: bool
    can_reopen: bool
    can_answer: bool
    is_waiting_for_buyer: bool


@dataclass(frozen=True, slots=True)
class _Facts:
    """The rows behind all tickets of a request, read in one query each."""

    events: Mapping[int, list[Event]]
    messages: Mapping[int, list[Message]]
    clocks: Mapping[int, dict[str, Clock]]
    asks_here: bool
    reopen_for: timedelta


def of_request(buyer_request: BuyerRequest, *, at: datetime) -> list[TicketView]:
    """Return every ticket of the request, oldest first."""
    tickets = list(
        Ticket.objects.filter(request=buyer_request)
        .select_related("store", "claim__line__product")
        .prefetch_related("claim__refunds")
        .order_by("id")
    )
    facts = _facts(buyer_request, tickets)
    return [_view(ticket, facts, at) for ticket in tickets]


def _facts(buyer_request: BuyerRequest, tickets: Sequence[Ticket]) -> _Facts:
    ids = [ticket.pk for ticket in tickets]
    happened = Event.objects.filter(
        subject_type=Ticket._meta.label_lower, subject_id__in=ids, name__in=list(STEPS)
    ).order_by("id")
    said = Message.objects.public().filter(ticket__in=ids).order_by("id")
    clocks: dict[int, dict[str, Clock]] = defaultdict(dict)
    for clock in Clock.objects.filter(Q(ticket__in=ids), stopped_at=None):
        clocks[clock.ticket_id][clock.kind] = clock
    store = buyer_request.store
    return _Facts(
        events=_grouped(happened, "subject_id"),
        messages=_grouped(said, "ticket_id"),
        clocks=clocks,
        asks_here=capabilities(store.channel).buyer_asks_here,
        reopen_for=timedelta(days=policies.decision_for(store).reopen_days),
    )


def _grouped(rows: Iterable, key: str) -> dict[int, list]:
    groups: dict[int, list] = defaultdict(list)
    for row in rows:
        groups[getattr(row, key)].append(row)
    return groups


def _view(ticket: Ticket, facts: _Facts, at: datetime) -> TicketView:
    status = Status(ticket.status)
    messages = facts.messages.get(ticket.pk, [])
    verbs = verbs_from(Kind(ticket.kind), status, frozenset({Party.BUYER}))
    in_time = ticket.closed_at is None or at <= ticket.closed_at + facts.reopen_for
    may = facts.asks_here and ticket.kind != Kind.INQUIRY
    return TicketView(
        ticket=ticket,
        reason=words.reason(ticket.claim.reason) if ticket.claim else "",
        details=words.details(ticket.claim.details) if ticket.claim else [],
        amount=_amount(ticket, status),
        steps=[*_past(facts.events.get(ticket.pk, [])), *_coming(ticket, status, facts, at)],
        messages=messages,
        ground=_ground(ticket, status),
        refusal=_refusal_text(messages) if status is S.REFUSED else "",
        can_withdraw=may and Verb.WITHDRAW in verbs and _not_sent(ticket, status),
        can_reopen=may and Verb.REOPEN in verbs and in_time,
        can_answer=ticket.is_open or (status is S.RESOLVED and in_time),
        is_waiting_for_buyer=status is S.WAITING_BUYER,
    )


def _past(happened: Iterable[Event]) -> list[Step]:
    return [Step(STEPS[event.name], at=event.happened_at) for event in happened]


def _coming(ticket: Ticket, status: Status, facts: _Facts, at: datetime) -> list[Step]:
    clocks = facts.clocks.get(ticket.pk, {})
    if ticket.kind == Kind.INQUIRY:
        return _coming_reply(status, clocks, at)
    if not ticket.is_open:
        return []
    steps: list[Step] = []
    if status is S.WAITING_BUYER:
        steps.append(Step(_("Your answer"), is_coming=True))
    if status is S.WAITING_GOODS:
        steps.append(Step(_("The goods come back to the shop"), is_coming=True))
    if status is not S.APPROVED:
        steps.append(_by(_("Decision"), clocks.get(ClockKind.DECISION), at))
    return [*steps, _refund_step(clocks.get(ClockKind.STATUTE), ticket)]


def _coming_reply(status: Status, clocks: Mapping[str, Clock], at: datetime) -> list[Step]:
    clock = clocks.get(ClockKind.FIRST_REPLY) or clocks.get(ClockKind.NEXT_REPLY)
    if status not in DECIDABLE or clock is None:
        return []
    return [_by(_("Reply from the shop"), clock, at)]


def _by(text: object, clock: Clock | None, at: datetime) -> Step:
    due_at = clock.due_at if clock else None
    return Step(text, at=due_at, is_coming=True, is_late=due_at is not None and due_at < at)


def _refund_step(statute: Clock | None, ticket: Ticket) -> Step:
    if statute is None or statute.due_at is None:
        text = _("Refund within three business days after the goods are back")
        article = REFUND_ARTICLES[RefundCase.GOODS_RETURNED]
        return Step(text, article=article if ticket.kind == Kind.RETURN else "", is_coming=True)
    # Due at 24:00: the last day is the one before that midnight.
    on = seoul_day(statute.due_at - timedelta(seconds=1))
    return Step(_("Refund"), on=on, article=statute.article, is_coming=True)


def _amount(ticket: Ticket, status: Status) -> int | None:
    """Return what was or would be given back; None where no money moves."""
    if ticket.claim is None or status in NO_MONEY:
        return None
    live = [r for r in _refunds(ticket) if r.state not in ENDED]
    if live:
        return live[-1].amount + live[-1].delivery_amount
    try:
        return refunds.expected_amount(ticket.claim)
    except NothingToRefund:
        return None


def _refunds(ticket: Ticket) -> list[Refund]:
    """Return the claim's refunds, oldest first, from what was read beforehand."""
    return sorted(ticket.claim.refunds.all(), key=lambda refund: refund.pk) if ticket.claim else []


def _not_sent(ticket: Ticket, status: Status) -> bool:
    """A refund under way cannot be called back (the write asks again, under the lock)."""
    if status is not S.APPROVED:
        return True
    return any(refund.state == RefundState.PLANNED for refund in _refunds(ticket))


def _ground(ticket: Ticket, status: Status) -> Ground | None:
    if status is not S.REFUSED or ticket.refusal_ground not in GroundCode.__members__:
        return None
    return GROUNDS[GroundCode(ticket.refusal_ground)]


def _refusal_text(messages: Sequence[Message]) -> str:
    """Return the words that came with the refusal: the shop's last."""
    from_shop = [message.body for message in messages if message.user_id is not None]
    return from_shop[-1] if from_shop else ""
