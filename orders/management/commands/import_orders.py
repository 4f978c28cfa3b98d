"""Import orders from a file: `import_orders FILE --store SLUG --format FORMAT`."""

import csv
import json
import os
from argparse import ArgumentParser
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _
from tqdm import tqdm

from common.domain.actors import Actor
from common.errors import Refused
from common.problems import say
from orders.actions import importing
from orders.actions.importing import Outcome, Plan
from orders.importing.files import open_upload
from orders.importing.formats import FORMATS, Format, Source
from orders.importing.rows import Reject
from orders.models import Store

BY = Actor.system("import_orders")


class Command(BaseCommand):
    help = "Imports orders from a Smart Store spreadsheet or the retail CSV."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--store", required=True, help="short name of the store")
        parser.add_argument("--format", required=True, choices=list(FORMATS))
        parser.add_argument("--create-store", action="store_true", help="make the store if needed")
        parser.add_argument("--dry-run", action="store_true", help="look through, write nothing")
        parser.add_argument("--password", default="", help="of an encrypted spreadsheet")
        parser.add_argument("--rejects", type=Path, help="write rejected rows to this CSV file")
        parser.add_argument("--report", type=Path, help="write the summary to this JSON file")

    def handle(self, *args: Any, **options: Any) -> None:
        for name in ("rejects", "report"):
            _check_target(options[name], source=options["file"])
        try:
            self._import(options)
        except Refused as refusal:
            raise CommandError(say(refusal)) from refusal
        except KeyboardInterrupt as stop:
            told = _("Stopped. What is imported stays; run the same command again to go on.")
            raise CommandError(told, returncode=130) from stop

    def _import(self, options: Mapping[str, Any]) -> None:
        file_format = FORMATS[options["format"]]
        store = importing.find_store(
            slug=options["store"], file_format=file_format, may_create=options["create_store"]
        )
        with open_upload(options["file"]) as stream:
            source = Source(
                stream=stream,
                format=file_format,
                zone=ZoneInfo(store.zone if store else file_format.zone),
                password=options["password"],
            )
            plan = self._examine(source, options["rejects"])
            self._tell(plan)
            if options["dry_run"]:
                self.stdout.write(_("Dry run: nothing was written."))
            else:
                self._run(plan, store, options["store"])
        _write_report(options["report"], plan)

    def _examine(self, source: Source, rejects: Path | None) -> Plan:
        with _bar(_("Reading")) as progress, _reject_list(rejects) as on_reject:
            return importing.examine(source, on_reject=on_reject, progress=progress)

    def _run(self, plan: Plan, store: Store | None, slug: str) -> None:
        at = timezone.now()
        store = store or _new_store(slug, plan.source.format, at)
        with _bar(_("Writing"), total=plan.summary.rows) as progress:
            outcome = importing.run(plan=plan, store=store, by=BY, at=at, progress=progress)
        self._tell_outcome(outcome)

    def _tell(self, plan: Plan) -> None:
        report = plan.summary.report()
        for key in ("orders", "lines", "paid", "units"):
            if key in report:
                self.stdout.write(f"{key}: {report[key]}")
        self.stdout.write(f"rejected: {plan.summary.rejected.total()}")
        for reason, count in sorted(plan.summary.rejected.items()):
            self.stdout.write(f"  {reason}: {count}")

    def _tell_outcome(self, outcome: Outcome) -> None:
        if outcome.was_done:
            self.stdout.write(_("This file was imported before; nothing changed."))
            return
        if outcome.went_on_at:
            self.stdout.write(_("Went on after row %(row)s.") % {"row": outcome.went_on_at})
        told = _("New lines: %(new)s. Updated: %(changed)s. As they were: %(same)s.")
        counts = {"new": outcome.new, "changed": outcome.changed, "same": outcome.same}
        self.stdout.write(told % counts)


def _new_store(slug: str, file_format: Format, at: datetime) -> Store:
    return importing.create_store(slug=slug, file_format=file_format, by=BY, at=at)


def _check_target(path: Path | None, *, source: Path) -> None:
    """Refuse a place we could not write to, or the file itself, before anything happens."""
    if path is None:
        return
    folder_fits = path.parent.is_dir() and os.access(path.parent, os.W_OK)
    if not folder_fits or path.is_dir() or path.resolve() == source.resolve():
        raise CommandError(_("%(path)s cannot be written.") % {"path": path})


@contextmanager
def _bar(title: str, total: int | None = None) -> Iterator[Callable[[int], object]]:
    """Show rows, rate and time left; quiet where nobody watches."""
    with tqdm(desc=title, total=total, unit=" rows", unit_scale=False, disable=None) as bar:
        yield bar.update


@contextmanager
def _reject_list(path: Path | None) -> Iterator[Callable[[Reject], object]]:
    """Write rejects to a CSV that Excel opens; a refused file leaves none behind."""
    if path is None:
        yield lambda reject: None
        return
    part = path.with_name(f"{path.name}.part")
    try:
        with part.open("w", encoding="utf-8-sig", newline="") as target:
            rows = csv.writer(target)
            rows.writerow(["row", "reason", "excerpt"])
            yield lambda reject: rows.writerow([reject.row, reject.reason, reject.excerpt])
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _write_report(path: Path | None, plan: Plan) -> None:
    if path is not None:
        text = json.dumps(plan.summary.report(), ensure_ascii=False, indent=1)
        path.write_text(text + "\n", encoding="utf-8")
