"""The desk: the queue, the ticket's page, prepared answers and what decides."""

from tickets.admin.canned import CannedResponseAdmin
from tickets.admin.policies import AutoRuleAdmin, DecisionPolicyAdmin, SLAPolicyAdmin
from tickets.admin.tickets import TicketAdmin
from tickets.admin.tokens import ApiTokenAdmin

__all__ = [
    "ApiTokenAdmin",
    "AutoRuleAdmin",
    "CannedResponseAdmin",
    "DecisionPolicyAdmin",
    "SLAPolicyAdmin",
    "TicketAdmin",
]
