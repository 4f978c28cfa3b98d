"""The rules of the retail CSV, on rows the tests make and on the head of the real file."""

import gzip
import io
import os
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.errors import Refused
from orders.importing import retail
from orders.importing.refusals import ColumnsWrong, FileDamaged, FileEmpty, FileTooLarge, NotACsv
from orders.importing.report import RetailSummary
from orders.importing.rows import Cancellation, Reject, RetailLine
from tests.factories.order_files import retail_csv, written

GOOD = "536365,85123A,WHITE HANGING HEART,6,2010-12-01 08:26:00,2.55,17850.0,United Kingdom"
SUMMER = datetime(2011, 7, 1, 8, 26, tzinfo=UTC)  # 09:26 in London
SAMPLE = os.environ.get("SAMPLE_DATA", "")


def read(content):
    return list(retail.read(io.BytesIO(content)))


def changed(**fields):
    """Return the good row with some columns replaced, by their place."""
    values = GOOD.split(",")
    places = {"invoice": 0, "sku": 1, "quantity": 3, "date": 4, "price": 5, "customer": 6}
    for name, value in fields.items():
        values[places[name]] = value
    return ",".join(values)


def test_a_line_carries_every_field():
    assert read(retail_csv(changed(date="2011-07-01 09:26:00"))) == [
        RetailLine(
            row=0, line_key="536365/85123A/1", order_number="536365", sku="85123A",
            product_name="WHITE HANGING HEART", quantity=6, paid=1530, ordered_at=SUMMER,
            customer="17850",
        )
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("_case", "fields", "reason"),
    [
        ("letters", {"invoice": "A563185"}, "not_an_order"),
        ("nothing", {"invoice": ""}, "not_an_order"),
        ("other digits", {"invoice": "٥٣٦"}, "not_an_order"),
        ("a word", {"sku": "POST"}, "not_a_product"),
        ("six digits", {"sku": "851234"}, "not_a_product"),
        ("letters between", {"sku": "85A123"}, "not_a_product"),
        ("zero", {"quantity": "0"}, "quantity_not_positive"),
        ("negative", {"quantity": "-9600"}, "quantity_not_positive"),
        ("a word", {"quantity": "six"}, "bad_quantity"),
        ("huge", {"quantity": "99999999999"}, "bad_quantity"),
        ("free", {"price": "0.0"}, "price_not_positive"),
        ("negative", {"price": "-11062.06"}, "price_not_positive"),
        ("a word", {"price": "free"}, "bad_price"),
        ("not a number", {"price": "NaN"}, "bad_price"),
        ("monstrous", {"price": "1E999999999"}, "bad_price"),
        ("no such day", {"date": "2011-02-29 10:00:00"}, "bad_date"),
        ("the first that applies", {"sku": "POST", "quantity": "0"}, "not_a_product"),
        ("the first that applies", {"quantity": "0", "price": "0"}, "quantity_not_positive"),
    ],
)
def test_a_bad_row_is_rejected_with_its_reason(_case, fields, reason):
    items = read(retail_csv(GOOD, changed(**fields), changed(invoice="536366")))

    assert [getattr(item, "reason", "") for item in items] == ["", reason, ""]
    assert [item.row for item in items] == [0, 1, 2]


@given(pence=st.integers(1, 10**9), digits=st.integers(0, 6), quantity=st.integers(1, 100_000))
def test_the_amount_is_exact_and_half_is_rounded_up(pence, digits, quantity):
    price = Decimal(pence).scaleb(-digits)
    (item,) = read(retail_csv(changed(price=f"{price:f}", quantity=str(quantity))))

    exact = (price * quantity * 100).quantize(Decimal(1), ROUND_HALF_UP)
    assert item.paid == int(exact)


@pytest.mark.parametrize(("price", "paid"), [("0.005", 1), ("0.0049", 0), ("1e-2", 1), (".5", 50)])
def test_small_prices_are_rounded_once(price, paid):
    (item,) = read(retail_csv(changed(price=price, quantity="1")))

    assert item.paid == paid


