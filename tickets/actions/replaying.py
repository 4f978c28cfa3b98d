"""The real cancellations of an imported file, sent through the real actions as history.

Whatever happens is dated as the file says; nothing is mailed, surveyed or sent today. What is done
is read from the rows: a run that was killed goes on, and ends in the same report.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice

from django.db import transaction
from django.db.models import Count, Sum

from common import deliveries, events
from common.domain.actors import Actor
from common.errors import Refused, gettext_noop
from common.models import Job
from orders import executor
from orders.actions import importing
from orders.domain.matching import Match, Offer, take
from orders.domain.reasons import ReasonCode
from orders.domain.refunds import RefundState
from orders.importing.formats import RETAIL
from orders.importing.rows import Cancellation
from orders.importing.worklist import Candidate, Worklist
from orders.models import Claim, OrderLine, Refund, Store
from tickets.actions import decisions, opening
from tickets.actions.opening import Contact, Wish
from tickets.actions.remembering import remembered
from tickets.models import AutoRuleVersion, BuyerRequest

KIND = "replay_cancellations"
SOURCE = BuyerRequest.Source.REPLAY
BY = Actor.buyer()
CONTACT = Contact(locale="en", source=SOURCE)
# Rows of one transaction: what a stop costs at most, and how long others wait for their turn.
BATCH = 25

Progress = Callable[[int], object]


class NotImported(Refused):
    """The file's orders are not, or not all, in the store."""

    code = "not_imported"
    wording = gettext_noop(
        "This file has not been imported into the store %(slug)s. First run: "
        "import_orders FILE --store %(slug)s --format online-retail"
    )


class NoReplayRule(Refused):
    """The rule that approves a replay is missing or stopped."""

    code = "no_replay_rule"
    wording = gettext_noop("The rule 'replay' is not published, so nothing may be approved by it.")


class ReplayRunning(Refused):
    """Another process replays the same file."""

    code = "replay_running"
    wording = gettext_noop("This file is being replayed by another process. Wait until it is done.")


@dataclass(frozen=True, slots=True)
class Replay:
    """One file for one store, with the job that knows how far it got."""

    store: Store
    digest: str
    work: Worklist
    job: Job
    rule: AutoRuleVersion


def begin(*, store: Store, digest: str, work: Worklist) -> Replay:
    """Return the replay, begun now unless there is one; refuse what was not imported."""
    import_of(store=store, digest=digest)
    job, _ = Job.objects.get_or_create(
        key=f"{KIND}:{store.pk}:{digest}",
        defaults={
            "kind": KIND,
            "params": {"store": store.slug, "digest": digest},
            "total": work.count,
        },
    )
    return Replay(store=store, digest=digest, work=work, job=job, rule=_rule())


def import_of(*, store: Store, digest: str) -> Job:
    """Return the finished import of a file, or refuse."""
    key = f"{importing.KIND}:{RETAIL.name}:{store.pk}:{digest}"
    job = Job.objects.filter(key=key, state=Job.State.DONE).first()
    if job is None:
        raise NotImported(slug=store.slug)
    return job


def _rule() -> AutoRuleVersion:
    rules = AutoRuleVersion.objects.published().select_related("rule")
    rule = rules.filter(rule__code="replay", stopped_at=None).order_by("-number").first()
    if rule is None:
        raise NoReplayRule()
    return rule


def run(replay: Replay, *, progress: Progress) -> None:
    """Replay the rows that are left, some in each transaction; a second run changes nothing."""
    job = replay.job
    rows = replay.work.cancellations(skip=job.done)
    progress(job.done)
    while batch := list(islice(rows, BATCH)):
        _replay_batch(replay, batch)
        job.done += len(batch)
        progress(len(batch))
    Job.objects.filter(pk=job.pk, done=replay.work.count).update(state=Job.State.DONE)


