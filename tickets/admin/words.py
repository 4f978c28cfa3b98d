"""Labels of tickets, clocks and verbs, and refusals with their facts in the reader's language."""

from datetime import datetime
from types import MappingProxyType

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from common.admin.words import end_of_day_words, locale, moment_words
from common.domain.money import format_money
from common.errors import Refused
from orders.domain.reasons import REASONS, ReasonCode
from tickets.domain.clocks import ClockKind
from tickets.domain.states import TRAITS, Kind, Status, Verb

KINDS = MappingProxyType(
    {
        Kind.CANCELLATION: _("Cancellation"),
        Kind.RETURN: _("Return"),
        Kind.INQUIRY: _("Inquiry"),
    }
)
CLOCKS = MappingProxyType(
    {
        ClockKind.FIRST_REPLY: _("First reply"),
        ClockKind.NEXT_REPLY: _("Next reply"),
        ClockKind.DECISION: _("Decision"),
        ClockKind.STATUTE: _("Refund by law"),
        ClockKind.DISPATCH: _("Dispatch"),
    }
)
VERBS = MappingProxyType(
    {
        Verb.TAKE: _("Start review"),
        Verb.ASK: _("Ask the buyer"),
        Verb.STOP_WAITING: _("Stop waiting"),
        Verb.APPROVE: _("Approve"),
        Verb.REFUSE: _("Refuse"),
        Verb.PROPOSE: _("Propose to another person"),
        Verb.DECLINE: _("Decline the proposal"),
        Verb.RECALL: _("Take the proposal back"),
        Verb.ACCEPT_RETURN: _("Let the goods be sent back"),
        Verb.GOODS_BACK: _("Goods are back"),
        Verb.GOODS_MISSING: _("Go on without the goods"),
        Verb.WITHDRAW: _("Withdraw"),
        Verb.UNDO: _("Undo the approval"),
        Verb.REOPEN: _("Reopen"),
        Verb.RESOLVE: _("Resolve"),
    }
)
# Refusals name these by other words than verbs.
_OTHER_ACTS = {"reply": _("Reply"), "note": _("Note"), "assign": _("Assign"), "link": _("Link")}


def status_label(status: str) -> str:
    """Return a status in the reader's language."""
    return TRAITS[Status(status)].label(locale())


def reason_label(code: str) -> str:
    """Return a reason in the reader's language."""
    return REASONS[ReasonCode(code)].label(locale())


def verb_label(code: str) -> str:
    """Return what a verb, or another act that a refusal names, is called."""
    if code in _OTHER_ACTS:
        return str(_OTHER_ACTS[code])
    try:
        return str(VERBS.get(Verb(code), code))
    except ValueError:
        return code


def clock_due_words(kind: str, due_at: datetime) -> str:
    """Return a due moment; the law's ends with its day, at 24:00."""
    return end_of_day_words(due_at) if kind == ClockKind.STATUTE else moment_words(due_at)


def say(refusal: Refused, currency: str = "KRW") -> str:
    """Return a refusal with its codes, moments and amounts as people read them."""
    facts = {name: _readable(name, value, currency) for name, value in refusal.facts.items()}
    return gettext(refusal.wording) % facts


def _readable(name: str, value: str | int, currency: str) -> str | int:
    if name == "status" and value in Status.__members__:
        return status_label(str(value))
    if name in ("verb", "proposed"):
        return verb_label(str(value))
    if name in ("amount", "limit") and isinstance(value, int):
        return format_money(value, currency)
    if name == "when":
        return _moment(str(value))
    return value


def _moment(text: str) -> str:
    try:
        return moment_words(datetime.fromisoformat(text))
    except ValueError:
        return text


def money_words(amount: int | None, currency: str) -> str:
    """Return an amount with its currency, a dash for none."""
    return "–" if amount is None else format_money(amount, currency)
