"""Decide a claim: approve, refuse, or put it to another person. Guarded here, under the lock."""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from common import events
from common.domain.actors import Actor, ActorKind
from common.errors import Refused, gettext_noop
from orders.actions import claims, refunds
from orders.actions.refunds import Authority
from orders.domain.channels import Refusing, capabilities
from orders.domain.grounds import ground_for
from orders.models import Store
from tickets import locks
from tickets.actions import authority, conversation, lifecycle, policies
from tickets.actions.lifecycle import ProposalEnd
from tickets.domain import approvals, states
from tickets.domain.clocks import ClockKind
from tickets.domain.events import TicketEvent
from tickets.domain.states import Kind, Status, Verb
from tickets.models import AutoRuleVersion, Clock, Proposal, Ticket


class VersionChanged(Refused):
    """Somebody else was faster."""

    code = "version_changed"
    wording = gettext_noop("%(who)s changed this ticket at %(when)s: it is %(status)s now.")


class GoodsNotBack(Refused):
    """A return is refunded when the goods are back, or waived by a lead."""

    code = "goods_not_back"
    wording = gettext_noop("The goods are not back yet. Book them in, or let a lead waive it.")


class ParcelUnderWay(Refused):
    """The desk is announcing a parcel for the line."""

    code = "parcel_under_way"
    wording = gettext_noop("A parcel for this item is being announced. Wait until that is settled.")


class CannotRefuse(Refused):
    """The channel has no way to say no."""

    code = "cannot_refuse"
    wording = gettext_noop("This marketplace has no refusal; see the other choices.")


class ProposalChanged(Refused):
    """What was proposed is not what stands there now."""

    code = "proposal_changed"
    wording = gettext_noop("The request changed after this was proposed. Look at it again.")


class ProposalExpired(Refused):
    """Nobody decided in time."""

    code = "proposal_expired"
    wording = gettext_noop("This proposal has expired. Propose it again.")


class OtherDecision(Refused):
    """The second person decides what was proposed, or declines."""

    code = "other_decision"
    wording = gettext_noop("Proposed was to '%(proposed)s'. Confirm that, or decline it.")


class RuleNotValid(Refused):
    """The rule does not cover this ticket."""

    code = "rule_not_valid"
    wording = gettext_noop("The rule '%(rule)s' does not cover this ticket.")
    status = 403


@dataclass(frozen=True, slots=True)
class Refusal:
    """A lawful ground (its code) and the words to the buyer."""

    ground: str
    text: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """A decision to be proposed; refusing needs its terms."""

    decision: Verb
    refusal: Refusal | None = None
    note: str = ""


def require_version(ticket: Ticket, seen: int | None) -> None:
    """Refuse when the ticket is not the version the person saw; say who changed it and when."""
    if seen is None or ticket.version == seen:
        return
    last = events.last_of(ticket)
    raise VersionChanged(who=last.who, when=last.when, status=ticket.status)


@transaction.atomic
def approve(*, ticket_id: int, by: Actor, at: datetime, seen_version: int | None = None) -> Ticket:
    """Approve a claim and plan its refund in one transaction.

    From DECIDABLE within the actor's limit, or as the second person on what was proposed.
    """
    ticket = _open_for(ticket_id, Verb.APPROVE, by, seen_version)
    refunds.hold(ticket.the_claim)  # the limits hold for the amount that is planned
    if ticket.status == Status.WAITING_APPROVAL:
        authority_ = _second_person(ticket, Verb.APPROVE, by, at)
    else:
        _require_goods(ticket, by)
        authority_ = _alone(ticket, by)
    refund = refunds.plan(claim_id=ticket.the_claim.pk, authority=authority_, by=by, at=at)
    return lifecycle.move_held(
        ticket=ticket, verb=Verb.APPROVE, by=by, at=at, digest=refund.digest,
        proposal=ProposalEnd(Proposal.Result.APPROVED, by.user_id),
        single_person_shop=authority_.single_person_shop, rule=authority_.rule,
    )  # fmt: skip


