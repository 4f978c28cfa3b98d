"""What a question asks for, and which answers to it are answers."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from common.errors import Refused, gettext_noop

MAX_COMMENT = 2000


class SurveyKind(StrEnum):
    """The families of surveys."""

    CSAT = "CSAT"
    NPS = "NPS"
    CES = "CES"
    CUSTOM = "CUSTOM"


class QuestionKind(StrEnum):
    """How a question is answered: on one of three scales, or in words."""

    CSAT = "CSAT"
    NPS = "NPS"
    CES = "CES"
    TEXT = "TEXT"


SCALES: Mapping[QuestionKind, range] = MappingProxyType(
    {
        QuestionKind.CSAT: range(1, 6),
        QuestionKind.NPS: range(11),
        QuestionKind.CES: range(1, 8),
    }
)
CSAT_WORDS: Mapping[int, str] = MappingProxyType(
    {
        5: gettext_noop("Very satisfied"),
        4: gettext_noop("Satisfied"),
        3: gettext_noop("Neither satisfied nor dissatisfied"),
        2: gettext_noop("Dissatisfied"),
        1: gettext_noop("Very dissatisfied"),
    }
)


class AnswerMissing(Refused):
    """A question that needs an answer has none."""

    code = "answer_missing"
    wording = gettext_noop("Please choose one of the answers.")
    status = 400


class AnswerUnknown(Refused):
    """The answer is not one of those offered."""

    code = "answer_unknown"
    wording = gettext_noop("Please choose one of the answers offered.")
    status = 400


class CommentTooLong(Refused):
    """The text does not fit."""

    code = "comment_too_long"
    wording = gettext_noop("Please use at most %(most)s characters.")
    status = 400


def checked_answer(kind: QuestionKind, raw: str, *, required: bool) -> int | str | None:
    """Return the answer as a number or a trimmed text, None when there is none; or refuse it."""
    text = raw.replace("\x00", "").strip()
    if not text:
        if required:
            raise AnswerMissing()
        return None
    if kind is not QuestionKind.TEXT:
        return _on_scale(SCALES[kind], text)
    if len(text) > MAX_COMMENT:
        raise CommentTooLong(most=MAX_COMMENT)
    return text


def _on_scale(scale: range, text: str) -> int:
    # isdigit() alone would let through digits of other scripts and superscripts.
    if not (text.isascii() and text.isdigit() and len(text) <= 2) or int(text) not in scale:
        raise AnswerUnknown()
    return int(text)
