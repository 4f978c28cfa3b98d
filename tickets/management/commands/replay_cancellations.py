"""Replay what was cancelled in an imported file: `replay_cancellations FILE --store --report`."""

from argparse import ArgumentParser
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from common import terminal
from common.errors import Refused
from common.problems import say
from orders.importing import retail
from orders.importing.files import open_upload
from orders.importing.formats import RETAIL, Item, Source
from orders.importing.worklist import Worklist
from orders.models import Store
from tickets.actions import replaying
from tickets.actions.replaying import NotImported


class Command(BaseCommand):
    help = "Sends the real cancellations of an imported retail CSV through the whole desk."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--store", required=True, help="short name of the store")
        parser.add_argument("--report", required=True, type=Path, help="write the figures here")

    def handle(self, *args: Any, **options: Any) -> None:
        file, report = options["file"], options["report"]
        try:
            terminal.check_target(report, source=file)
            figures = _replay(file, options["store"])
            terminal.write_json(report, figures)
        except Refused as refusal:
            raise CommandError(say(refusal)) from refusal
        except KeyboardInterrupt as stop:
            told = _("Stopped. What is replayed stays; run the same command again to go on.")
            raise CommandError(told, returncode=130) from stop
        for key, value in figures.items():
            self.stdout.write(f"{key}: {value}")


def _replay(path: Path, slug: str) -> dict[str, object]:
    with open_upload(path) as stream, Worklist() as work:
        store = Store.objects.filter(slug=slug).first()
        if store is None:
            raise NotImported(slug=slug)
        source = Source(stream=stream, format=RETAIL, zone=ZoneInfo(store.zone))
        digest = source.digest()
        replaying.import_of(store=store, digest=digest)
        with terminal.bar(_("Reading"), "rows") as progress:
            work.add_cancellations(retail.cancellations(path, zone=source.zone))
            work.add_lines(_counted(source.items(), progress))
        replay = replaying.begin(store=store, digest=digest, work=work)
        with terminal.bar(_("Replaying"), "rows", total=work.count) as progress:
            replaying.run(replay, progress=progress)
        return replaying.report(replay)


def _counted(items: Iterator[Item], progress: Callable[[int], object]) -> Iterator[Any]:
    for item in items:
        progress(1)
        yield item
