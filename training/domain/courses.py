"""What a course must have before people may be sent to it."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from common.errors import Refused, gettext_noop


class QuestionKind(StrEnum):
    """How a question is answered."""

    SINGLE = "SINGLE"
    MULTIPLE = "MULTIPLE"


@dataclass(frozen=True, slots=True)
class Sketch:
    """What counts of a question: how many choices it offers and how many of them are right."""

    number: int
    kind: QuestionKind
    choices: int
    right: int


class NotPublishable(Refused):
    """The course is not finished."""

    code = "course_not_publishable"
    wording = gettext_noop("The course is not finished.")


class NoQuestion(NotPublishable):
    """There is nothing to answer."""

    code = "course_without_question"
    wording = gettext_noop("Add at least one question before you publish.")


class TooFewChoices(NotPublishable):
    """There is nothing to choose between."""

    code = "question_without_choice"
    wording = gettext_noop("Question %(number)s needs at least two choices.")


class NoRightChoice(NotPublishable):
    """Nobody could answer it."""

    code = "question_without_right_choice"
    wording = gettext_noop("Question %(number)s has no right choice. Mark one.")


class SeveralRightChoices(NotPublishable):
    """A question with one answer has several."""

    code = "single_question_with_several_right"
    wording = gettext_noop(
        "Question %(number)s takes one answer, but several choices are marked as right."
    )


def check_publishable(questions: Sequence[Sketch]) -> None:
    """Refuse a course that nobody could pass, naming the first question that stands in the way."""
    if not questions:
        raise NoQuestion()
    for question in questions:
        if question.choices < 2:
            raise TooFewChoices(number=question.number)
        if question.right < 1:
            raise NoRightChoice(number=question.number)
        if question.kind is QuestionKind.SINGLE and question.right > 1:
            raise SeveralRightChoices(number=question.number)