def test_the_key_counts_the_same_product_in_an_invoice():
    rows = [GOOD, changed(invoice="536366"), GOOD, changed(sku="71053"), GOOD]

    assert [item.line_key for item in read(retail_csv(*rows))] == [
        "536365/85123A/1", "536366/85123A/1", "536365/85123A/2", "536365/71053/1",
        "536365/85123A/3",
    ]  # fmt: skip


def test_cancellations_are_kept_out_of_the_import_but_keep_their_places():
    items = read(retail_csv(GOOD, changed(invoice="C536379", quantity="-1"), GOOD))

    assert [item.row for item in items] == [0, 2]


@pytest.mark.parametrize(
    ("text", "customer"),
    [("17850.0", "17850"), ("17850", "17850"), ("", ""), (" 17850.00 ", "17850"), ("A-1", "A-1")],
)
def test_a_customer_is_one_in_every_spelling(text, customer):
    (item,) = read(retail_csv(changed(customer=text)))

    assert item.customer == customer


@pytest.mark.parametrize(
    ("_case", "fields", "found"),
    [
        ("good", {}, Cancellation(0, "C1", "85123A", 6, SUMMER, "17850")),
        ("fee", {"sku": "D"}, "not_a_product"),
        ("guest", {"customer": ""}, "no_customer"),
        ("positive", {"quantity": "6"}, "quantity_not_positive"),
        ("the first that applies", {"sku": "D", "customer": "", "quantity": "6"}, "not_a_product"),
    ],
)
def test_cancellations_yields_what_the_replay_needs(tmp_path, _case, fields, found):
    row = {"invoice": "C1", "quantity": "-6", "date": "2011-07-01 09:26:00"} | fields
    path = written(tmp_path / "r.csv", retail_csv(changed(**row), GOOD))

    (item,) = retail.cancellations(path)

    assert (item.reason if isinstance(item, Reject) else item) == found


def test_times_are_in_the_zone_that_is_asked_for(tmp_path):
    row = changed(invoice="C1", quantity="-6", date="2011-07-01 17:26:00")
    path = written(tmp_path / "r.csv", retail_csv(row))

    (item,) = retail.cancellations(path, zone=ZoneInfo("Asia/Seoul"))

    assert item.at == SUMMER


@pytest.mark.parametrize(
    ("_case", "content"),
    [
        ("plain", retail_csv(GOOD)),
        ("gz", gzip.compress(retail_csv(GOOD), mtime=0)),
        (
            "two gz in a row",
            gzip.compress(retail_csv(), mtime=0) + gzip.compress(f"{GOOD}\n".encode(), mtime=0),
        ),
        ("BOM", b"\xef\xbb\xbf" + retail_csv(GOOD)),
        ("CRLF", retail_csv(GOOD).replace(b"\n", b"\r\n")),
        ("no last line end", retail_csv(GOOD).rstrip(b"\n")),
        ("empty lines", retail_csv("", GOOD, "", "")),
        ("NUL bytes", retail_csv(GOOD.replace("HEART", "HE\0ART"))),
        ("all quoted", retail_csv(",".join(f'"{field}"' for field in GOOD.split(",")))),
    ],
)
def test_every_way_to_store_the_file_reads_alike(_case, content):
    assert [item.product_name for item in read(content)] == ["WHITE HANGING HEART"]


@pytest.mark.parametrize("encoding", ["utf-8", "cp949"])
def test_korean_is_read_in_both_encodings(encoding):
    rows = [GOOD.replace("WHITE", "하얀"), GOOD]

    items = read(retail_csv(*rows).decode().encode(encoding))

    assert [item.product_name for item in items] == ["하얀 HANGING HEART", "WHITE HANGING HEART"]


def test_bytes_of_no_encoding_cost_nothing():
    assert len(read(retail_csv(GOOD).replace(b"WHITE", b"\xff\xfe\x80"))) == 1


def test_columns_go_by_name():
    header = "Country,UnitPrice,CustomerID,InvoiceDate,Quantity,Extra,StockCode,InvoiceNo"
    row = "UK,2.55,17850.0,2010-12-01 08:26:00,6,?,85123A,536365"

    (item,) = read(retail_csv(row, header=header))

    assert (item.line_key, item.paid, item.product_name) == ("536365/85123A/1", 1530, "85123A")