@transaction.atomic
def approve_by_rule(*, ticket_id: int, rule: AutoRuleVersion, source: str, at: datetime) -> Ticket:
    """Approve by a published version of a rule whose conditions all hold."""
    by = Actor.rule(rule.rule.code, rule.number)
    ticket = _open_for(ticket_id, Verb.APPROVE, by, None)
    holds = rule.published_at is not None and rule.stopped_at is None
    if (
        not holds
        or rule.conditions != {"source": source}
        or ticket.request is None
        or source != ticket.request.source
    ):
        raise RuleNotValid(rule=by.ref)
    policy = policies.decision_for(ticket.store)
    authority_ = Authority(rule=by.ref, valid_for=timedelta(hours=policy.refund_valid_hours))
    refund = refunds.plan(claim_id=ticket.the_claim.pk, authority=authority_, by=by, at=at)
    return lifecycle.move_held(
        ticket=ticket, verb=Verb.APPROVE, by=by, at=at, digest=refund.digest, rule=by.ref
    )


@transaction.atomic
def refuse(
    *, ticket_id: int, refusal: Refusal | None = None, by: Actor, at: datetime,
    seen_version: int | None = None,
) -> Ticket:  # fmt: skip
    """Refuse on a lawful ground, with a text to the buyer; the units are free again.

    The second person confirms the terms that were proposed; they give none of their own.
    """
    ticket = _open_for(ticket_id, Verb.REFUSE, by, seen_version)
    if capabilities(ticket.store.channel).refusing is not Refusing.EXPLICIT:
        raise CannotRefuse()
    if ticket.status == Status.WAITING_APPROVAL:
        terms = _proposal_of(ticket).terms
        _second_person(ticket, Verb.REFUSE, by, at)
        refusal = Refusal(**terms)
    refusal = _lawful(refusal)
    conversation.write_public(ticket=ticket, body=refusal.text, by=by, at=at)
    Ticket.objects.filter(pk=ticket.pk).update(refusal_ground=refusal.ground)
    return lifecycle.move(
        ticket_id=ticket_id,
        verb=Verb.REFUSE,
        by=by,
        at=at,
        proposal=ProposalEnd(Proposal.Result.REFUSED, by.user_id),
        ground=refusal.ground,
    )


def _lawful(refusal: Refusal | None) -> Refusal:
    ground = ground_for(refusal.ground if refusal else "")
    text = conversation.checked(refusal.text if refusal else "")
    return Refusal(ground.code.value, text)


@transaction.atomic
def propose(
    wanted: Wanted, *, ticket_id: int, by: Actor, at: datetime, seen_version: int | None = None
) -> Proposal:
    """Put a decision to another person; refused where one may simply decide."""
    decision = wanted.decision
    if by.user_id is None:
        raise states.NotAllowed(verb=Verb.PROPOSE.value)
    ticket = _open_for(ticket_id, Verb.PROPOSE, by, seen_version)
    policy = policies.decision_for(ticket.store)
    terms: dict[str, str] = {}
    if decision is Verb.REFUSE:
        lawful = _lawful(wanted.refusal)
        terms = {"ground": lawful.ground, "text": lawful.text}
    else:
        _require_goods(ticket, by)
        _require_need(ticket, by)
    expires_at = at + timedelta(hours=policy.proposal_hours)
    proposal = Proposal.objects.create(
        ticket=ticket,
        decision=decision,
        terms=terms,
        note=wanted.note[:500],
        digest=digest_of(ticket, decision, terms),
        proposed_by_id=by.user_id,
        proposed_at=at,
        expires_at=expires_at,
    )
    lifecycle.move(
        ticket_id=ticket_id, verb=Verb.PROPOSE, by=by, at=at, decision=decision,
        digest=proposal.digest,
    )  # fmt: skip
    _warn_of_statute(ticket, expires_at, at)
    return proposal


def _require_need(ticket: Ticket, by: Actor) -> None:
    parties = authority.parties_of(by, ticket)
    if approvals.may_alone(needed_for(ticket), parties):
        raise approvals.NotNeeded()


def _warn_of_statute(ticket: Ticket, expires_at: datetime, at: datetime) -> None:
    """A legal deadline inside the waiting time alarms the lead at once."""
    inside = Clock.objects.filter(
        ticket=ticket, kind=ClockKind.STATUTE, stopped_at=None, due_at__lte=expires_at
    )
    if inside.exists():
        events.record(
            TicketEvent.STATUTE_INSIDE_PROPOSAL, subject=ticket, by=Actor.system("proposals"), at=at
        )


@transaction.atomic
def decline(*, ticket_id: int, note: str = "", by: Actor, at: datetime) -> Ticket:
    """The second person says no to the proposal; the ticket goes back into review."""
    end = ProposalEnd(Proposal.Result.DECLINED, by.user_id)
    ticket = lifecycle.move(ticket_id=ticket_id, verb=Verb.DECLINE, by=by, at=at, proposal=end)
    if note:
        conversation.write_note(ticket=ticket, body=note, by=by, at=at)
    return ticket


