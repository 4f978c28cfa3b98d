"""Canned responses: texts with named places, filled from an allow-list and from nothing else."""

import re
from collections.abc import Mapping

from common.errors import Refused, gettext_noop

# What a text may name; the values are made by tickets/actions/canned.py.
PLACEHOLDERS = (
    "buyer_name",
    "order_number",
    "ticket_number",
    "product_name",
    "quantity",
    "amount",
    "refund_due_on",
    "decision_due_at",
    "store_name",
    "agent_name",
    "status_link",
)
MAX_LENGTH = 4000
_PLACE = re.compile(r"\{\{\s*([A-Za-z_][A-Za-z0-9_]{0,40})\s*\}\}")
_STRAY = re.compile(r"\{\{|\}\}")


class BadPlaceholder(Refused):
    """A text names something that is not on the list, or braces that do not close."""

    code = "bad_placeholder"
    wording = gettext_noop("Line %(line)s: '%(text)s' is no placeholder. Use one of: %(known)s.")
    status = 400


class TextTooLong(Refused):
    """The text does not fit."""

    code = "text_too_long"
    wording = gettext_noop("Please use at most %(most)s characters.")
    status = 400


def check(text: str) -> None:
    """Refuse a text with an unknown or broken placeholder."""
    if len(text) > MAX_LENGTH:
        raise TextTooLong(most=MAX_LENGTH)
    known = ", ".join(PLACEHOLDERS)
    for found in _PLACE.finditer(text):
        if found[1] not in PLACEHOLDERS:
            line = text.count("\n", 0, found.start()) + 1
            raise BadPlaceholder(line=line, text=found[0], known=known)
    rest = _PLACE.sub("", text)
    if stray := _STRAY.search(rest):
        line = rest.count("\n", 0, stray.start()) + 1
        raise BadPlaceholder(line=line, text=stray[0], known=known)


def fill(text: str, facts: Mapping[str, str]) -> str:
    """Return the text with its placeholders filled; values are never read as placeholders."""
    return _PLACE.sub(lambda found: facts.get(found[1], ""), text)


def names_in(text: str) -> set[str]:
    """Return the placeholders a text uses."""
    return {found[1] for found in _PLACE.finditer(text)}
