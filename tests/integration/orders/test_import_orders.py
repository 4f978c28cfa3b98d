"""`manage.py import_orders`: what it writes, what it leaves, and how it goes on."""

import csv
import gzip
import io
import json
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db.models import F, Sum
from django.utils import translation

from common.domain.actors import Actor
from common.models import Calendar, Event, Job
from orders.actions import importing, proofs
from orders.domain.reasons import REASONS
from orders.importing import retail
from orders.models import Claim, Order, OrderLine, Product, StockEntry, Store
from tests.factories.order_files import order_row, order_sheet, retail_csv, written

pytestmark = pytest.mark.django_db

DATA = Path(__file__).parents[2] / "data"
SHEET, LOCKED = DATA / "smartstore_orders.xlsx", DATA / "smartstore_orders_encrypted.xlsx"
HEAD = DATA / "online_retail_head.csv"
SAMPLE = os.environ.get("SAMPLE_DATA", "")
ON_SQLITE = settings.DATABASES["default"]["ENGINE"].endswith("sqlite3")
AT = datetime(2026, 11, 2, tzinfo=UTC)


def run(path, *, store="shop", file_format="smartstore", create=True, **options):
    """Run the command and return what it printed."""
    out = io.StringIO()
    with translation.override("en"):
        call_command(
            "import_orders", str(path), store=store, format=file_format, create_store=create,
            stdout=out, **options,
        )  # fmt: skip
    return out.getvalue()


def rows():
    """Return everything the import may touch, as comparable values."""
    models = (Store, Product, StockEntry, Order, OrderLine, Event, Job)
    return {model: list(model.objects.order_by("pk").values()) for model in models}


def sheet(tmp_path, *lines, name="orders.xlsx"):
    return written(tmp_path / name, order_sheet(lines))


@pytest.fixture
def small_batches(monkeypatch):
    monkeypatch.setattr(importing, "BATCH", 100)


@pytest.mark.parametrize(("path", "password"), [(SHEET, ""), (LOCKED, "1234")])
def test_import_orders_reports_the_sample_as_expected(tmp_path, path, password):
    run(path, password=password, report=tmp_path / "report.json")

    expected = json.loads((DATA / "smartstore_orders_expected.json").read_text())
    assert json.loads((tmp_path / "report.json").read_text()) == expected
    assert Order.objects.count() == expected["orders"]
    assert OrderLine.objects.aggregate(n=Sum("quantity"), paid=Sum("paid")) == {
        "n": expected["units"], "paid": expected["paid"],
    }  # fmt: skip


def test_import_orders_writes_every_field_of_a_line():
    run(SHEET)

    line = OrderLine.objects.select_related("order", "product").get(line_key="2026100152498810")
    order = line.order
    assert (order.number, order.buyer_name, order.phone) == (
        "2026100117646573", "성춘향", "010-0000-1053",
    )  # fmt: skip
    assert order.phone_tail_hmac == proofs.tail_digest("1053")
    assert order.address == "서울특별시 예시구 가상로 302 113동 316호"
    assert order.ordered_at == datetime(2026, 9, 30, 19, 3, 18, tzinfo=UTC)
    assert order.delivery_paid == 3000
    assert (line.quantity, line.paid, line.source_row) == (1, 13500, 3)
    assert line.channel_state == {
        "status": "구매확정", "detail": "구매확정", "claim": "취소완료", "quantity_claim": True,
    }  # fmt: skip
    assert line.dispatched_at == datetime(2026, 10, 1, 23, 33, 18, tzinfo=UTC)
    assert str(line.dispatch_due_on) == "2026-10-04"
    assert (line.carrier, line.tracking) == ("CJ대한통운", "000041153794")
    assert (line.product.sku, line.product.tracks_stock) == ("MS-05", False)
    assert not StockEntry.objects.exists()


