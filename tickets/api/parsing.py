"""Bodies and headers as they come from outside: bounded, plain, and refused rather than guessed."""

import json
import re
from typing import Any, Final

from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import ParseError
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.parsers import JSONParser
from rest_framework.request import Request

from common.errors import Refused, gettext_noop
from common.problems import BodyTooLarge

MAX_BODY: Final = 1_000_000
MAX_VERSION_DIGITS: Final = 9
KEY: Final = re.compile(r"[\x21-\x7e]{1,120}")
ETAG: Final = re.compile(rf'"([0-9]{{1,{MAX_VERSION_DIGITS}}})"')


class BadHeader(Refused):
    """A header that we act upon has another form."""

    code = "bad_header"
    wording = gettext_noop("The header %(name)s does not have the form %(form)s.")
    status = 400


class BoundedJSONParser(JSONParser):
    """JSON of at most a megabyte, in UTF-8, whose texts can be stored everywhere."""

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> Any:
        """Return the body, or refuse what is no JSON or holds NUL or half a character."""
        raw = stream.read(MAX_BODY + 1)
        if len(raw) > MAX_BODY:
            raise BodyTooLarge()
        try:
            body = json.loads(
                raw.decode("utf-8"), parse_constant=_refuse, object_pairs_hook=_each_once
            )
        except (ValueError, RecursionError):
            raise ParseError(_("The body is no valid JSON.")) from None
        if not all(_is_plain(text) for text in _texts(body)):
            raise ParseError(_("The body holds characters that cannot be stored."))
        return body


def _refuse(constant: str) -> None:
    raise ValueError(constant)  # NaN and Infinity are no JSON


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands twice")
    return found


def _texts(body: Any) -> list[str]:
    """Return every text and name of the body; without recursion, the body may be deep."""
    texts, waiting = [], [body]
    while waiting:
        value = waiting.pop()
        if isinstance(value, str):
            texts.append(value)
        elif isinstance(value, dict):
            texts.extend(value)
            waiting.extend(value.values())
        elif isinstance(value, list):
            waiting.extend(value)
    return texts


def _is_plain(text: str) -> bool:
    return "\x00" not in text and not any("\ud800" <= char <= "\udfff" for char in text)


class JsonAlways(DefaultContentNegotiation):
    """Answer in JSON whatever the client would like; there is nothing else to choose."""

    def select_renderer(self, request: Request, renderers: Any, format_suffix: Any = None) -> Any:
        """Return the one renderer."""
        return renderers[0], renderers[0].media_type


def idempotency_key(request: Request) -> str | None:
    """Return the Idempotency-Key, None when there is none."""
    key = request.headers.get("Idempotency-Key")
    if key is not None and not KEY.fullmatch(key):
        raise BadHeader(name="Idempotency-Key", form="1-120 × ASCII")
    return key


def seen_version(request: Request) -> int | None:
    """Return the version that If-Match names, None when any will do."""
    tag = request.headers.get("If-Match")
    if tag is None or tag == "*":
        return None
    found = ETAG.fullmatch(tag)
    if found is None:
        raise BadHeader(name="If-Match", form='"7"')
    return int(found[1])


def etag(version: int) -> str:
    """Return the version as a strong entity tag."""
    return f'"{version}"'
