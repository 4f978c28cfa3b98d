"""The rules of the Smart Store sheet, on files the tests make and on the sample."""

import io
import json
from datetime import UTC, date, datetime
from pathlib import Path

import msoffcrypto.format.ooxml as ooxml
import openpyxl
import pytest

from orders.importing import smartstore
from orders.importing.refusals import ColumnsWrong
from orders.importing.report import SmartStoreSummary
from orders.importing.rows import Reject, SmartStoreLine
from tests.factories.order_files import (
    MAIN,
    NEEDED,
    order_row,
    order_sheet,
    package,
    raw_row,
    raw_sheet,
    saved,
)

DATA = Path(__file__).parents[2] / "data"
ORDERED = datetime(2026, 9, 30, 19, 3, 18, tzinfo=UTC)  # 2026-10-01 04:03:18 in Korea


def read(content, password=""):
    return list(smartstore.read(io.BytesIO(content), password=password))


def one(**cells):
    """Read a file with one row, its cells replaced."""
    (item,) = read(order_sheet([order_row(**cells)]))
    return item


@pytest.mark.parametrize(
    ("name", "password"),
    [("smartstore_orders.xlsx", ""), ("smartstore_orders_encrypted.xlsx", "1234")],
)
def test_the_sample_gives_the_expected_report(name, password):
    summary = SmartStoreSummary()
    for item in read((DATA / name).read_bytes(), password):
        summary.add(item)

    expected = json.loads((DATA / "smartstore_orders_expected.json").read_text())
    assert json.loads(json.dumps(summary.report())) == expected


def test_a_line_carries_every_field():
    row = order_row(
        **{
            "주문상태": "배송중", "주문세부상태": "배송중", "클레임상태": "취소완료",
            "수량클레임 여부": "Y", "발송일": "2026-10-02 08:33:18", "발송기한": "2026-10-04",
            "택배사": "CJ대한통운", "송장번호": "000041", "배송비 합계": 3000,
            "배송비 묶음번호": "B1", "판매자 상품코드": "AP-04", "상품번호": "9",
            "옵션정보": "등급: 선물용", "수취인명": "월매", "통합배송지": "서울특별시 예시구",
        }
    )  # fmt: skip

    assert read(order_sheet([row])) == [
        SmartStoreLine(
            row=3, line_key="2026100100000001", order_number="2026100200000001", sku="AP-04",
            product_name="사과 5kg", option="등급: 선물용", quantity=2, paid=38900,
            buyer_name="성춘향", buyer_phone="010-0000-1053", recipient="월매",
            address="서울특별시 예시구", ordered_at=ORDERED, paid_at=ORDERED, status="배송중",
            detail="배송중", claim="취소완료", part_claimed=True,
            dispatched_at=datetime(2026, 10, 1, 23, 33, 18, tzinfo=UTC),
            dispatch_due_on=date(2026, 10, 4), carrier="CJ대한통운", tracking="000041",
            delivery_fee=3000, delivery_bundle="B1",
        )
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("_case", "cells", "reason"),
    [
        ("15 digits", {"상품주문번호": "202610010000000"}, "bad_product_order_number"),
        ("21 digits", {"상품주문번호": "2" * 21}, "bad_product_order_number"),
        ("an exponent as text", {"상품주문번호": "2.026E+15"}, "bad_product_order_number"),
        ("none", {"상품주문번호": None}, "bad_product_order_number"),
        ("letters", {"주문번호": "A026100200000001"}, "bad_order_number"),
        ("other digits", {"주문번호": "٢" * 16}, "bad_order_number"),
        ("white space", {"상품명": "\u3000 \xa0"}, "no_product_name"),
        ("a half", {"수량": 1.5}, "bad_quantity"),
        ("a word", {"수량": "두 개"}, "bad_quantity"),
        ("none", {"수량": None}, "bad_quantity"),
        ("huge", {"수량": 10**12}, "bad_quantity"),
        ("zero", {"수량": 0}, "quantity_not_positive"),
        ("negative text", {"수량": "-3"}, "quantity_not_positive"),
        ("negative", {"최종 상품별 총 주문금액": -1}, "bad_amount"),
        ("a fraction", {"최종 상품별 총 주문금액": "12900.5"}, "bad_amount"),
        ("odd commas", {"최종 상품별 총 주문금액": "12,90"}, "bad_amount"),
        ("dollars", {"최종 상품별 총 주문금액": "$12"}, "bad_amount"),
        ("no such day", {"주문일시": "2026-02-30 10:00"}, "bad_date"),
        ("no such hour", {"주문일시": "2026-02-03 오후 13:00"}, "bad_date"),
        ("none", {"결제일": None}, "bad_date"),
        ("a small number", {"결제일": 12}, "bad_date"),
        ("year 1", {"결제일": "0001-01-01"}, "bad_date"),
        ("the first that applies", {"주문번호": "", "수량": 0}, "bad_order_number"),
        ("an error", {"수량": "#N/A"}, "bad_quantity"),
        ("a formula never calculated", {"수량": "=1+1"}, "bad_quantity"),
        ("a formula for a name", {"구매자명": "=A1"}, "formula_without_result"),
    ],
)  # fmt: skip
def test_a_bad_row_is_rejected_with_its_reason(_case, cells, reason):
    items = read(order_sheet([order_row(1, **cells), order_row(2)]))

    assert [item.reason for item in items if isinstance(item, Reject)] == [reason]
    assert [item.line_key for item in items[1:]] == ["2026100100000002"]  # the rest goes on


