"""Who may say yes: an agent alone, a lead, or two people. Limits in minor units."""

from dataclasses import dataclass
from enum import StrEnum

from common.errors import Refused, gettext_noop
from tickets.domain.states import Party


class Needed(StrEnum):
    """What a decision about an amount needs."""

    AGENT = "AGENT"
    LEAD = "LEAD"
    TWO_PEOPLE = "TWO_PEOPLE"


@dataclass(frozen=True, slots=True)
class Limits:
    """Up to `agent` an agent alone, up to `lead` a lead alone, above it two people."""

    agent: int
    lead: int


class NeedsLead(Refused):
    """Over the agent's limit; propose it instead."""

    code = "needs_lead"
    wording = gettext_noop(
        "%(amount)s is over what you may decide alone (%(limit)s). Propose it to a lead."
    )
    status = 403


class NeedsSecondPerson(Refused):
    """The policy asks two people; propose it instead."""

    code = "needs_second_person"
    wording = gettext_noop(
        "%(amount)s needs two people (over %(limit)s). Propose it, and another person approves."
    )
    status = 403


class NotNeeded(Refused):
    """A proposal where the person may simply decide."""

    code = "no_proposal_needed"
    wording = gettext_noop("You may decide this alone; no proposal is needed.")


def needed(amount: int, limits: Limits, *, second_person: bool) -> Needed:
    """Return what an approval of `amount` needs; a one-person shop never needs two."""
    if amount <= limits.agent:
        return Needed.AGENT
    if amount <= limits.lead or not second_person:
        return Needed.LEAD
    return Needed.TWO_PEOPLE


def may_alone(need: Needed, parties: frozenset[Party]) -> bool:
    """Tell whether somebody in these roles may approve without another person."""
    if need is Needed.AGENT:
        return bool(parties & {Party.AGENT, Party.LEAD})
    return need is Needed.LEAD and Party.LEAD in parties


def require_alone(
    amount: int, limits: Limits, parties: frozenset[Party], *, second_person: bool
) -> None:
    """Refuse an approval that needs a lead or a second person."""
    need = needed(amount, limits, second_person=second_person)
    if may_alone(need, parties):
        return
    if need is Needed.TWO_PEOPLE:
        raise NeedsSecondPerson(amount=amount, limit=limits.lead)
    raise NeedsLead(amount=amount, limit=limits.agent)
