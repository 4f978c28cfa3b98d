"""Who may say yes alone."""

import pytest

from tickets.domain import approvals
from tickets.domain.approvals import Limits, Needed, NeedsLead, NeedsSecondPerson
from tickets.domain.states import Party

LIMITS = Limits(agent=100_000, lead=500_000)
AGENT, LEAD = frozenset({Party.AGENT}), frozenset({Party.AGENT, Party.LEAD})


@pytest.mark.parametrize(
    ("amount", "two", "expected"),
    [
        (0, True, Needed.AGENT),
        (100_000, True, Needed.AGENT),
        (100_001, True, Needed.LEAD),
        (500_000, True, Needed.LEAD),
        (500_001, True, Needed.TWO_PEOPLE),
        (500_001, False, Needed.LEAD),
    ],
)
def test_needed(amount, two, expected):
    assert approvals.needed(amount, LIMITS, second_person=two) is expected


def test_require_alone_names_the_way_out():
    approvals.require_alone(100_000, LIMITS, AGENT, second_person=True)
    approvals.require_alone(500_000, LIMITS, LEAD, second_person=True)
    with pytest.raises(NeedsLead):
        approvals.require_alone(100_001, LIMITS, AGENT, second_person=True)
    with pytest.raises(NeedsSecondPerson):
        approvals.require_alone(500_001, LIMITS, LEAD, second_person=True)
    with pytest.raises(NeedsLead):
        approvals.require_alone(1, Limits(0, 0), frozenset(), second_person=False)


def test_a_currency_without_limits_needs_two_people():
    assert approvals.needed(0, Limits(-1, -1), second_person=True) is Needed.TWO_PEOPLE