@pytest.mark.parametrize(
    ("_case", "column", "value", "field", "expected"),
    [
        ("full width", "상품주문번호", " ２０２６100100000009 ", "line_key", "2026100100000009"),
        ("a whole number", "주문번호", 2026100200000009, "order_number", "2026100200000009"),
        ("whole float", "수량", 3.0, "quantity", 3),
        ("text", "수량", " 1,000 ", "quantity", 1000),
        ("won", "최종 상품별 총 주문금액", "12,900원", "paid", 12900),
        ("won sign", "최종 상품별 총 주문금액", "₩ 12,900", "paid", 12900),
        ("nothing", "최종 상품별 총 주문금액", 0, "paid", 0),
        ("dots", "주문일시", "2026.10.01 04:03:18", "ordered_at", ORDERED),
        ("T and zone", "주문일시", "2026-10-01T04:03:18+09:00", "ordered_at", ORDERED),
        ("UTC", "주문일시", "2026-09-30T19:03:18Z", "ordered_at", ORDERED),
        ("morning", "주문일시", "2026-10-01 오전 4:03:18", "ordered_at", ORDERED),
        ("serial", "주문일시", 46296.16895833333, "ordered_at", ORDERED),
        ("day", "결제일", "2026년 10월 1일", "paid_at", datetime(2026, 9, 30, 15, tzinfo=UTC)),
        ("formula text", "상품명", "'=HYPERLINK(1)", "product_name", "'=HYPERLINK(1)"),
        ("no buyer", "구매자명", None, "buyer_name", ""),
        ("no phone", "구매자연락처", None, "buyer_phone", ""),
        ("a number", "상품명", 7, "product_name", "7"),
    ],
)  # fmt: skip
def test_a_value_is_read_in_every_spelling(_case, column, value, field, expected):
    assert getattr(one(**{column: value}), field) == expected


@pytest.mark.parametrize(
    ("_case", "raw", "reason"),
    [
        ("exponent", "2.0261001E+15", "bad_product_order_number"),
        ("fraction", "2026100100000001.0", "bad_product_order_number"),
        ("not a number", "NaN", "bad_product_order_number"),
        ("whole", "2026100100000001", None),
    ],
)
def test_a_number_that_may_have_lost_digits_is_no_order_number(_case, raw, reason):
    row = raw_row().replace(
        '<c t="inlineStr"><is><t>2026100100000001</t></is></c>', f"<c><v>{raw}</v></c>"
    )
    (item,) = read(package(raw_sheet(row)))

    assert getattr(item, "reason", None) == reason


@pytest.mark.parametrize("raw", ["NaN", "Infinity", "1E999999999", "1E-999999999", "--", "1e"])
def test_a_monstrous_number_is_a_bad_quantity(raw):
    row = raw_row().replace('<c t="inlineStr"><is><t>2</t></is></c>', f"<c><v>{raw}</v></c>")
    (item,) = read(package(raw_sheet(row)))

    assert item.reason == "bad_quantity"


def test_a_formula_counts_by_its_stored_result():
    row = raw_row().replace(
        '<c t="inlineStr"><is><t>2</t></is></c>', "<c><f>1+6</f><v>7</v></c>"
    ).replace(
        '<c t="inlineStr"><is><t>사과</t></is></c>', '<c t="str"><f>A1</f><v>=배</v></c>'
    )  # fmt: skip
    (item,) = read(package(raw_sheet(row)))

    assert (item.quantity, item.product_name) == (7, "=배")


def test_a_repeated_product_order_is_rejected_once():
    items = read(order_sheet([order_row(1), order_row(2), order_row(1)]))

    assert [getattr(item, "reason", "") for item in items] == ["", "", "duplicate_line"]


