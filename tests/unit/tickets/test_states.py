"""The table of a ticket's life, row by row and as a whole."""

import pytest

from tickets.domain import states
from tickets.domain.events import MOVED
from tickets.domain.states import (
    DECIDABLE,
    FINAL_STATUSES,
    OPEN_STATUSES,
    STATUSES,
    TRAITS,
    TRANSITIONS,
    UNDECIDED,
    IllegalTransition,
    Kind,
    NotAllowed,
    Party,
    Status,
    Verb,
)

C, R, I = Kind.CANCELLATION, Kind.RETURN, Kind.INQUIRY  # noqa: E741
S, V, P = Status, Verb, Party
STAFF = {P.AGENT, P.LEAD}

# kind, from, verb, by, to: written out by hand from the states table, one line per line there.
EXPECTED = [
    ("open", [C, R, I], [None], V.OPEN, {P.BUYER, P.CHANNEL, P.SYSTEM} | STAFF, S.RECEIVED),
    ("take", [C, R, I], [S.RECEIVED], V.TAKE, STAFF, S.REVIEWING),
    ("ask", [C, R, I], [S.RECEIVED, S.REVIEWING], V.ASK, STAFF, S.WAITING_BUYER),
    ("answer", [C, R, I], [S.WAITING_BUYER], V.BUYER_REPLIES, {P.BUYER, P.CHANNEL}, S.REVIEWING),
    ("stop", [C, R], [S.WAITING_BUYER], V.STOP_WAITING, STAFF | {P.SYSTEM}, S.REVIEWING),
    ("stop inquiry", [I], [S.WAITING_BUYER], V.STOP_WAITING, STAFF, S.REVIEWING),
    ("approve", [C, R], DECIDABLE, V.APPROVE, STAFF | {P.RULE}, S.APPROVED),
    ("refuse", [C, R], DECIDABLE, V.REFUSE, STAFF, S.REFUSED),
    ("propose", [C, R], DECIDABLE, V.PROPOSE, STAFF, S.WAITING_APPROVAL),
    ("second yes", [C, R], [S.WAITING_APPROVAL], V.APPROVE, {P.SECOND}, S.APPROVED),
    ("second no", [C, R], [S.WAITING_APPROVAL], V.REFUSE, {P.SECOND}, S.REFUSED),
    ("decline", [C, R], [S.WAITING_APPROVAL], V.DECLINE, {P.SECOND}, S.REVIEWING),
    ("recall", [C, R], [S.WAITING_APPROVAL], V.RECALL, {P.PROPOSER}, S.REVIEWING),
    ("expire", [C, R], [S.WAITING_APPROVAL], V.EXPIRE, {P.SYSTEM}, S.REVIEWING),
    ("void", [C, R], [S.WAITING_APPROVAL], V.VOID, {P.SYSTEM}, S.REVIEWING),
    ("accept return", [R], [S.RECEIVED, S.REVIEWING], V.ACCEPT_RETURN, STAFF | {P.RULE},
     S.WAITING_GOODS),
    ("goods back", [R], DECIDABLE | {S.WAITING_GOODS}, V.GOODS_BACK, STAFF | {P.CHANNEL},
     S.REVIEWING),
    ("goods back late", [R], [S.WAITING_APPROVAL, S.APPROVED], V.GOODS_BACK,
     STAFF | {P.CHANNEL}, None),
    ("goods missing", [R], [S.WAITING_GOODS], V.GOODS_MISSING, STAFF, S.REVIEWING),
    ("withdraw", [C, R], UNDECIDED | {S.APPROVED}, V.WITHDRAW, {P.BUYER, P.CHANNEL}, S.WITHDRAWN),
    ("shipped", [C], UNDECIDED | {S.APPROVED}, V.SHIPPED, {P.CHANNEL, P.SYSTEM}, S.CONVERTED),
    ("force", [C, R], UNDECIDED | {S.APPROVED, S.REFUSED}, V.FORCE, {P.CHANNEL}, S.FORCED),
    ("elsewhere", [C, R], UNDECIDED, V.ACCEPTED_ELSEWHERE, {P.CHANNEL}, S.APPROVED),
    ("settle", [C, R], [S.APPROVED], V.SETTLE, {P.SYSTEM}, S.REFUNDED),
    ("settle there", [C, R], UNDECIDED | {S.REFUSED}, V.SETTLE, {P.CHANNEL}, S.REFUNDED),
    ("money back", [C, R], [S.APPROVED], V.REFUND_REFUSED, {P.SYSTEM}, S.REVIEWING),
    ("undo", [C, R], [S.APPROVED], V.UNDO, {P.APPROVER, P.LEAD}, S.REVIEWING),
    ("amend", [C, R], UNDECIDED - {S.WAITING_APPROVAL}, V.AMEND, STAFF | {P.BUYER, P.CHANNEL},
     None),
    ("amend proposed", [C, R], [S.WAITING_APPROVAL], V.AMEND, STAFF | {P.BUYER, P.CHANNEL},
     S.REVIEWING),
    ("ship anyway", [C], DECIDABLE, V.SHIP_ANYWAY, STAFF, S.REVIEWING),
    ("ship as proposed", [C], [S.WAITING_APPROVAL], V.SHIP_ANYWAY, {P.SECOND}, S.REVIEWING),
    ("reopen", [C, R], [S.REFUSED], V.REOPEN, STAFF | {P.BUYER}, S.REVIEWING),
    ("resolve", [I], DECIDABLE, V.RESOLVE, STAFF | {P.SYSTEM}, S.RESOLVED),
    ("merge", [I], DECIDABLE, V.MERGE, STAFF, S.RESOLVED),
    ("reopen inquiry", [I], [S.RESOLVED], V.REOPEN, STAFF | {P.BUYER}, S.REVIEWING),
    ("unmerge", [I], [S.RESOLVED], V.UNMERGE, STAFF, S.REVIEWING),
]  # fmt: skip