@transaction.atomic
def _replay_batch(replay: Replay, batch: list[Cancellation]) -> None:
    """Replay some rows and move the job's place: all of it, or nothing."""
    job = replay.job
    # Compare and set, before anything else: two processes cannot replay the same rows.
    if not Job.objects.filter(pk=job.pk, done=job.done).update(done=job.done + len(batch)):
        raise ReplayRunning()
    with events.history(), remembered():
        for row in batch:
            _replay_row(replay, row)


def _replay_row(replay: Replay, row: Cancellation) -> None:
    match = _match(replay, row)
    by_order: dict[int, list[Offer[OrderLine]]] = {}
    for part in match.parts:
        by_order.setdefault(part.line.order_id, []).append(part)
    for parts in by_order.values():
        _cancel(replay, row, parts)


def _match(replay: Replay, row: Cancellation) -> Match[OrderLine]:
    empty: list[Candidate] = []

    def offers() -> Iterator[Offer[OrderLine]]:
        for candidate in replay.work.candidates(row):
            line = _line(replay.store, candidate)
            if line is None or line.units_free == 0:
                empty.append(candidate)
            else:
                yield Offer(line, line.units_free)

    match = take(row.quantity, offers())
    replay.work.strike(empty)
    return match


def _line(store: Store, candidate: Candidate) -> OrderLine | None:
    lines = OrderLine.objects.filter(order__store=store, order__number=candidate.number)
    unsent = lines.filter(line_key=candidate.key, dispatched_at=None)
    return unsent.select_related("order").first()


def _cancel(replay: Replay, row: Cancellation, parts: list[Offer[OrderLine]]) -> None:
    """Ask for the units of one order, approve by the rule, pay back; each a ticket of its own."""
    order = parts[0].line.order
    order.store = replay.store
    request = opening.open_request(
        order=order,
        wishes=[_wish(replay, row, part) for part in parts],
        contact=CONTACT,
        by=BY,
        at=row.at,
    )
    for ticket_id in request.tickets.order_by("pk").values_list("pk", flat=True):
        ticket = decisions.approve_by_rule(
            ticket_id=ticket_id, rule=replay.rule, source=SOURCE, at=row.at
        )
        refund = Refund.objects.get(claim=ticket.claim_id)
        executor.execute(refund, at=row.at)
        deliveries.deliver_own(subject=refund)  # the ticket hears that the money went


def _wish(replay: Replay, row: Cancellation, part: Offer[OrderLine]) -> Wish:
    return Wish(
        line_id=part.line.pk,
        quantity=part.free,
        reason=ReasonCode.CHANGED_MIND.value,
        source_key=f"{replay.digest}:{row.row}:{part.line.line_key}",
    )


def report(replay: Replay) -> dict[str, object]:
    """Return the figures of the import and of the replay, from the rows as they are now."""
    work = replay.work
    claims = Claim.objects.filter(
        store=replay.store, source_key__startswith=f"{replay.digest}:", ticket__isnull=False
    )
    made = claims.aggregate(tickets=Count("ticket"), units=Sum("quantity"))
    paid_back = Refund.objects.filter(claim__in=claims, state=RefundState.CONFIRMED)
    work.note_matched(_matches(replay))
    unmatched_rows, unmatched_units = work.unmatched()
    imported = import_of(store=replay.store, digest=replay.digest).report
    return imported | {
        "cancellation_rows": work.count + work.rejected.total(),
        "cancellation_rejected": dict(sorted(work.rejected.items())),
        "replayed": work.count,
        "tickets": made["tickets"],
        "cancelled_units": made["units"] or 0,
        "refunded": paid_back.aggregate(amount=Sum("amount"))["amount"] or 0,
        "unmatched_rows": unmatched_rows,
        "unmatched_units": unmatched_units,
    }


def _matches(replay: Replay) -> Iterator[tuple[int, int]]:
    """Yield the units of each replayed claim with its row in the file."""
    claims = Claim.objects.filter(store=replay.store, source_key__startswith=f"{replay.digest}:")
    for key, quantity in claims.values_list("source_key", "quantity").iterator():
        yield quantity, int(str(key).split(":", 2)[1])
