"""Codes in the buyer's words: details, reasons, refusals. No jargon reaches a page."""

from collections.abc import Mapping
from types import MappingProxyType

from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from common.errors import Refused
from common.problems import say
from orders.domain.reasons import REASONS, Detail, DetailMissing, ReasonCode
from tickets.actions.conversation import TicketClosed
from tickets.domain.states import TRAITS, IllegalTransition, NotAllowed, Status

DETAILS: Mapping[Detail, object] = MappingProxyType(
    {
        Detail.DESCRIPTION: _("What happened?"),
        Detail.WANTED_OPTION: _("Which option or item did you want?"),
        Detail.RECEIVED_OPTION: _("Which one did you receive?"),
    }
)


def language() -> str:
    """Return the language of the page."""
    return get_language() or "ko"


def status(code: str) -> str:
    """Return a status in words."""
    return TRAITS[Status(code)].label(language())


def reason(code: str) -> str:
    """Return a reason in words."""
    return REASONS[ReasonCode(code)].label(language())


def detail(code: str) -> str:
    """Return the question that asks for a detail."""
    return str(DETAILS[Detail(code)])


def details(given: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return what was filled in for a reason, with the question it answers."""
    return [(detail(d), given[d.value]) for d in Detail if given.get(d.value)]


def said(refusal: Refused) -> str:
    """Return a refusal in words a buyer understands."""
    known = refusal.facts.get("status")
    if isinstance(refusal, IllegalTransition | NotAllowed):
        if known in Status.__members__:
            return gettext("This is not possible any more. The request is now: %(status)s.") % {
                "status": status(str(known))
            }
        return gettext("This is not possible any more.")
    if isinstance(refusal, TicketClosed):
        return gettext("This request is closed (%(status)s). Please ask a new question.") % {
            "status": status(str(known))
        }
    if isinstance(refusal, DetailMissing):
        wanted = str(refusal.facts["fields"]).split(", ")
        labels = ", ".join(detail(field) for field in wanted)
        return gettext("Please also fill in: %(fields)s") % {"fields": labels}
    return say(refusal)