def test_empty_rows_are_not_counted_and_keep_their_numbers():
    empty = dict.fromkeys(order_row(), None)
    items = read(order_sheet([order_row(1), empty, {"상품명": "  "}, order_row(2)]))

    assert [item.row for item in items] == [3, 6]


def test_hidden_rows_and_merged_cells_are_plain_cells():
    book = openpyxl.load_workbook(io.BytesIO(order_sheet([order_row(1), order_row(2)])))
    book.active.row_dimensions[3].hidden = True
    book.active.merge_cells("B3:B4")

    items = read(saved(book))

    assert [getattr(item, "reason", "") for item in items] == ["", "bad_order_number"]


@pytest.mark.parametrize("notes", [0, 1, 30])
def test_the_header_is_found_below_notes(notes):
    (item,) = read(order_sheet([order_row()], notes=notes))

    assert item.row == notes + 2


def test_the_header_is_found_in_any_order_of_columns_and_spelling():
    names = [" 최종  상품별\n총 주문금액 ", "모르는 열", *reversed(NEEDED), "수량 "]
    row = order_row()
    row[names[0]] = row["최종 상품별 총 주문금액"]
    header = [n for n in names if n not in ("최종 상품별 총 주문금액", "수량 ")]

    (item,) = read(order_sheet([row], header=header))

    assert (item.paid, item.quantity) == (38900, 2)


def test_the_table_may_stand_on_another_sheet():
    book = openpyxl.load_workbook(io.BytesIO(order_sheet([order_row()])))
    book.active.title = "아무 이름"
    book.create_sheet("메모", 0).append(["상품주문번호", "오늘 할 일"])

    assert len(read(saved(book))) == 1


def test_missing_and_doubled_columns_are_all_named():
    header = [name for name in NEEDED if name not in ("주문번호", "결제일")]

    with pytest.raises(ColumnsWrong) as refused:
        read(order_sheet([order_row()], header=[*header, "수량", "상품명"]))

    assert refused.value.facts == {"missing": "주문번호, 결제일", "doubled": "상품명, 수량"}


def test_a_note_that_names_every_column_is_no_header():
    book = openpyxl.Workbook()
    book.active.append([", ".join(NEEDED)])

    with pytest.raises(ColumnsWrong):
        read(saved(book))


@pytest.mark.parametrize(
    ("_case", "cells", "claim"),
    [
        ("own column", {"클레임상태": "취소요청", "주문세부상태": "발주확인"}, "취소요청"),
        ("own column, empty", {"클레임상태": None, "주문세부상태": "취소완료"}, ""),
        ("no column", {"주문세부상태": "취소요청"}, "취소요청"),
        ("no column, no claim", {"주문세부상태": "배송중"}, ""),
    ],
)
def test_the_claim_is_read_from_its_column_or_the_detail(_case, cells, claim):
    assert one(**cells).claim == claim


def test_an_excerpt_shows_no_buyer():
    shown = [
        one(수량="홍길동 010-1234-5678").excerpt,
        one(결제일="gildong@example.com").excerpt,
    ]

    assert not any(word in text for text in shown for word in ("길동", "1234", "gildong"))


def test_shared_and_rich_texts_are_read_without_their_reading_aid():
    strings = (
        f'<sst xmlns="{MAIN}"><si><t>2</t></si><si><r><t>사</t></r><r><t>과</t></r>'
        '<rPh sb="0" eb="1"><t>sagwa</t></rPh></si></sst>'
    )
    row = raw_row().replace(
        '<c t="inlineStr"><is><t>사과</t></is></c>', '<c t="s"><v>1</v></c>'
    ).replace('<c t="inlineStr"><is><t>2</t></is></c>', '<c t="s"><v>0</v></c>')  # fmt: skip
    (item,) = read(package(raw_sheet(row), strings=strings))

    assert (item.product_name, item.quantity) == ("사과", 2)


def test_control_characters_and_escapes_do_not_reach_the_line():
    row = raw_row().replace("사과", "사_x0000_과_x000D__xD800_")
    (item,) = read(package(raw_sheet(row)))

    assert item.product_name == "사과"


def test_days_may_count_from_1904():
    book = openpyxl.load_workbook(io.BytesIO(order_sheet([order_row()])))
    book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    (item,) = read(saved(book))

    assert item.ordered_at == ORDERED


def test_a_locked_file_opens_with_its_password():
    locked = io.BytesIO()
    ooxml.OOXMLFile(io.BytesIO(order_sheet([order_row()]))).encrypt("비밀 1", locked)

    assert len(read(locked.getvalue(), "비밀 1")) == 1
