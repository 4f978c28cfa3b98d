"""The demo shop: `manage.py demo` loads it and shows the log-ins, `--remove` closes it."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from common.errors import Refused
from common.problems import say
from config.demo import loading, shop
from config.demo.loading import Loaded
from config.demo.staff import COLLEAGUES
from orders.models import Order, Store

RESET = "manage.py demo --new-passwords"


class Command(BaseCommand):
    help = "Loads a Korean shop with orders and tickets for trying the desk out, once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--remove", action="store_true", help="lock the demo people out")
        parser.add_argument("--new-passwords", action="store_true", help="replace all passwords")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            if options["remove"]:
                self._remove()
            else:
                self._show(loading.load(at=timezone.now(), new_passwords=options["new_passwords"]))
        except Refused as refusal:
            raise CommandError(say(refusal)) from refusal

    def _remove(self) -> None:
        count = loading.close(at=timezone.now())
        self.stdout.write(_("%(count)s demo people cannot sign in any more.") % {"count": count})
        self.stdout.write(
            _("Their orders and tickets stay: what happened at a desk is never deleted.")
        )
        if not Store.objects.exclude(slug=shop.SLUG).exists():
            self.stdout.write(
                _("There is nothing else here. For an empty desk start with a new database.")
            )

    def _show(self, loaded: Loaded) -> None:
        lines = [_("Demo shop: %(name)s") % {"name": shop.NAME}, "", *_people(loaded)]
        order = loading.buyers_order()
        if order is not None:
            lines += ["", *_order(order)]
        self.stdout.write("\n".join(lines))


def _people(loaded: Loaded) -> list[str]:
    """Return a table of those who can sign in, from this machine only."""
    wide = max(len(colleague.email) for colleague in COLLEAGUES)
    lines = [_("Sign in at %(address)s") % {"address": f"{settings.SITE_URL}/admin/"}]
    for colleague in COLLEAGUES:
        password = loaded.passwords.get(colleague.email, "?")
        role = str(colleague.role.label)
        lines.append(f"  {colleague.email:<{wide}}  {password:<16}  {role} · {colleague.name}")
    if not loaded.passwords:
        lines.append(
            _("Their passwords are not known here. Set new ones: %(how)s") % {"how": RESET}
        )
    return lines


def _order(order: Order) -> list[str]:
    """Return what a buyer needs for asking for money back."""
    where = getattr(settings, "EMAIL_FILE_PATH", None) or _("your mail server (EMAIL_URL)")
    return [
        _("As a buyer, at %(address)s") % {"address": f"{settings.SITE_URL}/"},
        _("  Order number        %(number)s") % {"number": order.number},
        _("  Last four digits    %(digits)s") % {"digits": order.phone[-4:]},
        _("  The code arrives in %(where)s") % {"where": where},
    ]
