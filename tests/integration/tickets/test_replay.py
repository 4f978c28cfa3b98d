"""`manage.py replay_cancellations`: what it makes, what it leaves alone, how it goes on."""

import io
import json
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.utils import translation

from common.domain.actors import Actor, ActorKind
from common.models import Delivery, Event, Job, OutboundMail
from feedback.models import Invitation
from orders.models import (
    Claim,
    DirectSettlement,
    OrderLine,
    Product,
    Refund,
    RefundAttempt,
    StockEntry,
    Store,
)  # fmt: skip
from tests.factories.order_files import retail_csv, written
from tickets.actions import opening, replaying
from tickets.actions.opening import Contact, Wish
from tickets.models import AutoRuleVersion, BuyerRequest, Clock, ClockLevel, Ticket

pytestmark = pytest.mark.django_db

HEAD = Path(__file__).parents[2] / "data" / "online_retail_head.csv"
SAMPLE = os.environ.get("SAMPLE_DATA", "")
ON_SQLITE = settings.DATABASES["default"]["ENGINE"].endswith("sqlite3")
# Customer 7 buys the same mug three times and sends some back; London is one hour ahead in June.
FILE = retail_csv(
    "500,10001,MUG,4,2011-06-01 10:00:00,1.25,7.0,UK",
    "500,10002,PEN,1,2011-06-01 10:00:00,2.00,7.0,UK",
    "501,10001,MUG,3,2011-06-02 10:00:00,1.11,7,UK",
    "C600,10001,MUG,-5,2011-06-03 10:00:00,1.11,7.0,UK",
    "C601,10001,MUG,-1,2011-06-03 11:00:00,1.25,7.0,UK",
    "C602,10001,MUG,-9,2011-06-04 10:00:00,1.25,7.0,UK",
    "502,10001,MUG,5,2011-06-05 10:00:00,1.25,7.0,UK",
    "C603,M,Manual,-1,2011-06-05 11:00:00,5.00,7.0,UK",
    "C604,10001,MUG,-1,2011-06-05 11:00:00,5.00,,UK",
    "C605,10001,MUG,2,2011-06-05 11:00:00,5.00,7.0,UK",
    "C606,10002,PEN,-1,2011-05-30 11:00:00,2.00,7.0,UK",
)
REPORT = {
    "orders": 3, "lines": 4, "paid": 500 + 200 + 333 + 625, "rejected": {},
    "cancellation_rows": 7,
    "cancellation_rejected": {"no_customer": 1, "not_a_product": 1, "quantity_not_positive": 1},
    # 600 takes 3 of order 501 and 2 of 500; 601 one more, 602 the last; 606 is too early.
    "replayed": 4, "tickets": 4, "cancelled_units": 7, "refunded": 333 + 500,
    "unmatched_rows": 2, "unmatched_units": 8 + 1,
}  # fmt: skip
MODELS = (
    Job, BuyerRequest, Ticket, Claim, Refund, RefundAttempt, DirectSettlement, StockEntry,
    Product, OrderLine, Clock, ClockLevel, Event, Delivery,
)  # fmt: skip


@pytest.fixture
def file(tmp_path):
    return written(tmp_path / "retail.csv", FILE)


def imported(path, store="uci"):
    call_command(
        "import_orders", str(path), store=store, format="online-retail", create_store=True,
        stdout=io.StringIO(),
    )  # fmt: skip


def replay(path, store="uci"):
    """Run the command and return its report."""
    report = path.with_name("report.json")
    with translation.override("en"):
        call_command(
            "replay_cancellations", str(path), store=store, report=report, stdout=io.StringIO()
        )
    return json.loads(report.read_text())


def rows():
    return {model: list(model.objects.order_by("pk").values()) for model in MODELS}


def moment(day, hour):
    return datetime(2011, 6, day, hour, tzinfo=UTC)


def test_replay_reports_what_the_rules_say(file):
    imported(file)

    assert replay(file) == REPORT


def test_replay_makes_a_refunded_ticket_of_each_line_and_its_units(file):
    imported(file)
    replay(file)

    found = Ticket.objects.order_by("id").values_list(
        "claim__line__order__number", "claim__quantity", "claim__requested_at", "status",
        "received_at", "closed_at", "auto_approved", "decided_by_kind", "request__source",
    )  # fmt: skip
    third, later, fourth = moment(3, 9), moment(3, 10), moment(4, 9)
    rest = ("REFUNDED",)
    by_rule = (True, ActorKind.RULE, "REPLAY")
    assert list(found) == [
        ("501", 3, third, *rest, third, third, *by_rule),
        ("500", 2, third, *rest, third, third, *by_rule),
        ("500", 1, later, *rest, later, later, *by_rule),
        ("500", 1, fourth, *rest, fourth, fourth, *by_rule),
    ]


