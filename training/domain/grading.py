"""How a quiz is graded: a question counts when exactly its right choices were chosen."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from common.errors import Refused, gettext_noop
from training.domain.courses import QuestionKind


@dataclass(frozen=True, slots=True)
class Key:
    """A question with its choices and the right ones among them, by id."""

    question: int
    kind: QuestionKind
    offered: frozenset[int]
    right: frozenset[int]


@dataclass(frozen=True, slots=True)
class Grade:
    """The result. `score` is whole percent, rounded down: only all right is 100."""

    right: int
    total: int
    score: int
    passed: bool
    wrong: tuple[int, ...]


class AnswersMissing(Refused):
    """Some questions have no answer yet."""

    code = "quiz_answers_missing"
    wording = gettext_noop("Please answer every question. Still open: %(numbers)s.")
    status = 400


class ChoiceUnknown(Refused):
    """A choice was sent that the question does not offer."""

    code = "quiz_choice_unknown"
    wording = gettext_noop("Question %(number)s: choose from the answers offered.")
    status = 400


class TooManyChosen(Refused):
    """A question with one answer got several."""

    code = "quiz_too_many_chosen"
    wording = gettext_noop("Question %(number)s takes one answer.")
    status = 400


def grade(keys: Sequence[Key], answers: Mapping[int, frozenset[int]], *, pass_mark: int) -> Grade:
    """Grade the choices made, by question id, against `pass_mark` in percent; or refuse them.

    No partial credit: too many choices are as wrong as too few, so that ticking every box is no
    way to pass.
    """
    _check(keys, answers)
    wrong = tuple(key.question for key in keys if answers[key.question] != key.right)
    right = len(keys) - len(wrong)
    # Rounding down cannot turn a fail into a pass, nor the other way, as the mark is whole.
    score = right * 100 // len(keys)
    return Grade(right, len(keys), score, score >= pass_mark, wrong)


def _check(keys: Sequence[Key], answers: Mapping[int, frozenset[int]]) -> None:
    open_ones = [n for n, key in enumerate(keys, start=1) if not answers.get(key.question)]
    if open_ones:
        raise AnswersMissing(numbers=", ".join(map(str, open_ones)))
    for number, key in enumerate(keys, start=1):
        chosen = answers[key.question]
        if not chosen <= key.offered:
            raise ChoiceUnknown(number=number)
        if key.kind is QuestionKind.SINGLE and len(chosen) > 1:
            raise TooManyChosen(number=number)
