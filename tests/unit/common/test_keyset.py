"""Cursors without a database: what goes in comes out, and nothing else gets in."""

import base64
import string
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common import sealing
from common.keyset import BadCursor, BadLimit, KeysetPagination, decode, encode
from tickets.models import Message, Ticket

CONTEXT = ["tickets.ticket", "-received_at", "-id"]
ROW = Ticket(pk=987_654_321, received_at=datetime(2026, 11, 9, 1, 2, 3, 456_789, tzinfo=UTC))


def test_cursor_comes_back_to_the_microsecond():
    assert decode(encode(ROW, CONTEXT), Ticket, CONTEXT) == [ROW.received_at, ROW.pk]


def test_cursor_keeps_a_missing_value():
    context = ["tickets.ticket", "next_due_at", "id"]
    assert decode(encode(ROW, context), Ticket, context) == [None, ROW.pk]


def test_cursor_shows_neither_the_row_id_nor_the_moment():
    cursor = encode(ROW, CONTEXT)
    raw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
    assert b"987654321" not in raw
    assert b"2026" not in raw
    assert set(cursor) <= set(string.ascii_letters + string.digits + "-_")


@pytest.mark.parametrize(
    ("_case", "model", "context"),
    [
        ("other rows", Message, ["tickets.message", "-received_at", "-id"]),
        ("other direction", Ticket, ["tickets.ticket", "received_at", "id"]),
        ("fewer columns", Ticket, ["tickets.ticket", "-id"]),
    ],
)
def test_cursor_of_another_list_is_refused(_case, model, context):
    with pytest.raises(BadCursor):
        decode(encode(ROW, CONTEXT), model, context)


@pytest.mark.parametrize(
    "cursor",
    ["x", "é", "\ud800", "\x00", "=", "====", "A" * 401, "eyJpZCI6MX0", "W10", "bnVsbA", " ", "A\n",
     base64.urlsafe_b64encode(b'["9999-12-31T23:59:59-14:00", 1]').decode()],
)  # fmt: skip
def test_cursor_that_we_did_not_make_is_refused(cursor):
    with pytest.raises(BadCursor):
        decode(cursor, Ticket, CONTEXT)


def test_cursor_is_refused_when_any_part_of_it_is_changed():
    cursor = encode(ROW, CONTEXT)
    for at, char in enumerate(cursor[:-1]):  # the last character holds spare bits
        changed = cursor[:at] + ("A" if char != "A" else "B") + cursor[at + 1 :]
        with pytest.raises(BadCursor):
            decode(changed, Ticket, CONTEXT)


def test_cursor_of_an_old_key_is_still_read(settings):
    cursor = encode(ROW, CONTEXT)
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "n" * 60
    assert decode(cursor, Ticket, CONTEXT) == [ROW.received_at, ROW.pk]
    settings.SECRET_KEY_FALLBACKS = []
    with pytest.raises(BadCursor):
        decode(cursor, Ticket, CONTEXT)


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=300), st.text(max_size=20))
def test_seal_is_opened_in_its_own_context_alone(text, context):
    context = context.encode("utf-8", "replace").decode()
    sealed = sealing.seal(text, context)
    assert sealing.unseal(sealed, context) == text
    assert sealing.unseal(sealed, context + "x") is None


@given(st.text(max_size=450))
def test_cursor_of_anybody_never_crashes(cursor):
    with pytest.raises(BadCursor):
        decode(cursor, Ticket, CONTEXT)


@pytest.mark.parametrize(("raw", "size"), [(None, 50), ("1", 1), ("007", 7), ("100", 100)])
def test_limit_is_read(raw, size):
    assert KeysetPagination._size(raw) == size


@pytest.mark.parametrize("raw", ["0", "101", "-1", "", " 5", "5 ", "1e1", "٥", "²", "9" * 5000])
def test_limit_refuses(raw):
    with pytest.raises(BadLimit):
        KeysetPagination._size(raw)
