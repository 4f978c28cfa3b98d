"""Import a file: looked through first, then written in batches, going on where it stopped."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any, cast

from django.core.exceptions import ValidationError
from django.core.validators import validate_slug
from django.db import transaction

from common import events
from common.domain.actors import Actor
from common.errors import Refused, gettext_noop
from common.models import Calendar, Job
from orders.actions.import_rows import RetailWriter, SmartStoreWriter, Written
from orders.domain.events import OrderEvent
from orders.importing.formats import RETAIL, Format, Item, Source
from orders.importing.refusals import FileChanged
from orders.importing.report import RetailSummary, SmartStoreSummary, Summary
from orders.importing.rows import Reject
from orders.models import Store

# Rows of one transaction: what a crash costs at most, and what others wait for.
BATCH = 5_000
KIND = "import_orders"
# Names of buyers and orders belong into the report that was asked for, not into the job's row.
_PERSONAL = ("first", "last", "open_cancel_requests")

Writer = RetailWriter | SmartStoreWriter
Progress = Callable[[int], object]


class StoreUnknown(Refused):
    """No such store, and nobody asked to make one."""

    code = "store_unknown"
    wording = gettext_noop("There is no store %(slug)s. Add --create-store to make it.")
    status = 404


class StoreMismatch(Refused):
    """Amounts of the file are in another currency than the store's."""

    code = "store_mismatch"
    wording = gettext_noop(
        "The store %(slug)s counts in %(currency)s, this file in %(wanted)s. Name another store."
    )


class BadSlug(Refused):
    """Not a short name that can stand in an address."""

    code = "bad_slug"
    wording = gettext_noop("A store's short name has letters, digits, - and _ only: %(slug)s.")
    status = 400


class ImportRunning(Refused):
    """Another process imports the same file into the same store."""

    code = "import_running"
    wording = gettext_noop("This file is being imported by another process. Wait until it is done.")


@dataclass(slots=True)
class Outcome:
    """What an import did to the database."""

    new: int = 0
    changed: int = 0
    same: int = 0
    went_on_at: int = 0
    was_done: bool = False

    def add(self, written: Written) -> None:
        """Add what one batch did."""
        self.new += written.new
        self.changed += written.changed
        self.same += written.same


@dataclass(frozen=True, slots=True)
class Plan:
    """A file looked through: what it holds and what identifies it."""

    source: Source
    digest: str
    summary: Summary = field(repr=False)


def examine(source: Source, *, on_reject: Callable[[Reject], object], progress: Progress) -> Plan:
    """Read the whole file and write nothing; refuse what cannot be imported."""
    summary = source.format.summary()
    for item in source.items():
        summary.add(item)
        if isinstance(item, Reject):
            on_reject(item)
        progress(1)
    return Plan(source=source, digest=source.digest(), summary=summary)


def find_store(*, slug: str, file_format: Format, may_create: bool) -> Store | None:
    """Return the store; None when it is still to be made; refuse one that does not fit."""
    store: Store | None = Store.objects.filter(slug=slug).first()
    if store is None:
        if not may_create:
            raise StoreUnknown(slug=slug)
        try:
            validate_slug(slug)
        except ValidationError as error:
            raise BadSlug(slug=slug) from error
        return None
    if store.currency != file_format.currency:
        raise StoreMismatch(slug=slug, currency=store.currency, wanted=file_format.currency)
    return store


@transaction.atomic
def create_store(*, slug: str, file_format: Format, by: Actor, at: datetime) -> Store:
    """Make the store a file of this format needs: its own site, where the desk keeps the ledger."""
    store = Store.objects.create(
        slug=slug,
        name=slug,
        channel="direct",
        currency=file_format.currency,
        zone=file_format.zone,
        calendar=Calendar.objects.get(code="default"),
        from_spreadsheet=file_format.marketplace,
    )
    events.record(OrderEvent.STORE_CREATED, subject=store, by=by, at=at, slug=slug)
    return store


def run(*, plan: Plan, store: Store, by: Actor, at: datetime, progress: Progress) -> Outcome:
    """Write what is new in the file; a second run changes nothing, a stopped one goes on.

    Each batch is one transaction with its event and the job's place in the file.
    """
    job = _job(plan, store, by)
    outcome = Outcome(went_on_at=job.done, was_done=job.state == Job.State.DONE)
    if outcome.was_done:
        return outcome
    writer = _writer(plan, store, at)
    _begin(job, writer)
    progress(job.done)
    for batch in _batches(islice(plan.source.items(), job.done, None)):
        outcome.add(_write(job, writer, batch, by=by, at=at))
        progress(len(batch))
    _finish(job, plan.summary)
    return outcome


def _job(plan: Plan, store: Store, by: Actor) -> Job:
    """Return the job of this file, store and format; made when there is none."""
    name = plan.source.format.name
    job, _ = Job.objects.get_or_create(
        key=f"{KIND}:{name}:{store.pk}:{plan.digest}",
        defaults={
            "kind": KIND,
            "params": {"store": store.slug, "format": name, "digest": plan.digest},
            "total": plan.summary.rows,
            "by_id": by.user_id,
        },
    )
    return job


def _writer(plan: Plan, store: Store, at: datetime) -> Writer:
    if plan.source.format is RETAIL:
        summary = cast(RetailSummary, plan.summary)
        return RetailWriter(store, digest=plan.digest, at=at, summary=summary)
    return SmartStoreWriter(
        store, digest=plan.digest, at=at, summary=cast(SmartStoreSummary, plan.summary)
    )


@transaction.atomic
def _begin(job: Job, writer: Writer) -> None:
    """Write what stands before the first line, once."""
    _advance(job, by=0)
    if not job.cursor.get("begun"):
        writer.prepare()
        job.cursor = {"begun": True}
        job.save(update_fields=["cursor"])


@transaction.atomic
def _write(job: Job, writer: Writer, batch: Sequence[Item], *, by: Actor, at: datetime) -> Written:
    """Write one batch; two processes cannot write the same one."""
    start = job.done
    _advance(job, by=len(batch))
    lines = [item for item in batch if not isinstance(item, Reject)]
    written = writer.write(lines)
    events.record(
        OrderEvent.IMPORTED, subject=writer.store, by=by, at=at, job=job.pk, digest=writer.digest,
        start=start, rows=len(batch), new=written.new, changed=written.changed,
    )  # fmt: skip
    job.done = start + len(batch)
    return written


def _advance(job: Job, *, by: int) -> None:
    """Move the job's place in the file, if it still stands where we left it."""
    if job.total is not None and job.done + by > job.total:
        raise FileChanged
    rows = Job.objects.filter(pk=job.pk, done=job.done, state=Job.State.RUNNING)
    if not rows.update(done=job.done + by):
        raise ImportRunning


@transaction.atomic
def _finish(job: Job, summary: Summary) -> None:
    if job.done != job.total:
        raise FileChanged
    _advance(job, by=0)
    report = {key: value for key, value in summary.report().items() if key not in _PERSONAL}
    Job.objects.filter(pk=job.pk).update(state=Job.State.DONE, report=report)


def _batches(items: Iterable[Any]) -> Iterator[list[Any]]:
    rest = iter(items)
    while batch := list(islice(rest, BATCH)):
        yield batch
