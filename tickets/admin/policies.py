"""What decides, to be read: reply times, who may say yes, automatic rules, version by version."""

from datetime import timedelta
from typing import Any

from django.contrib import admin
from django.db.models import Q
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from common.admin.lists import Cell, Column
from common.admin.pages import FactsAdmin, Section
from common.admin.words import NOTHING, moment_words, span_words
from common.domain.money import format_money
from orders.access import has_role, person
from orders.models import Role, Store
from tickets.models import (
    AutoRule,
    AutoRuleVersion,
    DecisionPolicy,
    DecisionPolicyVersion,
    SLAPolicy,
    SLAPolicyVersion,
)

MAX_VERSIONS = 50


def _name(row: Any) -> Cell:
    name = f"admin:{row._meta.app_label}_{row._meta.model_name}_change"
    return Cell(row.name, href=reverse(name, args=[row.pk]))


class PolicyAdmin(FactsAdmin):
    """A policy and its published versions; nothing here is edited."""

    columns = (
        Column(_("Name"), _name, "head"),
        Column(_("Short name"), lambda row: Cell(row.code)),
        Column(_("Store"), lambda row: Cell(row.store.name if row.store else _("all stores"))),
    )
    fields = ("code", "name", "store")

    def visible(self, request: HttpRequest) -> Any:
        """Policies of the reader's stores, and those for all."""
        rows: Any = self.model._default_manager
        if not self.may_see(request):
            return rows.none()
        stores = Store.objects.visible_to(person(request))
        return rows.filter(Q(store__in=stores) | Q(store=None)).select_related("store")

    def may_see(self, request: HttpRequest) -> bool:
        """Leads, managers and operators."""
        return has_role(request, Role.LEAD, Role.MANAGER, Role.OPERATOR)

    def facts_of(self, version: Any) -> list[tuple[Any, Any]]:
        """Return what a version says."""
        raise NotImplementedError

    def sections(self, request: HttpRequest, row: Any) -> list[Section]:
        """Every published version, the newest first."""
        versions = row.versions.published().select_related("author").order_by("-number")
        return [
            Section(
                gettext("Version %(n)s") % {"n": version.number},
                [
                    (_("Published"), moment_words(version.published_at)),
                    (_("By"), str(version.author or NOTHING)),
                    *self.facts_of(version),
                ],
            )
            for version in versions[:MAX_VERSIONS]
        ]


def _minutes(number: int) -> str:
    return span_words(timedelta(minutes=number))


@admin.register(SLAPolicy)
class SLAPolicyAdmin(PolicyAdmin):
    """The support promise, in business time."""

    title = _("Reply and decision times")

    def facts_of(self, version: SLAPolicyVersion) -> list[tuple[Any, Any]]:
        """The targets."""
        return [
            (_("First reply"), _minutes(version.first_reply_minutes)),
            (_("Next reply"), _minutes(version.next_reply_minutes)),
            (_("Decision"), _minutes(version.decision_minutes)),
            (_("Warning"), gettext("after %(n)s percent") % {"n": version.warn_percent}),
        ]


@admin.register(DecisionPolicy)
class DecisionPolicyAdmin(PolicyAdmin):
    """Who may decide about how much."""

    title = _("Who may decide")

    def facts_of(self, version: DecisionPolicyVersion) -> list[tuple[Any, Any]]:
        """The limits."""
        facts: list[tuple[Any, Any]] = []
        for currency, limit in sorted(version.limits.items()):
            agent = format_money(limit["agent"], currency)
            lead = format_money(limit["lead"], currency)
            facts += [
                (gettext("An agent alone (%(c)s)") % {"c": currency}, _up_to(agent)),
                (gettext("A lead alone (%(c)s)") % {"c": currency}, _up_to(lead)),
            ]
        return [
            *facts,
            (_("Above that"), _("two people")),
            (_("A proposal waits"), _minutes(version.proposal_hours * 60)),
            (_("An approval is valid"), _minutes(version.refund_valid_hours * 60)),
            (_("A buyer may reopen for"), gettext("%(n)s days") % {"n": version.reopen_days}),
        ]


def _up_to(amount: str) -> str:
    return gettext("up to %(amount)s") % {"amount": amount}


@admin.register(AutoRule)
class AutoRuleAdmin(PolicyAdmin):
    """Rules that approve by themselves."""

    title = _("Automatic rules")

    def facts_of(self, version: AutoRuleVersion) -> list[tuple[Any, Any]]:
        """The conditions."""
        conditions = ", ".join(f"{name} = {value}" for name, value in version.conditions.items())
        return [
            (_("Holds when"), conditions or NOTHING),
            (_("Approved by"), str(version.approver or NOTHING)),
            (_("Stopped"), moment_words(version.stopped_at)),
        ]
