"""Tickets, their conversation, their clocks, and what decides about them."""

from tickets.models.access import ApiToken, BuyerToken
from tickets.models.clocks import Clock, ClockLevel
from tickets.models.policies import (
    AutoRule,
    AutoRuleVersion,
    CannedResponse,
    CannedResponseVersion,
    DecisionPolicy,
    DecisionPolicyVersion,
    SLAPolicy,
    SLAPolicyVersion,
)
from tickets.models.tickets import (
    BuyerRequest,
    Message,
    NumberSeries,
    Proposal,
    Ticket,
)

__all__ = [
    "ApiToken",
    "AutoRule",
    "AutoRuleVersion",
    "BuyerRequest",
    "BuyerToken",
    "CannedResponse",
    "CannedResponseVersion",
    "Clock",
    "ClockLevel",
    "DecisionPolicy",
    "DecisionPolicyVersion",
    "Message",
    "NumberSeries",
    "Proposal",
    "SLAPolicy",
    "SLAPolicyVersion",
    "Ticket",
]
