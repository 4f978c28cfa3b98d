"""The questions of a quiz as its pages show them, and the choices as its form sends them."""

from typing import Any

from django.http import QueryDict

from training.models import Attempt, CourseVersion, Question

MAX_DIGITS = 18


def chosen_from(sent: QueryDict, version: CourseVersion) -> dict[int, frozenset[int]]:
    """Return the ids of the choices made, by question id; what is no id is -1, which none has."""
    return {
        pk: frozenset(_number(value) for value in sent.getlist(f"q{pk}"))
        for pk in version.questions.values_list("pk", flat=True)
    }


def _number(value: str) -> int:
    fits = value.isascii() and value.isdigit() and len(value) <= MAX_DIGITS
    return int(value) if fits else -1


def offered(version: CourseVersion, chosen: dict[int, frozenset[int]]) -> list[dict[str, Any]]:
    """Return the questions with what was ticked, without a hint which choice is right."""
    return [
        {
            "name": f"q{question.pk}",
            "text": question.text,
            "is_multiple": question.kind == Question.Kind.MULTIPLE,
            "choices": [
                {
                    "id": choice.pk,
                    "text": choice.text,
                    "ticked": choice.pk in chosen.get(question.pk, frozenset()),
                }
                for choice in question.choices.all()
            ],
        }
        for question in version.questions.prefetch_related("choices")
    ]


def reviewed(attempt: Attempt) -> list[dict[str, Any]]:
    """Return the questions with what was chosen and whether it was right.

    The right choices are shown only after passing: before, they would answer the next attempt.
    """
    questions = attempt.course_version.questions.prefetch_related("choices")
    return [_reviewed(question, attempt) for question in questions]


def _reviewed(question: Question, attempt: Attempt) -> dict[str, Any]:
    chosen = set(attempt.answers.get(str(question.pk), []))
    choices = list(question.choices.all())
    right = {choice.pk for choice in choices if choice.is_right}
    return {
        "text": question.text,
        "is_right": chosen == right,
        "explanation": question.explanation,
        "chosen": [choice.text for choice in choices if choice.pk in chosen],
        "right": [c.text for c in choices if c.pk in right] if attempt.passed else [],
    }