def test_replay_pays_by_the_floor_of_the_sum_and_puts_units_back(file):
    imported(file)
    replay(file)

    assert list(Refund.objects.order_by("id").values_list("amount", "state", "rule")) == [
        (333, "CONFIRMED", "replay@1"), (250, "CONFIRMED", "replay@1"),
        (125, "CONFIRMED", "replay@1"), (125, "CONFIRMED", "replay@1"),
    ]  # fmt: skip
    assert Product.objects.get(sku="10001").on_hand == 7
    assert StockEntry.objects.filter(kind="RESTOCK").count() == 4


def test_replay_dates_everything_as_the_file_does(file):
    imported(file)
    already = Event.objects.count()
    replay(file)

    told = Event.objects.order_by("id")[already:]
    moments = {moment(3, 9), moment(3, 10), moment(4, 9)}
    assert {event.happened_at for event in told} == moments
    assert set(DirectSettlement.objects.values_list("settled_at", flat=True)) == moments
    assert set(StockEntry.objects.filter(kind="RESTOCK").values_list("at", flat=True)) == moments
    clocks = Clock.objects.filter(ticket__claim__line__order__number="501").order_by("kind")
    assert [(c.kind, c.started_at, c.stopped_at, c.outcome) for c in clocks] == [
        (kind, moment(3, 9), moment(3, 9), "MET") for kind in ("DECISION", "FIRST_REPLY", "STATUTE")
    ]
    assert not Ticket.objects.exclude(next_check_at=None).exists()


def test_replay_tells_and_asks_nobody_and_wakes_no_worker(file, woken, commit):
    imported(file)
    with commit():
        replay(file)

    assert not OutboundMail.objects.exists()
    assert not Invitation.objects.exists()
    assert not Delivery.objects.exclude(state="DONE").exists()
    assert woken == []


def test_a_second_replay_changes_nothing_and_reports_the_same(file):
    imported(file)
    first, before = replay(file), rows()

    assert replay(file) == first
    assert rows() == before


def test_a_stopped_replay_goes_on_and_ends_in_the_same_report(file, monkeypatch):
    imported(file)
    monkeypatch.setattr(replaying, "BATCH", 1)
    real = replaying.executor.execute
    paid = []

    def stop_at_the_third(refund, *, at):
        if len(paid) == 2:
            raise KeyboardInterrupt
        paid.append(refund.pk)
        real(refund, at=at)

    monkeypatch.setattr(replaying.executor, "execute", stop_at_the_third)
    with pytest.raises(CommandError) as stopped:
        replay(file)
    assert stopped.value.returncode == 130
    # Row 606 came first and matched nothing, 600 made two tickets; 601 was begun and is undone.
    assert Job.objects.get(kind=replaying.KIND).done == 2
    assert Ticket.objects.count() == 2
    assert not file.with_name("report.json").exists()

    monkeypatch.setattr(replaying.executor, "execute", real)
    assert replay(file) == REPORT
    assert Job.objects.get(kind=replaying.KIND).state == Job.State.DONE


def test_replay_refuses_a_file_that_was_not_imported(file, tmp_path):
    with pytest.raises(CommandError, match="has not been imported"):
        replay(file)
    imported(file)
    other = written(tmp_path / "other.csv", FILE.replace(b"PEN", b"PENS"))
    before = rows()
    with pytest.raises(CommandError, match="import_orders FILE --store uci"):
        replay(other)
    assert rows() == before


def test_replay_refuses_an_import_that_was_not_finished(file):
    imported(file)
    Job.objects.update(state=Job.State.RUNNING)
    with pytest.raises(CommandError, match="has not been imported"):
        replay(file)
    assert not Ticket.objects.exists()


def test_replay_refuses_without_its_rule(file):
    imported(file)
    AutoRuleVersion.objects.update(stopped_at=moment(1, 1))
    with pytest.raises(CommandError, match="rule 'replay'"):
        replay(file)
    assert not Ticket.objects.exists()