@pytest.mark.parametrize(
    ("file_format", "path", "made"),
    [
        ("smartstore", SHEET, ("direct", "KRW", "Asia/Seoul", True)),
        ("online-retail", HEAD, ("direct", "GBP", "Europe/London", False)),
    ],
)
def test_import_orders_makes_the_store_a_format_needs(file_format, path, made):
    run(path, file_format=file_format)

    fields = ("channel", "currency", "zone", "from_spreadsheet")
    assert Store.objects.values_list(*fields).get(slug="shop") == made
    assert Event.objects.filter(name="store.created").count() == 1


@pytest.mark.parametrize(("file_format", "path"), [("smartstore", SHEET), ("online-retail", HEAD)])
def test_import_orders_twice_changes_nothing(file_format, path, small_batches):
    run(path, file_format=file_format)
    before = rows()

    told = run(path, file_format=file_format)

    assert rows() == before
    assert told.splitlines()[0].startswith("orders: ")


@pytest.mark.parametrize(("file_format", "path"), [("smartstore", SHEET), ("online-retail", HEAD)])
def test_import_orders_dry_run_writes_nothing_and_tells_the_same(tmp_path, file_format, path):
    before = rows()
    dry = run(path, file_format=file_format, dry_run=True, report=tmp_path / "dry.json")
    assert rows() == before

    wet = run(path, file_format=file_format, report=tmp_path / "wet.json")

    assert dry.splitlines()[:-1] == wet.splitlines()[:-1]
    assert (tmp_path / "dry.json").read_text() == (tmp_path / "wet.json").read_text()


def test_import_orders_records_one_event_a_batch(small_batches):
    run(SHEET)

    events = Event.objects.filter(name="orders.imported").order_by("pk")
    assert [event.data["start"] for event in events] == [0, 100, 200]
    assert sum(event.data["new"] for event in events) == 300
    assert "성춘향" not in json.dumps([*events.values("data"), *Job.objects.values("report")])


@pytest.mark.parametrize(("file_format", "path"), [("smartstore", SHEET), ("online-retail", HEAD)])
def test_import_orders_goes_on_where_it_was_stopped(file_format, path, small_batches, monkeypatch):
    begun = []
    write = importing._write

    def stopped(*args, **kwargs):
        begun.append(1)
        if len(begun) == 3:
            raise KeyboardInterrupt
        return write(*args, **kwargs)

    with monkeypatch.context() as patched:
        patched.setattr(importing, "_write", stopped)
        with pytest.raises(CommandError) as told:
            run(path, file_format=file_format)
    assert told.value.returncode == 130
    assert Job.objects.get().done == 200
    half = OrderLine.objects.count()

    run(path, file_format=file_format)

    assert Job.objects.get().state == Job.State.DONE
    assert 0 < half < OrderLine.objects.count()
    starts = [e.data["start"] for e in Event.objects.filter(name="orders.imported").order_by("pk")]
    assert starts == list(range(0, Job.objects.get().total, 100))
    keys = OrderLine.objects.values_list("order__number", "line_key")
    assert len(set(keys)) == len(keys)


def test_a_batch_that_fails_leaves_nothing_of_itself(small_batches, monkeypatch):
    def fails(*_args, **_kwargs):
        raise RuntimeError

    monkeypatch.setattr(importing.events, "record", fails)
    calendar = Calendar.objects.get(code="default")
    Store.objects.create(slug="shop", name="shop", calendar=calendar, currency="KRW")

    with pytest.raises(RuntimeError):
        run(SHEET)

    assert not Order.objects.exists()
    assert Job.objects.get().done == 0


def test_two_processes_do_not_write_the_same_batch(small_batches, monkeypatch):
    write = importing._write

    def overtaken(job, *args, **kwargs):
        Job.objects.filter(pk=job.pk).update(done=F("done") + 100)
        return write(job, *args, **kwargs)

    monkeypatch.setattr(importing, "_write", overtaken)

    with pytest.raises(CommandError):
        run(SHEET)

    assert not OrderLine.objects.exists()


