"""Which version of a policy counts now: the store's own, else the one for all stores."""

from typing import TypeVar

from django.db.models import F, Q

from orders.models import Store
from tickets.actions.remembering import remember
from tickets.domain.approvals import Limits
from tickets.models import DecisionPolicyVersion, SLAPolicyVersion
from tickets.models.policies import PolicyVersion

V = TypeVar("V", bound=PolicyVersion)


def _newest(versions: type[V], store: Store) -> V:
    found = (
        versions.objects.published()
        .filter(Q(policy__store=store) | Q(policy__store=None))
        .order_by(F("policy__store").desc(nulls_last=True), "-published_at", "-number")
        .first()
    )
    if found is None:
        raise versions.DoesNotExist(f"no published {versions.__name__} for store {store.slug}")
    return found


@remember
def sla_for(store: Store) -> SLAPolicyVersion:
    """Return the support promise of a store."""
    return _newest(SLAPolicyVersion, store)


@remember
def decision_for(store: Store) -> DecisionPolicyVersion:
    """Return who may decide in a store."""
    return _newest(DecisionPolicyVersion, store)


def limits_of(policy: DecisionPolicyVersion, currency: str) -> Limits:
    """Return the limits in a currency; one that the policy does not name needs two people."""
    named = policy.limits.get(currency, {"agent": -1, "lead": -1})
    return Limits(agent=named["agent"], lead=named["lead"])
