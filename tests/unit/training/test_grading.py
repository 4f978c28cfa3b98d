"""A question counts when exactly its right choices were chosen."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.domain.courses import QuestionKind
from training.domain.grading import (
    AnswersMissing,
    ChoiceUnknown,
    Grade,
    Key,
    TooManyChosen,
    grade,
)


def single(question, right):
    return Key(question, QuestionKind.SINGLE, frozenset({1, 2, 3}), frozenset({right}))


def multiple(question, *right):
    return Key(question, QuestionKind.MULTIPLE, frozenset({1, 2, 3}), frozenset(right))


def chosen(**answers):
    return {int(name[1:]): frozenset(choices) for name, choices in answers.items()}


QUIZ = [single(10, 2), multiple(20, 1, 3), single(30, 1)]


@pytest.mark.parametrize(
    ("_case", "answers", "expected"),
    [
        ("all right", chosen(q10=[2], q20=[1, 3], q30=[1]), Grade(3, 3, 100, True, ())),
        ("one wrong", chosen(q10=[1], q20=[1, 3], q30=[1]), Grade(2, 3, 66, False, (10,))),
        ("too few of several", chosen(q10=[2], q20=[1], q30=[1]), Grade(2, 3, 66, False, (20,))),
        ("every box", chosen(q10=[2], q20=[1, 2, 3], q30=[1]), Grade(2, 3, 66, False, (20,))),
        ("all wrong", chosen(q10=[3], q20=[2], q30=[3]), Grade(0, 3, 0, False, (10, 20, 30))),
    ],
)  # fmt: skip
def test_grade(_case, answers, expected):
    assert grade(QUIZ, answers, pass_mark=70) == expected


@pytest.mark.parametrize(
    ("pass_mark", "passed"), [(66, True), (67, False), (1, True), (100, False)]
)
def test_grade_passes_from_the_mark_on(pass_mark, passed):
    two_of_three = chosen(q10=[2], q20=[1, 3], q30=[2])
    assert grade(QUIZ, two_of_three, pass_mark=pass_mark).passed is passed


@given(st.integers(1, 60), st.data())
def test_rounding_down_never_changes_who_passes(total, data):
    right = data.draw(st.integers(0, total))
    mark = data.draw(st.integers(1, 100))
    keys = [single(n, 1) for n in range(total)]
    answers = {n: frozenset({1 if n < right else 2}) for n in range(total)}
    result = grade(keys, answers, pass_mark=mark)
    assert result.passed == (right * 100 >= mark * total)
    assert (result.score == 100) == (right == total)


@pytest.mark.parametrize(
    ("answers", "numbers"),
    [({}, "1, 2, 3"), (chosen(q10=[2], q30=[1]), "2"), (chosen(q10=[2], q20=[], q30=[]), "2, 3")],
)
def test_grade_refuses_open_questions_and_names_them(answers, numbers):
    with pytest.raises(AnswersMissing) as refusal:
        grade(QUIZ, answers, pass_mark=70)
    assert refusal.value.facts == {"numbers": numbers}


def test_grade_refuses_a_choice_that_was_not_offered():
    with pytest.raises(ChoiceUnknown) as refusal:
        grade(QUIZ, chosen(q10=[2], q20=[1, 99], q30=[1]), pass_mark=70)
    assert refusal.value.facts == {"number": 2}


def test_grade_refuses_two_answers_to_a_question_that_takes_one():
    with pytest.raises(TooManyChosen) as refusal:
        grade(QUIZ, chosen(q10=[2], q20=[1, 3], q30=[1, 2]), pass_mark=70)
    assert refusal.value.facts == {"number": 3}


def test_grade_ignores_answers_to_questions_of_other_quizzes():
    answers = chosen(q10=[2], q20=[1, 3], q30=[1], q99=[7])
    assert grade(QUIZ, answers, pass_mark=70).right == 3