def test_the_retail_file_opens_its_stock_and_sells_it():
    run(HEAD, file_format="online-retail")

    sold = OrderLine.objects.aggregate(n=Sum("quantity"))["n"]
    by_kind = StockEntry.objects.values_list("kind").annotate(n=Sum("quantity")).order_by("kind")
    assert dict(by_kind) == {"OPENING": sold, "SALE": -sold}
    openings = StockEntry.objects.filter(kind="OPENING")
    assert openings.count() == Product.objects.filter(tracks_stock=True).count()
    assert set(Product.objects.values_list("on_hand", "shortage")) == {(0, 0)}


def test_a_packed_retail_file_is_the_same_file(tmp_path):
    run(HEAD, file_format="online-retail")
    before = rows()

    packed = written(tmp_path / "head.csv.gz", gzip.compress(HEAD.read_bytes()))
    run(packed, file_format="online-retail")

    assert rows() == before


def test_a_retail_order_keeps_its_customer_and_the_time_of_its_first_line(tmp_path):
    path = written(
        tmp_path / "r.csv",
        retail_csv(
            "1,85123A,HEART,6,2011-07-01 09:26:00,2.55,17850.0,UK",
            "2,85123A,HEART,1,2011-07-01 09:27:00,2.55,,UK",
            "1,85123A,HEART,2,2011-07-01 09:28:00,2.55,17850,UK",
        ),
    )
    run(path, file_format="online-retail")

    orders = Order.objects.order_by("number")
    assert list(orders.values_list("number", "customer_ref", "ordered_at")) == [
        ("1", "17850", datetime(2011, 7, 1, 8, 26, tzinfo=UTC)),
        ("2", "", datetime(2011, 7, 1, 8, 27, tzinfo=UTC)),
    ]
    lines = OrderLine.objects.order_by("source_row")
    assert list(lines.values_list("line_key", "source_row")) == [
        ("1/85123A/1", 0), ("2/85123A/1", 1), ("1/85123A/2", 2),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("_case", "options", "told"),
    [
        ("no store", {"create": False}, "There is no store"),
        ("odd name", {"store": "두 가게!"}, "short name"),
        ("no file", {"path": "missing.xlsx"}, "cannot be read"),
        ("other format", {"path": HEAD}, "not an .xlsx"),
        ("no password", {"path": LOCKED}, "protected with a password"),
        ("wrong password", {"path": LOCKED, "password": "x"}, "does not open"),
        ("no folder", {"report": Path("/nonexistent/report.json")}, "cannot be written"),
        ("over the file itself", {"rejects": SHEET}, "cannot be written"),
    ],
)
def test_a_refusal_writes_nothing_and_says_what_to_do(_case, options, told):
    before = rows()

    with pytest.raises(CommandError) as refused:
        run(**{"path": SHEET} | options)

    assert told in str(refused.value)
    assert rows() == before


def test_a_store_in_another_currency_is_refused():
    run(HEAD, file_format="online-retail")
    before = rows()

    with pytest.raises(CommandError, match="GBP"):
        run(SHEET)

    assert rows() == before


def test_a_file_that_breaks_off_writes_nothing_at_all(tmp_path, small_batches):
    cut = gzip.compress(HEAD.read_bytes())[:-40]
    before = rows()

    with pytest.raises(CommandError):
        run(
            written(tmp_path / "cut.csv.gz", cut), file_format="online-retail",
            rejects=tmp_path / "rejects.csv", report=tmp_path / "report.json",
        )  # fmt: skip

    assert rows() == before
    assert [path.name for path in tmp_path.iterdir()] == ["cut.csv.gz"]


def test_rejects_are_written_with_row_reason_and_no_buyer(tmp_path):
    bad = order_row(2, 수량="홍길동 010-1234-5678")
    run(sheet(tmp_path, order_row(1), bad, order_row(3)), rejects=tmp_path / "rejects.csv")

    with (tmp_path / "rejects.csv").open(encoding="utf-8-sig", newline="") as target:
        found = list(csv.reader(target))
    assert found[0] == ["row", "reason", "excerpt"]
    assert found[1][:2] == ["4", "bad_quantity"]
    assert "길동" not in found[1][2]
    assert "1234" not in found[1][2]
    assert OrderLine.objects.count() == 2


