"""What a course needs before it can be published."""

import pytest

from training.domain.courses import (
    NoQuestion,
    NoRightChoice,
    QuestionKind,
    SeveralRightChoices,
    Sketch,
    TooFewChoices,
    check_publishable,
)

GOOD = Sketch(1, QuestionKind.SINGLE, choices=3, right=1)


@pytest.mark.parametrize(
    "questions",
    [
        [GOOD],
        [GOOD, Sketch(2, QuestionKind.MULTIPLE, choices=2, right=2)],
        [Sketch(1, QuestionKind.MULTIPLE, choices=4, right=1)],
    ],
)
def test_check_publishable_takes(questions):
    check_publishable(questions)


@pytest.mark.parametrize(
    ("bad", "refusal"),
    [
        (Sketch(2, QuestionKind.SINGLE, choices=1, right=1), TooFewChoices),
        (Sketch(2, QuestionKind.SINGLE, choices=0, right=0), TooFewChoices),
        (Sketch(2, QuestionKind.SINGLE, choices=3, right=0), NoRightChoice),
        (Sketch(2, QuestionKind.MULTIPLE, choices=3, right=0), NoRightChoice),
        (Sketch(2, QuestionKind.SINGLE, choices=3, right=2), SeveralRightChoices),
    ],
)
def test_check_publishable_names_the_question_in_the_way(bad, refusal):
    with pytest.raises(refusal) as refused:
        check_publishable([GOOD, bad])
    assert refused.value.facts == {"number": 2}


def test_check_publishable_wants_a_question():
    with pytest.raises(NoQuestion):
        check_publishable([])
