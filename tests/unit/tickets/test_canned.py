"""Canned responses name only what is on the list, and values are never read again."""

import pytest

from tickets.domain import canned
from tickets.domain.canned import BadPlaceholder, TextTooLong


@pytest.mark.parametrize(
    "text",
    [
        "안녕하세요 {{ buyer_name }}님",
        "{{buyer_name}}{{ amount }}",
        "no places at all, even { single } braces",
    ],
)
def test_check_accepts(text):
    canned.check(text)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("{{ buyer }}", 1),
        ("a\n{{ x.__class__ }}", 2),
        ("{{ 7*7 }}", 1),
        ("{{ buyer_name", 1),
        ("a\nb\n}}", 3),
        ("{{ buyer_name|safe }}", 1),
        ("{{ SECRET_KEY }}", 1),
    ],
)
def test_check_refuses_and_names_the_line(text, line):
    with pytest.raises(BadPlaceholder) as refused:
        canned.check(text)
    assert refused.value.facts["line"] == line


def test_check_refuses_a_text_that_is_too_long():
    with pytest.raises(TextTooLong):
        canned.check("가" * (canned.MAX_LENGTH + 1))


def test_fill_puts_values_in_once():
    facts = {"buyer_name": "{{ amount }}", "amount": "1,000원"}
    assert canned.fill("{{ buyer_name }} {{amount}} {{ order_number }}", facts) == (
        "{{ amount }} 1,000원 "
    )


def test_names_in_lists_what_a_text_uses():
    assert canned.names_in("{{ amount }} {{amount}} {{ buyer_name }}") == {"amount", "buyer_name"}