def test_replay_refuses_to_overwrite_the_file_itself(file):
    imported(file)
    with pytest.raises(CommandError, match="cannot be written"), translation.override("en"):
        call_command("replay_cancellations", str(file), store="uci", report=file)
    assert file.read_bytes() == FILE


def test_two_replays_at_once_do_not_replay_a_row_twice(file, monkeypatch):
    imported(file)
    real = replaying._replay_batch

    def overtaken(replay_, batch):
        Job.objects.filter(pk=replay_.job.pk).update(done=1)
        real(replay_, batch)

    monkeypatch.setattr(replaying, "_replay_batch", overtaken)
    with pytest.raises(CommandError, match="by another process"):
        replay(file)
    assert not Ticket.objects.exists()


def test_replay_leaves_units_to_a_request_that_has_them(file):
    imported(file)
    line = OrderLine.objects.select_related("order__store").get(order__number="501")
    opening.open_request(
        order=line.order, wishes=[Wish(line.pk, 3, "CHANGED_MIND")], contact=Contact(),
        by=Actor.buyer(), at=moment(2, 12),
    )  # fmt: skip

    report = replay(file)

    assert (report["tickets"], report["cancelled_units"]) == (1, 4)
    line.refresh_from_db()
    assert (line.claimed_qty, line.refunded_qty) == (3, 0)


def test_a_line_counts_from_its_own_moment_not_from_its_orders(tmp_path):
    file = written(tmp_path / "late.csv", retail_csv(
        "500,10002,PEN,1,2011-06-01 10:00:00,2.00,7,UK",
        "C600,10001,MUG,-1,2011-06-01 10:01:00,1.00,7,UK",
        "500,10001,MUG,1,2011-06-01 10:02:00,1.00,7,UK",
    ))  # fmt: skip
    imported(file)

    assert replay(file)["unmatched_units"] == 1


def test_units_of_one_order_are_one_request(tmp_path):
    file = written(tmp_path / "twice.csv", retail_csv(
        "500,10001,MUG,1,2011-06-01 10:00:00,1.00,7,UK",
        "500,10001,MUG,1,2011-06-01 10:00:00,1.00,7,UK",
        "C600,10001,MUG,-2,2011-06-02 10:00:00,1.00,7,UK",
    ))  # fmt: skip
    imported(file)
    replay(file)

    assert BuyerRequest.objects.count() == 1
    keys = Claim.objects.order_by("line__line_key").values_list("source_key", flat=True)
    digest = Job.objects.get(kind=replaying.KIND).params["digest"]
    assert list(keys) == [f"{digest}:2:500/10001/1", f"{digest}:2:500/10001/2"]


def test_the_same_file_in_another_store_is_a_replay_of_its_own(file):
    imported(file)
    imported(file, store="second")
    assert replay(file) == replay(file, store="second") == REPORT
    assert Ticket.objects.filter(store=Store.objects.get(slug="second")).count() == 4


def test_replay_of_the_head_of_the_real_file_leaves_the_books_in_agreement(tmp_path):
    path = written(tmp_path / "head.csv", HEAD.read_bytes())
    imported(path)
    report = replay(path)

    assert report["cancellation_rows"] == 9
    out = io.StringIO()
    call_command("reconcile", stdout=out)
    assert str(report["tickets"]) in out.getvalue()


@pytest.mark.skipif(
    not (SAMPLE and ON_SQLITE),
    reason="the large retail file goes through once: on SQLite, with its folder in SAMPLE_DATA",
)
def test_replay_of_the_real_file_reports_the_known_figures(tmp_path):
    packed = Path(SAMPLE) / "online_retail_2010-12_2011-08.csv.gz"
    path = written(tmp_path / packed.name, packed.read_bytes())
    imported(path)

    assert replay(path) == {
        "orders": 12383, "lines": 311482, "paid": 606066708,
        "rejected": {
            "not_a_product": 1596, "not_an_order": 3, "price_not_positive": 864,
            "quantity_not_positive": 913,
        },
        "cancellation_rows": 5847,
        "cancellation_rejected": {"no_customer": 126, "not_a_product": 393},
        "replayed": 5328, "tickets": 4531, "cancelled_units": 126207, "refunded": 23396164,
        "unmatched_rows": 904, "unmatched_units": 17377,
    }  # fmt: skip
    call_command("reconcile", stdout=io.StringIO())
