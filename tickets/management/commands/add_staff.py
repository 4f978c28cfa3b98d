"""Give somebody a role in a store: `add_staff EMAIL --store SLUG --role ROLE [--name NAME]`."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from common.domain.actors import Actor
from common.errors import Refused
from common.problems import say
from orders.actions import seating
from orders.actions.seating import Seat
from orders.models import Role, Store

BY = Actor.system("add_staff")


class Command(BaseCommand):
    help = "Adds a member of staff to a store, or gives one who is there another role."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--store", required=True, help="short name of the store")
        parser.add_argument("--role", required=True, type=str.upper, choices=Role.values)
        parser.add_argument("--name", default="", help="of a new person")

    def handle(self, *args: Any, **options: Any) -> None:
        store = Store.objects.filter(slug=options["store"]).first()
        if store is None:
            raise CommandError(_no_store(options["store"]))
        wanted = Seat(options["email"], options["name"], store, Role(options["role"]))
        try:
            user, password = seating.seat(wanted, by=BY, at=timezone.now())
        except Refused as refusal:
            raise CommandError(say(refusal)) from refusal
        facts = {"name": str(user), "role": wanted.role.label, "store": store.name}
        self.stdout.write(_("%(name)s is %(role)s of %(store)s now.") % facts)
        if password:
            self.stdout.write(_("E-mail    %(email)s") % {"email": user.email})
            self.stdout.write(_("Password  %(password)s") % {"password": password})
            self.stdout.write(_("It is shown only now. It should be changed after signing in."))


def _no_store(slug: str) -> str:
    known = ", ".join(Store.objects.order_by("slug").values_list("slug", flat=True)[:20])
    return _("There is no store %(slug)s. There is: %(known)s") % {
        "slug": slug,
        "known": known or "-",
    }