def test_a_newer_sheet_updates_states_and_amounts(tmp_path):
    run(sheet(tmp_path, order_row(1, 클레임상태=None, 발송일=None)))

    newer = order_row(1, 수량=1, 클레임상태="취소완료", 발송일="2026-10-03 09:00")
    newer["최종 상품별 총 주문금액"] = 19450
    told = run(sheet(tmp_path, newer, order_row(2), name="newer.xlsx"))

    line = OrderLine.objects.get(line_key=newer["상품주문번호"])
    assert (line.quantity, line.paid) == (1, 19450)
    assert line.channel_state["claim"] == "취소완료"
    assert line.dispatched_at == datetime(2026, 10, 3, tzinfo=UTC)
    assert OrderLine.objects.count() == 2
    assert told.splitlines()[-1].count("1") == 2


def test_a_claim_in_the_desk_keeps_quantity_and_amount(tmp_path):
    run(sheet(tmp_path, order_row(1)))
    line = OrderLine.objects.select_related("order").get()
    code, reason = next(iter(REASONS.items()))
    Claim.objects.create(
        store=line.order.store, line=line, type="CANCEL", quantity=1, reason=code,
        reason_by="BUYER", fault=reason.fault, requested_at=AT, origin="BUYER",
    )  # fmt: skip

    newer = order_row(1, 수량=1, 주문상태="배송중")
    newer["최종 상품별 총 주문금액"] = 19450
    run(sheet(tmp_path, newer, name="newer.xlsx"))

    line.refresh_from_db()
    assert (line.quantity, line.paid) == (2, 38900)
    assert line.channel_state["status"] == "배송중"


def test_a_sheet_without_dispatch_day_takes_none_back(tmp_path):
    run(sheet(tmp_path, order_row(1, 발송일="2026-10-03 09:00")))
    run(sheet(tmp_path, order_row(1), name="newer.xlsx"))

    assert OrderLine.objects.get().dispatched_at == datetime(2026, 10, 3, tzinfo=UTC)


def test_an_order_that_grows_gets_its_new_lines(tmp_path):
    run(sheet(tmp_path, order_row(1)))
    more = order_row(2, 주문번호=order_row(1)["주문번호"])
    run(sheet(tmp_path, order_row(1), more, name="newer.xlsx"))

    assert Order.objects.get().lines.count() == 2


def test_texts_longer_than_their_columns_are_cut(tmp_path):
    long = order_row(1, 상품명="가" * 5000, 구매자명="나" * 500, 옵션정보="다" * 5000)
    run(sheet(tmp_path, long))

    line = OrderLine.objects.select_related("order", "product").get()
    assert (len(line.product.name), len(line.order.buyer_name), len(line.option)) == (
        300, 100, 300,
    )  # fmt: skip


def test_the_command_imports_as_the_system():
    run(SHEET)

    kinds = set(Event.objects.values_list("actor_kind", "actor_ref"))
    assert kinds == {(Actor.system("x").kind, "import_orders")}


@pytest.mark.skipif(
    not (SAMPLE and ON_SQLITE),
    reason="the large retail file goes through once: on SQLite, with its folder in SAMPLE_DATA",
)
def test_the_real_retail_file_imports_whole(tmp_path):
    path = Path(SAMPLE) / "online_retail_2010-12_2011-08.csv.gz"
    run(path, file_format="online-retail", report=tmp_path / "report.json")

    assert json.loads((tmp_path / "report.json").read_text()) == {
        "orders": 12383, "lines": 311482, "paid": 606066708,
        "rejected": {
            "not_a_product": 1596, "not_an_order": 3, "price_not_positive": 864,
            "quantity_not_positive": 913,
        },
    }  # fmt: skip
    assert (Order.objects.count(), OrderLine.objects.count()) == (12383, 311482)
    assert OrderLine.objects.aggregate(n=Sum("paid"))["n"] == 606066708
    assert sum(1 for _ in retail.cancellations(path)) == 5847
