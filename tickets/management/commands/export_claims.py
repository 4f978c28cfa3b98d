"""Write what every claim of a store has come to: `export_claims --store SLUG FILE`."""

import json
from argparse import ArgumentParser
from collections.abc import Iterable
from pathlib import Path
from typing import Any, TextIO

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from common import terminal
from common.errors import Refused
from common.problems import say
from orders.models import Store
from tickets import exporting


class Command(BaseCommand):
    help = "Writes a JSON list with one object per ticket that asks for money back."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--store", required=True, help="short name of the store")

    def handle(self, *args: Any, **options: Any) -> None:
        path, slug = options["file"], options["store"]
        store = Store.objects.filter(slug=slug).first()
        if store is None:
            raise CommandError(_("There is no store %(slug)s.") % {"slug": slug})
        try:
            terminal.check_target(path)
            with terminal.whole_file(path) as target:
                count = _write_list(target, exporting.claims_of(store))
        except Refused as refusal:
            raise CommandError(say(refusal)) from refusal
        self.stdout.write(_("%(count)s claims written.") % {"count": count})


def _write_list(target: TextIO, objects: Iterable[dict[str, Any]]) -> int:
    """Write a JSON list object by object, so that its length costs no memory."""
    count = 0
    for count, item in enumerate(objects, start=1):
        target.write("[\n" if count == 1 else ",\n")
        json.dump(item, target, ensure_ascii=False)
    target.write("\n]\n" if count else "[]\n")
    return count