def test_missing_and_doubled_columns_are_all_named():
    with pytest.raises(ColumnsWrong) as refused:
        read(retail_csv(header="InvoiceNo,InvoiceNo,StockCode,UnitPrice,UnitPrice,InvoiceDate"))

    assert refused.value.facts == {
        "missing": "Quantity, CustomerID", "doubled": "InvoiceNo, UnitPrice",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("_case", "broken"),
    [
        ("too short", "536365,85123A,6"),
        ("a quote that never ends", GOOD.replace("WHITE", '"WHITE')),
        ("a quote in the middle", GOOD.replace("WHITE", 'WH"ITE')),
        ("text after a quote", GOOD.replace("WHITE", '"WHITE"OLD"')),
        ("a comma too many", GOOD.replace("WHITE", "WHITE,")),
        ("many fields", GOOD + "," * 10_000),
    ],
)
def test_a_broken_row_never_stops_the_rest(_case, broken):
    rows = [GOOD, broken, *[changed(invoice=str(n)) for n in range(50)]]

    items = read(retail_csv(*rows))

    assert [item.reason for item in items if isinstance(item, Reject)] == ["unreadable_row"]
    assert [item.order_number for item in items if isinstance(item, RetailLine)] == [
        "536365", *[str(n) for n in range(50)],
    ]  # fmt: skip


def test_a_quoted_field_may_hold_commas_quotes_and_line_ends():
    row = GOOD.replace("WHITE HANGING HEART", '"BIG, ""RED""\nHEART"')

    assert [item.product_name for item in read(retail_csv(row, GOOD))] == [
        'BIG, "RED"\nHEART', "WHITE HANGING HEART",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("_case", "content", "refusal"),
    [
        ("a spreadsheet", b"PK\x03\x04" + b"\0" * 100, NotACsv),
        ("UTF-16", retail_csv(GOOD).decode().encode("utf-16"), NotACsv),
        ("a gz cut short", gzip.compress(retail_csv(*[GOOD] * 100), mtime=0)[:-20], FileDamaged),
        (
            "a gz with a wrong sum",
            gzip.compress(retail_csv(GOOD), mtime=0)[:-8] + b"\0" * 8,
            FileDamaged,
        ),
        ("only the magic", b"\x1f\x8b", FileDamaged),
        ("a gz of nothing", gzip.compress(b"", mtime=0), FileEmpty),
        ("a gz bomb", gzip.compress(b"\0" * (50 << 20), mtime=0), FileTooLarge),
        ("one line", retail_csv("x" * 100_000), FileTooLarge),
        ("noise", bytes(range(1, 256)) * 9, ColumnsWrong),
    ],
)
def test_a_file_that_is_no_such_csv_is_refused(_case, content, refusal):
    with pytest.raises(Refused) as refused:
        read(content)

    assert type(refused.value) is refusal


def test_lines_and_rows_have_a_limit(monkeypatch):
    monkeypatch.setattr(retail, "MAX_ROWS", 2)
    assert len(read(retail_csv(GOOD, GOOD))) == 2
    with pytest.raises(FileTooLarge):
        read(retail_csv(GOOD, GOOD, GOOD))

    monkeypatch.setattr("orders.importing.lines.MAX_LINES", 100)
    with pytest.raises(FileTooLarge):
        read(retail_csv(*[""] * 100))


@pytest.mark.skipif(not SAMPLE, reason="SAMPLE_DATA names no folder with the large retail file")
def test_the_real_file_gives_the_known_report():
    path = Path(SAMPLE) / "online_retail_2010-12_2011-08.csv.gz"
    summary = RetailSummary()
    with path.open("rb") as stream:
        for item in retail.read(stream):
            summary.add(item)
    reasons = [getattr(item, "reason", "") for item in retail.cancellations(path)]

    assert summary.report() == {
        "orders": 12383,
        "lines": 311482,
        "paid": 606066708,
        "rejected": {
            "not_a_product": 1596, "not_an_order": 3, "price_not_positive": 864,
            "quantity_not_positive": 913,
        },
    }  # fmt: skip
    assert {reason: reasons.count(reason) for reason in set(reasons)} == {
        "": 5328, "not_a_product": 393, "no_customer": 126,
    }  # fmt: skip
