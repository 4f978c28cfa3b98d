"""manage.py make_api_token EMAIL --store SLUG --scope tickets:read"""

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from common import problems
from common.errors import Refused
from common.models import User
from orders.models import Store
from tickets.actions import api_tokens

LONGEST_DAYS = 366


class Command(BaseCommand):
    help = "Make a token for the API and print it once. Of it only a digest is kept."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email", help="the member of staff it acts as")
        parser.add_argument("--store", action="append", required=True, metavar="SLUG",
                            help="a store it may see; give it more than once for more")  # fmt: skip
        parser.add_argument("--scope", action="append", choices=api_tokens.SCOPES,
                            help="what it may do; tickets:read when none is given")  # fmt: skip
        parser.add_argument("--name", default="", help="what it is for")
        parser.add_argument("--days", type=int, default=90,
                            help=f"days until it expires, at most {LONGEST_DAYS}")  # fmt: skip

    def handle(self, *, email: str, store: list[str], **options: Any) -> None:
        user = User.objects.filter(email__iexact=email).first()
        if user is None:
            raise CommandError(f"There is no member of staff with the address {email}.")
        if not 1 <= options["days"] <= LONGEST_DAYS:
            raise CommandError(f"--days: from 1 to {LONGEST_DAYS}.")
        try:
            token = api_tokens.make(
                user=user,
                stores=self._stores(store),
                scopes=options["scope"] or [api_tokens.READ],
                name=options["name"],
                expires_at=timezone.now() + timedelta(days=options["days"]),
            )
        except Refused as refusal:
            raise CommandError(problems.say(refusal)) from None
        self.stderr.write("Keep it safe; it is not shown again. Use: Authorization: Token <token>")
        self.stdout.write(token)

    @staticmethod
    def _stores(slugs: list[str]) -> list[Store]:
        found = list(Store.objects.filter(slug__in=slugs))
        missing = set(slugs) - {store.slug for store in found}
        if missing:
            raise CommandError(f"There is no store called {', '.join(sorted(missing))}.")
        return found
