"""My training: for every member of staff, their own and nobody else's."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.factories.cast import staff
from tests.factories.courses import assigned, right_answers, wrong_answers
from training.actions import courses
from training.models import Attempt

MINE = "/admin/training/myassignment/"


def browser(user):
    client = Client(headers={"accept-language": "en"})
    client.force_login(user)
    return client


@pytest.fixture
def mine(cast):
    return assigned(cast.trainer, cast.agent)


@pytest.fixture
def learner(cast):
    return browser(cast.agent)


def course(mine):
    return f"{MINE}{mine.pk}/change/"


def quiz(mine, n=1):
    return reverse("admin:training_myassignment_quiz", args=[mine.pk, n])


def result(mine, n=1):
    return reverse("admin:training_myassignment_result", args=[mine.pk, n])


def begin(client, mine):
    return client.post(f"{MINE}{mine.pk}/begin/")


def sent(answers):
    return {f"q{question}": [*chosen] for question, chosen in answers.items()}


def version_of(mine):
    return mine.course.versions.get(number=1)


@pytest.mark.parametrize("who", ["agent", "lead", "trainer", "manager", "operator", "other_agent"])
def test_everybody_has_the_page(who, cast):
    assert browser(getattr(cast, who)).get(MINE).status_code == 200


def test_stranger_has_to_sign_in(mine):
    for address in (MINE, course(mine), quiz(mine)):
        assert Client().get(address).status_code == 302
    assert begin(Client(), mine).status_code == 302
    assert not Attempt.objects.exists()


def test_list_shows_what_is_to_do(learner, mine):
    html = learner.get(MINE).content.decode()
    assert "취소 처리 입문" in html
    assert "not begun" in html
    assert "in 7 days" in html


def test_course_shows_lessons_escaped_and_begins_nothing(learner, mine):
    html = learner.get(course(mine)).content.decode()
    assert "7일 안에." in html
    assert "&lt;b&gt;꼭&lt;/b&gt;" in html
    assert "Begin the quiz" in html
    assert not Attempt.objects.exists()


def test_begin_is_a_post(learner, mine):
    assert learner.get(f"{MINE}{mine.pk}/begin/").status_code == 405
    assert not Attempt.objects.exists()
    assert begin(learner, mine)["Location"] == quiz(mine)
    assert begin(learner, mine)["Location"] == quiz(mine)
    assert Attempt.objects.count() == 1


def test_quiz_gives_no_hint_which_choice_is_right(learner, mine):
    begin(learner, mine)
    html = learner.get(quiz(mine)).content.decode()
    assert html.count('type="radio"') == 3
    assert html.count('type="checkbox" name="q') == 3
    assert "is_right" not in html
    assert "checked" not in html


def test_right_answers_pass_and_show_the_result(learner, mine):
    begin(learner, mine)
    answer = learner.post(quiz(mine), sent(right_answers(version_of(mine))))
    assert answer["Location"] == result(mine)
    html = learner.get(result(mine)).content.decode()
    assert "100% · passed" in html
    mine.refresh_from_db()
    assert mine.passed_at is not None
    assert "Begin the quiz" not in learner.get(course(mine)).content.decode()


def test_wrong_answers_are_shown_without_the_right_ones(learner, mine):
    begin(learner, mine)
    learner.post(quiz(mine), sent(wrong_answers(version_of(mine))))
    html = learner.get(result(mine)).content.decode()
    assert "0% · not passed" in html
    assert html.count("Not right") == 2
    assert "Your answer: 3일" in html
    assert "Right answer" not in html
    assert "7일" not in html
    assert "Try again" in learner.get(course(mine)).content.decode()


def test_submit_with_open_questions_keeps_what_was_ticked(learner, mine):
    begin(learner, mine)
    good = right_answers(version_of(mine))
    first = next(iter(good))
    answer = learner.post(quiz(mine), sent({first: good[first]}))
    html = answer.content.decode()
    assert answer.status_code == 400
    assert "Still open: 2" in html
    assert html.count("checked") == 1
    assert Attempt.objects.get().submitted_at is None


@pytest.mark.parametrize("value", ["x", "-1", "9" * 40, "", "1.0"])
def test_submit_nonsense_changes_nothing(value, learner, mine):
    begin(learner, mine)
    good = sent(right_answers(version_of(mine)))
    good[next(iter(good))] = [value]
    assert learner.post(quiz(mine), good).status_code == 400
    assert Attempt.objects.get().submitted_at is None


def test_double_submit_gives_one_result(learner, mine):
    begin(learner, mine)
    learner.post(quiz(mine), sent(wrong_answers(version_of(mine))))
    before = list(Attempt.objects.values())
    answer = learner.post(quiz(mine), sent(right_answers(version_of(mine))), follow=True)
    assert "already handed in" in answer.content.decode()
    assert list(Attempt.objects.values()) == before
    assert answer.redirect_chain[-1][0] == result(mine)


def test_quiz_needs_the_csrf_token(cast, mine):
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.agent)
    assert begin(client, mine).status_code == 403
    assert not Attempt.objects.exists()


@pytest.mark.parametrize("who", ["lead", "trainer", "other_agent"])
def test_what_is_not_mine_does_not_exist(who, cast, learner, mine):
    begin(learner, mine)
    other = browser(getattr(cast, who))
    before = list(Attempt.objects.values())
    for address in (course(mine), quiz(mine), result(mine)):
        assert other.get(address).status_code == 404
    assert other.post(quiz(mine), sent(right_answers(version_of(mine)))).status_code == 404
    assert begin(other, mine).status_code == 404
    assert list(Attempt.objects.values()) == before


def test_missing_attempt_does_not_exist(learner, mine):
    assert learner.get(quiz(mine, 7)).status_code == 404
    assert learner.get(result(mine, 7)).status_code == 404


def test_open_quiz_and_finished_result_lead_to_each_other(learner, mine):
    begin(learner, mine)
    assert learner.get(result(mine))["Location"] == quiz(mine)
    learner.post(quiz(mine), sent(right_answers(version_of(mine))))
    assert learner.get(quiz(mine))["Location"] == result(mine)


def test_passed_course_keeps_the_version_that_was_passed(cast, learner, mine):
    begin(learner, mine)
    learner.post(quiz(mine), sent(right_answers(version_of(mine))))
    by, at = staff(cast.trainer), timezone.now()
    newer = courses.revise(course_id=mine.course_id, by=by, at=at)
    newer.lessons.update(body="brandneu")
    courses.publish(version_id=newer.pk, by=by, at=at)
    assert "brandneu" not in learner.get(course(mine)).content.decode()


def test_begin_after_passing_leads_back_in_words(learner, mine):
    begin(learner, mine)
    learner.post(quiz(mine), sent(right_answers(version_of(mine))))
    answer = learner.post(f"{MINE}{mine.pk}/begin/", follow=True)
    assert "You have passed this course" in answer.content.decode()
    assert Attempt.objects.count() == 1


def test_course_page_is_no_form(learner, mine):
    assert learner.post(course(mine), {"due_on": "2999-01-01"}).status_code == 405
