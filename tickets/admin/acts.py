"""What somebody may do with a ticket now, and reading what they filled in."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext

from common.domain.actors import Actor
from orders.domain.grounds import GROUNDS
from tickets.actions import verbs
from tickets.actions.verbs import Terms
from tickets.admin.words import VERBS, locale, verb_label
from tickets.domain.states import Kind, Status, Verb
from tickets.models import Proposal, Ticket

# Asking is a way of sending what is written in the conversation.
IN_CONVERSATION = frozenset({Verb.ASK})
PRIMARY = (Verb.APPROVE, Verb.PROPOSE, Verb.TAKE, Verb.RESOLVE)
WANTS = {
    Verb.REFUSE: ("ground", "text"),
    Verb.PROPOSE: ("decision", "ground", "text", "note"),
    Verb.DECLINE: ("note",),
    Verb.GOODS_BACK: ("on",),
}
ORDER = (
    Verb.TAKE, Verb.APPROVE, Verb.REFUSE, Verb.PROPOSE, Verb.DECLINE, Verb.RECALL,
    Verb.ACCEPT_RETURN, Verb.GOODS_BACK, Verb.GOODS_MISSING, Verb.STOP_WAITING,
    Verb.RESOLVE, Verb.REOPEN,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Act:
    """One button; with fields it opens a small form first."""

    verb: str
    label: str
    wants: tuple[str, ...]
    is_primary: bool
    is_danger: bool


def acts_for(ticket: Ticket, by: Actor, proposal: Proposal | None, amount: str) -> list[Act]:
    """Return the buttons for this person: what the table offers, and of a proposal that alone."""
    offered = [verb for verb in verbs.offered(ticket, by) if verb not in IN_CONVERSATION]
    if proposal is not None:
        other = {Verb.APPROVE, Verb.REFUSE} - {Verb(proposal.decision)}
        offered = [verb for verb in offered if verb not in other]
    known = sorted(offered, key=lambda verb: ORDER.index(verb) if verb in ORDER else len(ORDER))
    return [_act(verb, ticket, known, amount) for verb in known]


def may_ask(ticket: Ticket, by: Actor) -> bool:
    """Tell whether a question may be sent that the ticket then waits for."""
    return Verb.ASK in verbs.offered(ticket, by)


def _act(verb: Verb, ticket: Ticket, offered: Sequence[Verb], amount: str) -> Act:
    wants = WANTS.get(verb, ())
    # The second person confirms what was proposed and gives no terms of their own.
    if verb is Verb.REFUSE and ticket.status == Status.WAITING_APPROVAL:
        wants = ()
    primary = next((v for v in PRIMARY if v in offered), None)
    return Act(
        verb=verb.value,
        label=_label(verb, ticket, amount),
        wants=wants,
        is_primary=verb is primary,
        is_danger=verb in (Verb.REFUSE, Verb.DECLINE),
    )


def _label(verb: Verb, ticket: Ticket, amount: str) -> str:
    if verb is Verb.APPROVE and ticket.kind != Kind.INQUIRY:
        return gettext("Approve · refund %(amount)s") % {"amount": amount}
    return str(VERBS.get(verb, verb_label(verb.value)))


def decisions_to_propose(acts: Sequence[Act]) -> list[tuple[str, str]]:
    """Return what may be proposed: an approval only by those who may not simply approve."""
    decisions = [Verb.APPROVE, Verb.REFUSE]
    if any(act.verb == Verb.APPROVE for act in acts):
        decisions.remove(Verb.APPROVE)
    return [(verb.value, verb_label(verb.value)) for verb in decisions]


def grounds() -> list[tuple[str, str, str]]:
    """Return the lawful grounds: code, label, article."""
    return [(ground.code.value, ground.label(locale()), ground.article)
            for ground in GROUNDS.values()]  # fmt: skip


def terms_from(given: QueryDict) -> Terms:
    """Read the terms of a verb from a form; what cannot be read is absent."""
    return Terms(
        text=given.get("text", ""),
        ground=given.get("ground", ""),
        note=given.get("note", ""),
        decision=given.get("decision", Verb.APPROVE.value),
        on=_day(given.get("on", "")),
        canned_version_id=None,
        seen_version=whole(given.get("version", "")),
    )


def whole(text: Any) -> int | None:
    """Return a whole number written in a form, None when it is none."""
    text = str(text or "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 18 else None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
