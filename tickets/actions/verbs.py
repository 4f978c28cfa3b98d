"""One door for pages and API: which verbs somebody may use on a ticket now, and doing one."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType

from django.db import transaction

from common.domain.actors import Actor
from common.errors import Refused, gettext_noop
from orders.domain.refunds import NothingToRefund
from orders.models import Refund
from tickets import locks
from tickets.actions import authority, conversation, decisions, desk
from tickets.actions.decisions import Refusal, Wanted
from tickets.domain import approvals, states
from tickets.domain.states import Kind, Party, Status, Verb
from tickets.models import Ticket


class TermsMissing(Refused):
    """The verb needs a field that was not given."""

    code = "terms_missing"
    wording = gettext_noop("'%(verb)s' needs '%(field)s'.")
    status = 400


@dataclass(frozen=True, slots=True)
class Terms:
    """What a verb may need beside the ticket; each takes what it knows and ignores the rest."""

    text: str = ""
    ground: str = ""
    note: str = ""
    decision: str = Verb.APPROVE.value
    on: date | None = None
    canned_version_id: int | None = None
    # The ticket's version as the person saw it; None skips the comparison.
    seen_version: int | None = None


@dataclass(frozen=True, slots=True)
class Call:
    """One verb on one ticket by one actor at one moment."""

    ticket_id: int
    by: Actor
    at: datetime
    terms: Terms

    def base(self) -> dict:
        """Return the keywords that every action takes."""
        return {"ticket_id": self.ticket_id, "by": self.by, "at": self.at}

    def refusal(self) -> Refusal | None:
        """Return the refusal's terms, None when none were given."""
        terms = self.terms
        return Refusal(terms.ground, terms.text) if terms.ground or terms.text else None


def _approve(call: Call) -> object:
    return decisions.approve(**call.base(), seen_version=call.terms.seen_version)


def _refuse(call: Call) -> object:
    return decisions.refuse(
        **call.base(), refusal=call.refusal(), seen_version=call.terms.seen_version
    )


def _propose(call: Call) -> object:
    try:
        decision = Verb(call.terms.decision)
    except ValueError:
        raise TermsMissing(verb="propose", field="decision") from None
    if decision not in (Verb.APPROVE, Verb.REFUSE):
        raise TermsMissing(verb="propose", field="decision")
    return decisions.propose(
        Wanted(decision, call.refusal(), call.terms.note),
        **call.base(),
        seen_version=call.terms.seen_version,
    )


def _ask(call: Call) -> object:
    return conversation.ask(
        **call.base(), body=call.terms.text, canned_version_id=call.terms.canned_version_id
    )


def _goods_back(call: Call) -> object:
    if call.terms.on is None:
        raise TermsMissing(verb="goods_back", field="on")
    return desk.goods_back(**call.base(), on=call.terms.on)


ACTIONS: Mapping[Verb, Callable[[Call], object]] = MappingProxyType(
    {
        Verb.TAKE: lambda call: desk.take(**call.base()),
        Verb.ASK: _ask,
        Verb.STOP_WAITING: lambda call: desk.stop_waiting(**call.base()),
        Verb.APPROVE: _approve,
        Verb.REFUSE: _refuse,
        Verb.PROPOSE: _propose,
        Verb.DECLINE: lambda call: decisions.decline(**call.base(), note=call.terms.note),
        Verb.RECALL: lambda call: decisions.recall(**call.base()),
        Verb.ACCEPT_RETURN: lambda call: desk.accept_return(**call.base()),
        Verb.GOODS_BACK: _goods_back,
        Verb.GOODS_MISSING: lambda call: desk.goods_missing(**call.base()),
        Verb.WITHDRAW: lambda call: desk.withdraw(**call.base()),
        Verb.REOPEN: lambda call: desk.reopen(**call.base()),
        Verb.RESOLVE: lambda call: desk.resolve(**call.base()),
    }
)


@transaction.atomic
def perform(*, ticket_id: int, verb: Verb, by: Actor, at: datetime, terms: Terms) -> Ticket:
    """Do one verb and return the ticket as it is afterwards, or refuse.

    A version that was seen is compared under the lock, whatever the verb.
    """
    action = ACTIONS.get(verb)
    if action is None:
        raise states.NotAllowed(verb=verb.value)
    if terms.seen_version is not None:
        decisions.require_version(locks.lock_ticket(ticket_id), terms.seen_version)
    action(Call(ticket_id=ticket_id, by=by, at=at, terms=terms))
    return Ticket.objects.for_queue().get(pk=ticket_id)


def offered(ticket: Ticket, by: Actor) -> list[Verb]:
    """Return the verbs a page offers to this actor: the table's, within their limit.

    Only a convenience for the reader: the write asks the same questions again under the lock.
    """
    parties = authority.parties_of(by, ticket)
    found = states.verbs_from(Kind(ticket.kind), Status(ticket.status), parties)
    found = [verb for verb in found if verb in ACTIONS]
    if Verb.PROPOSE in found and Verb.APPROVE in found and not _may_alone(ticket, parties):
        found.remove(Verb.APPROVE)
    if Verb.WITHDRAW in found and ticket.status == Status.APPROVED and not _planned(ticket):
        found.remove(Verb.WITHDRAW)
    return found


def _may_alone(ticket: Ticket, parties: frozenset[Party]) -> bool:
    try:
        return approvals.may_alone(decisions.needed_for(ticket), parties)
    except NothingToRefund:
        return False


def _planned(ticket: Ticket) -> bool:
    return Refund.objects.filter(claim=ticket.claim, state="PLANNED").exists()