def _spelled_out():
    for _case, kinds, froms, verb, by, to in EXPECTED:
        for kind in kinds:
            for status in froms:
                if status is None or status in STATUSES[kind]:
                    yield (kind, status, verb), (to or status, frozenset(by))


def test_table_is_exactly_what_the_design_says():
    found = {key: (step.to, step.by) for key, step in TRANSITIONS.items()}
    assert found == dict(_spelled_out())


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("status", Status)
@pytest.mark.parametrize("verb", Verb)
def test_require_refuses_whatever_the_table_lacks(kind, status, verb):
    step = TRANSITIONS.get((kind, status, verb))
    if step is None:
        with pytest.raises(IllegalTransition):
            states.require(kind, status, verb, frozenset(Party))
        return
    assert states.require(kind, status, verb, frozenset(Party)) is step.to
    others = frozenset(Party) - step.by
    with pytest.raises(NotAllowed):
        states.require(kind, status, verb, others)


def test_final_statuses_lead_nowhere():
    assert not [key for key in TRANSITIONS if key[1] in FINAL_STATUSES]


@pytest.mark.parametrize("kind", Kind)
def test_every_status_of_a_kind_is_reached_and_open_ones_can_end(kind):
    reached, frontier = set(), {None}
    while frontier:
        frontier = {
            step.to for (k, status, _), step in TRANSITIONS.items()
            if k is kind and status in frontier
        } - reached  # fmt: skip
        reached |= frontier
    assert reached == STATUSES[kind]
    for status in reached & OPEN_STATUSES:
        assert any(k is kind and s is status for k, s, _ in TRANSITIONS)


def test_every_status_has_its_trait_and_every_verb_its_event():
    assert set(TRAITS) == set(Status)
    assert set(MOVED) == set(Verb)
    assert all(trait.ko and trait.en for trait in TRAITS.values())


def test_verbs_from_offers_what_the_write_allows():
    offered = states.verbs_from(C, S.RECEIVED, frozenset({P.AGENT}))
    assert set(offered) == {
        V.TAKE, V.ASK, V.APPROVE, V.REFUSE, V.PROPOSE, V.AMEND, V.SHIP_ANYWAY,
    }  # fmt: skip
    assert states.verbs_from(C, S.REFUNDED, frozenset(Party)) == []
