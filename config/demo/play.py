"""Play the stories in the order of time, each step by the real action, as history."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType

from common import deliveries, leases
from common.domain.actors import Actor
from common.models import Event, User
from config.demo.goods import GOODS
from config.demo.shop import CARRIERS, Shop
from config.demo.staff import BY
from config.demo.story import Act, Step, Story
from feedback.actions import invitations, responses
from orders import executor
from orders.actions import refunds, selling
from orders.models import Order, OrderLine, Refund
from tickets.actions import conversation, deadlines, decisions, desk, opening
from tickets.actions.calendars import seoul_day
from tickets.actions.decisions import Refusal, Wanted
from tickets.actions.opening import Contact, Wish
from tickets.domain.events import TicketEvent
from tickets.domain.states import Status, Verb
from tickets.models import BuyerRequest, Ticket

ORDERED_BEFORE = timedelta(hours=7)
LOST_ANSWERS = 3
_GOODS = {good.sku: good for good in GOODS}


@dataclass(slots=True)
class Case:
    """A story while it is played."""

    story: Story
    shop: Shop
    people: Mapping[str, User]
    request: BuyerRequest | None = None

    @property
    def ticket(self) -> Ticket:
        """Return the ticket it is about now: after a conversion the return."""
        if self.request is None:
            raise LookupError("a story begins with what the buyer asks")
        return self.request.tickets.select_related("claim").latest("id")

    def staff(self, step: Step) -> Actor:
        """Return the member of staff who takes the step."""
        return Actor.staff(self.people[step.who].pk)

    def who(self, step: Step) -> Actor:
        """Return who takes the step: staff where it names somebody, else the buyer."""
        return self.staff(step) if step.who else Actor.buyer()


def play(stories: Iterable[Story], shop: Shop, people: Mapping[str, User]) -> None:
    """Play all stories together; deadlines fire as they pass."""
    moments = []
    for n, story in enumerate(stories):
        case = Case(story, shop, people)
        moments += [(_moment(shop, step), n, case, step) for step in story.steps]
    moments.sort(key=lambda entry: entry[:2])
    for at, _, case, step in moments:
        deadlines.fire_due(at=at)
        ACTS[step.act](case, step, at)
    deadlines.fire_due(at=shop.past.now)


def _moment(shop: Shop, step: Step) -> datetime:
    if isinstance(step.ago, timedelta):
        return shop.past.now - step.ago
    return shop.past.ago(step.ago)


def _order(case: Case, at: datetime) -> Order:
    units = [(_GOODS[sku], n) for sku, n in case.story.bought]
    return case.shop.place(units, at=at - ORDERED_BEFORE, by_phone=case.story.by_phone)


def _contact(case: Case) -> Contact:
    return Contact(locale=case.story.locale, source=case.story.source)


def _ask_for(case: Case, step: Step, at: datetime) -> None:
    order = _order(case, at)
    lines = list(order.lines.order_by("id"))
    case.request = opening.open_request(
        order=order,
        wishes=[Wish(lines[w.line].pk, w.units, w.reason, w.details) for w in case.story.wanted],
        contact=_contact(case),
        by=case.who(step),
        at=at,
    )


def _inquire(case: Case, step: Step, at: datetime) -> None:
    subject = step.text.partition("?")[0][:60]
    case.request = opening.open_inquiry(
        order=_order(case, at), subject=subject, body=step.text, contact=_contact(case),
        by=Actor.buyer(), at=at,
    )  # fmt: skip


def _take(case: Case, step: Step, at: datetime) -> None:
    desk.take(ticket_id=case.ticket.pk, by=case.staff(step), at=at)


def _assign(case: Case, step: Step, at: datetime) -> None:
    to = case.people[step.text].pk
    desk.assign(ticket_id=case.ticket.pk, user_id=to, by=case.staff(step), at=at)


def _reply(case: Case, step: Step, at: datetime) -> None:
    conversation.reply(ticket_id=case.ticket.pk, body=step.text, by=case.staff(step), at=at)


def _note(case: Case, step: Step, at: datetime) -> None:
    conversation.note(ticket_id=case.ticket.pk, body=step.text, by=case.staff(step), at=at)


def _question(case: Case, step: Step, at: datetime) -> None:
    conversation.ask(ticket_id=case.ticket.pk, body=step.text, by=case.staff(step), at=at)


def _buyer(case: Case, step: Step, at: datetime) -> None:
    conversation.buyer_writes(ticket_id=case.ticket.pk, body=step.text, at=at)


def _approve(case: Case, step: Step, at: datetime) -> None:
    decisions.approve(ticket_id=case.ticket.pk, by=case.staff(step), at=at)


def _propose(case: Case, step: Step, at: datetime) -> None:
    wanted = Wanted(Verb.APPROVE, note=step.text)
    decisions.propose(wanted, ticket_id=case.ticket.pk, by=case.staff(step), at=at)


def _propose_refusal(case: Case, step: Step, at: datetime) -> None:
    wanted = Wanted(Verb.REFUSE, Refusal(step.ground, step.text))
    decisions.propose(wanted, ticket_id=case.ticket.pk, by=case.staff(step), at=at)


def _decline(case: Case, step: Step, at: datetime) -> None:
    decisions.decline(ticket_id=case.ticket.pk, note=step.text, by=case.staff(step), at=at)


def _refuse(case: Case, step: Step, at: datetime) -> None:
    refusal = Refusal(step.ground, step.text) if step.ground else None
    decisions.refuse(ticket_id=case.ticket.pk, refusal=refusal, by=case.staff(step), at=at)


def _withdraw(case: Case, step: Step, at: datetime) -> None:
    desk.withdraw(ticket_id=case.ticket.pk, by=Actor.buyer(), at=at)


def _reopen(case: Case, step: Step, at: datetime) -> None:
    desk.reopen(ticket_id=case.ticket.pk, by=Actor.buyer(), at=at)
    if step.text:
        _buyer(case, step, at)


def _refund(case: Case) -> Refund:
    return Refund.objects.live().get(claim=case.ticket.the_claim)


def _pay(case: Case, step: Step, at: datetime) -> None:
    refund = _refund(case)
    executor.execute(refund, at=at)
    deliveries.deliver_own(subject=refund)


def _lose(case: Case, step: Step, at: datetime) -> None:
    """Let workers die while they send, until a person has to look."""
    refund = _refund(case)
    for _ in range(LOST_ANSWERS):
        _take_over(refund)
        refunds.begin_sending(refund_id=refund.pk, fence=refund.fence, before={}, at=at)
        refunds.mark_unknown(refund_id=refund.pk, fence=refund.fence)
    _take_over(refund)
    executor.advance(refund, moment=at)


def _take_over(refund: Refund) -> None:
    """Take the lease as another worker does once it has run out."""
    refund.refresh_from_db()
    if not leases.take(refund, now=refund.lease_until or leases.db_now()):
        raise RuntimeError("somebody else works on the refund of a demo that is being made")


def _ship(case: Case, step: Step, at: datetime) -> None:
    line = OrderLine.objects.get(pk=case.ticket.the_claim.line_id)
    selling.dispatch(
        line_id=line.pk, carrier=CARRIERS[0], tracking=f"{7_000_000_000 + line.pk}", by=BY, at=at
    )


def _accept_return(case: Case, step: Step, at: datetime) -> None:
    desk.accept_return(ticket_id=case.ticket.pk, by=case.staff(step), at=at)


def _goods_back(case: Case, step: Step, at: datetime) -> None:
    desk.goods_back(ticket_id=case.ticket.pk, on=seoul_day(at), by=case.staff(step), at=at)


def _resolve(case: Case, step: Step, at: datetime) -> None:
    desk.resolve(ticket_id=case.ticket.pk, by=case.staff(step), at=at)


def _rate(case: Case, step: Step, at: datetime) -> None:
    """The buyer answers what the status page asks after a refund."""
    ticket, request = case.ticket, case.request
    if request is None or ticket.status != Status.REFUNDED:
        raise LookupError("only a refund is rated")
    resolution = Event.objects.about(request).get(name=TicketEvent.REQUEST_RESOLVED)
    invitation = invitations.invite(
        resolution=resolution, ticket=ticket, by=BY, at=resolution.happened_at
    )
    if invitation is None:
        raise LookupError("this request was rated before")
    answers = {1: str(step.stars), 2: step.text}
    responses.submit(invitation_id=invitation.pk, answers=answers, by=Actor.buyer(), at=at)


ACTS: Mapping[Act, Callable[[Case, Step, datetime], None]] = MappingProxyType(
    {
        Act.ASK_FOR: _ask_for,
        Act.INQUIRE: _inquire,
        Act.TAKE: _take,
        Act.ASSIGN: _assign,
        Act.REPLY: _reply,
        Act.NOTE: _note,
        Act.QUESTION: _question,
        Act.BUYER: _buyer,
        Act.APPROVE: _approve,
        Act.PROPOSE: _propose,
        Act.PROPOSE_REFUSAL: _propose_refusal,
        Act.DECLINE: _decline,
        Act.REFUSE: _refuse,
        Act.WITHDRAW: _withdraw,
        Act.REOPEN: _reopen,
        Act.PAY: _pay,
        Act.LOSE: _lose,
        Act.SHIP: _ship,
        Act.ACCEPT_RETURN: _accept_return,
        Act.GOODS_BACK: _goods_back,
        Act.RESOLVE: _resolve,
        Act.RATE: _rate,
    }
)
