"""Hold every book against the others: `manage.py reconcile [--store SLUG]`."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from orders.models import OrderLine, Refund, Store
from tickets import reconciling
from tickets.models import Ticket


class Command(BaseCommand):
    help = "Compares stock, counters, refunds, ledger, tickets, events and clocks."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--store", help="short name of one store; without it, all of them")

    def handle(self, *args: Any, **options: Any) -> None:
        stores = Store.objects.all()
        if options["store"]:
            stores = stores.filter(slug=options["store"])
            if not stores.exists():
                raise CommandError(_("There is no store %(slug)s.") % {"slug": options["store"]})
        found = pending = 0
        for difference in reconciling.differences(stores):
            pending += difference.pending
            found += not difference.pending
            note = _("on its way: ") if difference.pending else ""
            self.stdout.write(f"{note}{difference}")
        if found:
            told = ngettext("%(count)s difference.", "%(count)s differences.", found)
            raise CommandError(told % {"count": found})
        self._agree(stores, pending)

    def _agree(self, stores: Any, pending: int) -> None:
        counts = {
            "lines": OrderLine.objects.filter(order__store__in=stores).count(),
            "tickets": Ticket.objects.filter(store__in=stores).count(),
            "refunds": Refund.objects.filter(claim__store__in=stores).count(),
            "pending": pending,
        }
        told = _(
            "Everything agrees: %(lines)s order lines, %(tickets)s tickets, %(refunds)s refunds; "
            "%(pending)s on their way."
        )
        self.stdout.write(told % counts)