def recall(*, ticket_id: int, by: Actor, at: datetime) -> Ticket:
    """The proposer takes the proposal back."""
    end = ProposalEnd(Proposal.Result.RECALLED)
    return lifecycle.move(ticket_id=ticket_id, verb=Verb.RECALL, by=by, at=at, proposal=end)


@transaction.atomic
def expire(*, ticket_id: int, at: datetime) -> bool:
    """Send a ticket whose proposal nobody decided in time back into review."""
    locks.lock_ticket(ticket_id)
    proposal = locks.lock_open_proposal(ticket_id)
    if proposal is None or proposal.expires_at > at:
        return False
    lifecycle.move(
        ticket_id=ticket_id,
        verb=Verb.EXPIRE,
        by=Actor.system("proposals"),
        at=at,
        proposal=ProposalEnd(Proposal.Result.EXPIRED),
        proposed_by=proposal.proposed_by_id,
    )
    return True


def needed_for(ticket: Ticket) -> approvals.Needed:
    """Return what approving this ticket needs now."""
    limits = policies.limits_of(policies.decision_for(ticket.store), ticket.store.currency)
    return approvals.needed(
        refunds.expected_total(ticket.the_claim), limits, second_person=two_exist(ticket.store)
    )


def two_exist(store: Store) -> bool:
    """Tell whether the store wants a second person where the policy asks one."""
    return store.second_person == Store.SecondPerson.POLICY


def digest_of(ticket: Ticket, decision: str, terms: dict[str, str]) -> str:
    """Return a digest of what is proposed, over the claim as it stands."""
    claim = ticket.the_claim
    facts = [
        ticket.pk, str(decision), claim.pk, claim.version, claim.line_id, claim.quantity,
        claim.reason, refunds.expected_total(claim), terms,
    ]  # fmt: skip
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()


def _open_for(ticket_id: int, verb: Verb, by: Actor, seen: int | None) -> Ticket:
    """Lock the ticket; refuse what changed meanwhile, the table lacks or a parcel forbids."""
    ticket = locks.lock_ticket(ticket_id)
    require_version(ticket, seen)
    parties = authority.parties_of(by, ticket)
    states.require(Kind(ticket.kind), Status(ticket.status), verb, parties)
    if claims.parcel_under_way(ticket.the_claim.line_id):
        raise ParcelUnderWay()
    return ticket


def _require_goods(ticket: Ticket, by: Actor) -> None:
    if ticket.kind != Kind.RETURN or ticket.the_claim.goods_back_on is not None:
        return
    if states.Party.LEAD not in authority.parties_of(by, ticket):
        raise GoodsNotBack()


def _alone(ticket: Ticket, by: Actor) -> Authority:
    """Return the authority of one person, or refuse what is over their limit."""
    policy = policies.decision_for(ticket.store)
    limits = policies.limits_of(policy, ticket.store.currency)
    amount = refunds.expected_total(ticket.the_claim)
    approvals.require_alone(
        amount,
        limits,
        authority.parties_of(by, ticket),
        second_person=two_exist(ticket.store),
    )
    stands_for_two = approvals.needed(amount, limits, second_person=True)
    return Authority(
        approved_by_id=by.user_id,
        single_person_shop=stands_for_two is approvals.Needed.TWO_PEOPLE,
        valid_for=timedelta(hours=policy.refund_valid_hours),
    )


def _proposal_of(ticket: Ticket) -> Proposal:
    proposal = locks.lock_open_proposal(ticket.pk)
    if proposal is None:
        raise ProposalExpired()
    return proposal


def _second_person(ticket: Ticket, verb: Verb, by: Actor, at: datetime) -> Authority:
    """Return the authority of two people; refuse any difference to what was proposed."""
    proposal = _proposal_of(ticket)
    if by.kind is not ActorKind.STAFF or by.user_id == proposal.proposed_by_id:
        raise states.NotAllowed(verb=verb.value)
    if proposal.decision != verb:
        raise OtherDecision(proposed=proposal.decision)
    if proposal.expires_at <= at:
        raise ProposalExpired()
    if digest_of(ticket, proposal.decision, proposal.terms) != proposal.digest:
        raise ProposalChanged()
    policy = policies.decision_for(ticket.store)
    return Authority(
        approved_by_id=by.user_id,
        made_by_id=proposal.proposed_by_id,
        valid_for=timedelta(hours=policy.refund_valid_hours),
    )
