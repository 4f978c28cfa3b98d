"""Which answers are answers."""

import pytest

from feedback.domain.surveys import (
    CSAT_WORDS,
    MAX_COMMENT,
    SCALES,
    AnswerMissing,
    AnswerUnknown,
    CommentTooLong,
    QuestionKind,
    checked_answer,
)


@pytest.mark.parametrize(
    ("kind", "raw", "expected"),
    [
        (QuestionKind.CSAT, "1", 1),
        (QuestionKind.CSAT, " 5 ", 5),
        (QuestionKind.NPS, "0", 0),
        (QuestionKind.NPS, "10", 10),
        (QuestionKind.CES, "7", 7),
        (QuestionKind.TEXT, "  빨랐어요\n감사합니다 ", "빨랐어요\n감사합니다"),
        (QuestionKind.TEXT, "a\x00b", "ab"),
        (QuestionKind.TEXT, "5", "5"),
    ],
)
def test_checked_answer_takes(kind, raw, expected):
    assert checked_answer(kind, raw, required=True) == expected


@pytest.mark.parametrize("kind", SCALES)
@pytest.mark.parametrize("raw", ["-1", "99", "4.5", "five", "٥", "²", "1e0", "1 2", "9" * 5_000])
def test_checked_answer_refuses_what_is_not_on_the_scale(kind, raw):
    with pytest.raises(AnswerUnknown):
        checked_answer(kind, raw, required=True)


@pytest.mark.parametrize(("kind", "raw"), [
    (QuestionKind.CSAT, "0"), (QuestionKind.CSAT, "6"),
    (QuestionKind.NPS, "11"), (QuestionKind.CES, "0"), (QuestionKind.CES, "8"),
])  # fmt: skip
def test_checked_answer_refuses_just_beyond_the_ends(kind, raw):
    with pytest.raises(AnswerUnknown):
        checked_answer(kind, raw, required=False)


@pytest.mark.parametrize("raw", ["", "  ", "\n", "\x00"])
def test_checked_answer_needs_one_only_where_it_is_required(raw):
    assert checked_answer(QuestionKind.TEXT, raw, required=False) is None
    with pytest.raises(AnswerMissing):
        checked_answer(QuestionKind.CSAT, raw, required=True)


def test_checked_answer_bounds_a_comment():
    assert checked_answer(QuestionKind.TEXT, "가" * MAX_COMMENT, required=False)
    with pytest.raises(CommentTooLong) as refusal:
        checked_answer(QuestionKind.TEXT, "가" * (MAX_COMMENT + 1), required=False)
    assert refusal.value.facts == {"most": MAX_COMMENT}


def test_every_csat_answer_has_words():
    assert set(CSAT_WORDS) == set(SCALES[QuestionKind.CSAT])
