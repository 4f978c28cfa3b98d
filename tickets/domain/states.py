"""The life of a ticket, as one table: kind x status x verb. The write obeys it, pages offer it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from common.errors import Refused, gettext_noop


class Kind(StrEnum):
    """What a ticket is about."""

    CANCELLATION = "C"
    RETURN = "R"
    INQUIRY = "I"


class Status(StrEnum):
    """Where a ticket stands."""

    RECEIVED = "RECEIVED"
    REVIEWING = "REVIEWING"
    WAITING_BUYER = "WAITING_BUYER"
    WAITING_APPROVAL = "WAITING_APPROVAL"
    WAITING_GOODS = "WAITING_GOODS"
    APPROVED = "APPROVED"
    REFUSED = "REFUSED"
    RESOLVED = "RESOLVED"
    REFUNDED = "REFUNDED"
    WITHDRAWN = "WITHDRAWN"
    FORCED = "FORCED"
    CONVERTED = "CONVERTED"


class Verb(StrEnum):
    """What can be done with a ticket."""

    OPEN = "open"
    TAKE = "take"
    ASK = "ask"
    BUYER_REPLIES = "buyer_replies"
    STOP_WAITING = "stop_waiting"
    APPROVE = "approve"
    REFUSE = "refuse"
    PROPOSE = "propose"
    DECLINE = "decline"
    RECALL = "recall"
    EXPIRE = "expire"
    VOID = "void"
    ACCEPT_RETURN = "accept_return"
    GOODS_BACK = "goods_back"
    GOODS_MISSING = "goods_missing"
    WITHDRAW = "withdraw"
    SHIPPED = "shipped"
    FORCE = "force"
    ACCEPTED_ELSEWHERE = "accepted_elsewhere"
    SETTLE = "settle"
    REFUND_REFUSED = "refund_refused"
    UNDO = "undo"
    AMEND = "amend"
    SHIP_ANYWAY = "ship_anyway"
    REOPEN = "reopen"
    RESOLVE = "resolve"
    MERGE = "merge"
    UNMERGE = "unmerge"


class Party(StrEnum):
    """As whom somebody acts on a ticket. One person can be several."""

    BUYER = "BUYER"
    AGENT = "AGENT"
    LEAD = "LEAD"
    PROPOSER = "PROPOSER"
    # Another person than the proposer, with the right to decide.
    SECOND = "SECOND"
    APPROVER = "APPROVER"
    RULE = "RULE"
    CHANNEL = "CHANNEL"
    SYSTEM = "SYSTEM"


class Phase(StrEnum):
    """What the DECISION clock does in a status."""

    RUNS = "RUNS"
    STANDS = "STANDS"
    STOPPED = "STOPPED"


@dataclass(frozen=True, slots=True)
class Trait:
    """Everything that depends on the status alone."""

    ko: str
    en: str
    colour: str
    is_open: bool
    decision: Phase
    is_final: bool = False

    def label(self, locale: str) -> str:
        """Return the label in Korean or English."""
        return self.ko if locale.startswith("ko") else self.en


S, K, V, P = Status, Kind, Verb, Party

TRAITS: Mapping[Status, Trait] = MappingProxyType(
    {
        S.RECEIVED: Trait("접수", "Received", "blue", True, Phase.RUNS),
        S.REVIEWING: Trait("검토 중", "In review", "blue", True, Phase.RUNS),
        S.WAITING_BUYER: Trait("구매자 답변 대기", "Waiting for buyer", "grey", True, Phase.STANDS),
        S.WAITING_APPROVAL: Trait("승인 대기", "Waiting for approval", "amber", True, Phase.RUNS),
        S.WAITING_GOODS: Trait("반품 입고 대기", "Waiting for goods", "grey", True, Phase.STANDS),
        S.APPROVED: Trait("승인됨", "Approved", "green", True, Phase.STOPPED),
        S.REFUSED: Trait("거절됨", "Refused", "red", False, Phase.STOPPED),
        S.RESOLVED: Trait("해결됨", "Resolved", "green", False, Phase.STOPPED),
        S.REFUNDED: Trait("환불 완료", "Refunded", "green", False, Phase.STOPPED, True),
        S.WITHDRAWN: Trait("취소 철회", "Withdrawn", "grey", False, Phase.STOPPED, True),
        S.FORCED: Trait("직권 취소", "Cancelled by the marketplace", "grey", False, Phase.STOPPED,
                        True),
        S.CONVERTED: Trait("반품 전환", "Became a return", "grey", False, Phase.STOPPED, True),
    }
)  # fmt: skip

OPEN_STATUSES = frozenset(s for s, trait in TRAITS.items() if trait.is_open)
FINAL_STATUSES = frozenset(s for s, trait in TRAITS.items() if trait.is_final)
DECIDABLE = frozenset({S.RECEIVED, S.REVIEWING, S.WAITING_BUYER})
UNDECIDED = DECIDABLE | {S.WAITING_APPROVAL, S.WAITING_GOODS}


@dataclass(frozen=True, slots=True)
class Step:
    """Where a verb leads, and who may do it."""

    to: Status
    by: frozenset[Party]


Key = tuple[Kind, Status | None, Verb]
C_R, ALL_KINDS = (K.CANCELLATION, K.RETURN), tuple(Kind)
# UNDECIDED holds WAITING_GOODS, which only a return reaches.
STATUSES: Mapping[Kind, frozenset[Status]] = MappingProxyType(
    {
        K.CANCELLATION: frozenset(Status) - {S.WAITING_GOODS, S.RESOLVED},
        K.RETURN: frozenset(Status) - {S.RESOLVED, S.CONVERTED},
        K.INQUIRY: frozenset({S.RECEIVED, S.REVIEWING, S.WAITING_BUYER, S.RESOLVED}),
    }
)


def _rows(
    kinds: Iterable[Kind],
    froms: Iterable[Status | None],
    verb: Verb,
    to: Status | None,
    by: set[Party],
) -> dict[Key, Step]:
    """Spell one line of the table out; `to` None keeps the status."""
    steps: dict[Key, Step] = {}
    for kind in kinds:
        for status in froms:
            target = to or status
            if (status is None or status in STATUSES[kind]) and target is not None:
                steps[kind, status, verb] = Step(target, frozenset(by))
    return steps


_NEW = (S.RECEIVED, S.REVIEWING)
_WAITING = (S.RECEIVED, S.REVIEWING, S.WAITING_BUYER)
_PROPOSED = (S.WAITING_APPROVAL,)
# The lines stand in the order of docs: a later line wins over an earlier one.
_LINES: tuple[dict[Key, Step], ...] = (
    _rows(ALL_KINDS, (None,), V.OPEN, S.RECEIVED, {P.BUYER, P.AGENT, P.LEAD, P.CHANNEL, P.SYSTEM}),
    _rows(ALL_KINDS, (S.RECEIVED,), V.TAKE, S.REVIEWING, {P.AGENT, P.LEAD}),
    _rows(ALL_KINDS, _NEW, V.ASK, S.WAITING_BUYER, {P.AGENT, P.LEAD}),
    _rows(ALL_KINDS, (S.WAITING_BUYER,), V.BUYER_REPLIES, S.REVIEWING, {P.BUYER, P.CHANNEL}),
    _rows(C_R, (S.WAITING_BUYER,), V.STOP_WAITING, S.REVIEWING, {P.AGENT, P.LEAD, P.SYSTEM}),
    _rows((K.INQUIRY,), (S.WAITING_BUYER,), V.STOP_WAITING, S.REVIEWING, {P.AGENT, P.LEAD}),
    _rows(C_R, DECIDABLE, V.APPROVE, S.APPROVED, {P.AGENT, P.LEAD, P.RULE}),
    _rows(C_R, DECIDABLE, V.REFUSE, S.REFUSED, {P.AGENT, P.LEAD}),
    _rows(C_R, DECIDABLE, V.PROPOSE, S.WAITING_APPROVAL, {P.AGENT, P.LEAD}),
    _rows(C_R, _PROPOSED, V.APPROVE, S.APPROVED, {P.SECOND}),
    _rows(C_R, _PROPOSED, V.REFUSE, S.REFUSED, {P.SECOND}),
    _rows(C_R, _PROPOSED, V.DECLINE, S.REVIEWING, {P.SECOND}),
    _rows(C_R, _PROPOSED, V.RECALL, S.REVIEWING, {P.PROPOSER}),
    _rows(C_R, _PROPOSED, V.EXPIRE, S.REVIEWING, {P.SYSTEM}),
    _rows(C_R, _PROPOSED, V.VOID, S.REVIEWING, {P.SYSTEM}),
    _rows((K.RETURN,), _NEW, V.ACCEPT_RETURN, S.WAITING_GOODS, {P.AGENT, P.LEAD, P.RULE}),
    _rows((K.RETURN,), DECIDABLE | {S.WAITING_GOODS}, V.GOODS_BACK, S.REVIEWING,
          {P.AGENT, P.LEAD, P.CHANNEL}),
    _rows((K.RETURN,), (S.WAITING_APPROVAL, S.APPROVED), V.GOODS_BACK, None,
          {P.AGENT, P.LEAD, P.CHANNEL}),
    _rows((K.RETURN,), (S.WAITING_GOODS,), V.GOODS_MISSING, S.REVIEWING, {P.AGENT, P.LEAD}),
    _rows(C_R, UNDECIDED | {S.APPROVED}, V.WITHDRAW, S.WITHDRAWN, {P.BUYER, P.CHANNEL}),
    _rows((K.CANCELLATION,), UNDECIDED | {S.APPROVED}, V.SHIPPED, S.CONVERTED,
          {P.CHANNEL, P.SYSTEM}),
    _rows(C_R, UNDECIDED | {S.APPROVED, S.REFUSED}, V.FORCE, S.FORCED, {P.CHANNEL}),
    _rows(C_R, UNDECIDED, V.ACCEPTED_ELSEWHERE, S.APPROVED, {P.CHANNEL}),
    _rows(C_R, UNDECIDED | {S.REFUSED}, V.SETTLE, S.REFUNDED, {P.CHANNEL}),
    _rows(C_R, (S.APPROVED,), V.SETTLE, S.REFUNDED, {P.SYSTEM}),
    _rows(C_R, (S.APPROVED,), V.REFUND_REFUSED, S.REVIEWING, {P.SYSTEM}),
    _rows(C_R, (S.APPROVED,), V.UNDO, S.REVIEWING, {P.APPROVER, P.LEAD}),
    _rows(C_R, UNDECIDED - {S.WAITING_APPROVAL}, V.AMEND, None,
          {P.BUYER, P.AGENT, P.LEAD, P.CHANNEL}),
    _rows(C_R, _PROPOSED, V.AMEND, S.REVIEWING, {P.BUYER, P.AGENT, P.LEAD, P.CHANNEL}),
    _rows((K.CANCELLATION,), DECIDABLE, V.SHIP_ANYWAY, S.REVIEWING, {P.AGENT, P.LEAD}),
    _rows((K.CANCELLATION,), _PROPOSED, V.SHIP_ANYWAY, S.REVIEWING, {P.SECOND}),
    _rows(C_R, (S.REFUSED,), V.REOPEN, S.REVIEWING, {P.AGENT, P.LEAD, P.BUYER}),
    _rows((K.INQUIRY,), _WAITING, V.RESOLVE, S.RESOLVED, {P.AGENT, P.LEAD, P.SYSTEM}),
    _rows((K.INQUIRY,), _WAITING, V.MERGE, S.RESOLVED, {P.AGENT, P.LEAD}),
    _rows((K.INQUIRY,), (S.RESOLVED,), V.REOPEN, S.REVIEWING, {P.AGENT, P.LEAD, P.BUYER}),
    _rows((K.INQUIRY,), (S.RESOLVED,), V.UNMERGE, S.REVIEWING, {P.AGENT, P.LEAD}),
)  # fmt: skip
TRANSITIONS: Mapping[Key, Step] = MappingProxyType(
    {key: step for line in _LINES for key, step in line.items()}
)


class IllegalTransition(Refused):
    """The table has no such step from here."""

    code = "illegal_transition"
    wording = gettext_noop("This ticket is %(status)s; '%(verb)s' is not possible now.")


class NotAllowed(Refused):
    """The step exists, but not for this person."""

    code = "not_allowed"
    wording = gettext_noop("You may not '%(verb)s' this ticket.")
    status = 403


def step_for(kind: Kind, current: Status | None, verb: Verb) -> Step:
    """Return the step of the table, or refuse."""
    try:
        return TRANSITIONS[kind, current, verb]
    except KeyError:
        status = current.value if current else "-"
        raise IllegalTransition(status=status, verb=verb.value) from None


def require(kind: Kind, current: Status | None, verb: Verb, parties: frozenset[Party]) -> Status:
    """Return the next status; refuse what the table lacks or does not allow these parties."""
    step = step_for(kind, current, verb)
    if not step.by & parties:
        raise NotAllowed(verb=verb.value)
    return step.to


def verbs_from(kind: Kind, current: Status, parties: frozenset[Party]) -> list[Verb]:
    """Return what a page may offer: the same table that the write obeys."""
    return [
        verb
        for (k, status, verb), step in TRANSITIONS.items()
        if (k, status) == (kind, current) and step.by & parties
    ]
