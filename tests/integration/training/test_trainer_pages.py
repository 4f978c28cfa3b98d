"""The trainer's pages: a course is written, published and given out; results are seen."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from common.models import Event
from tests.factories.cast import staff
from tests.factories.courses import assigned, draft, published, right_answers
from training.actions import attempts, courses
from training.domain.due import day_of
from training.domain.events import TrainingEvent
from training.models import Assignment, Choice, Course, CourseVersion, Question

COURSES = "/admin/training/courseversion/"
OVERVIEW = "/admin/training/assignment/"
OTHERS = ("agent", "lead", "manager", "operator", "other_agent")


def browser(user):
    client = Client(headers={"accept-language": "en"})
    client.force_login(user)
    return client


@pytest.fixture
def trainer(cast):
    return browser(cast.trainer)


def page_of(version):
    return reverse("admin:training_courseversion_change", args=[version.pk])


def course_form(questions=(), lessons=(), **more):
    """Return what the browser sends: questions as (text, [(choice, is right), ...])."""
    sent = {"title": "취소 처리", "pass_mark": "80"} | more
    sent |= management("lessons", len(lessons)) | management("questions", len(questions))
    for n, (title, body) in enumerate(lessons):
        sent |= {f"lessons-{n}-title": title, f"lessons-{n}-body": body}
    for n, (text, choices) in enumerate(questions):
        sent |= {f"questions-{n}-kind": "SINGLE", f"questions-{n}-text": text}
        sent |= management(f"questions-{n}-choices", len(choices))
        for place, (choice, right) in enumerate(choices):
            sent[f"questions-{n}-choices-{place}-text"] = choice
            if right:
                sent[f"questions-{n}-choices-{place}-is_right"] = "on"
    return sent


def management(prefix, total, initial=0):
    return {f"{prefix}-TOTAL_FORMS": str(total), f"{prefix}-INITIAL_FORMS": str(initial)}


def as_sent(version, **more):
    """Return what the browser sends for an existing draft, as it stands."""
    sent = {"title": version.title, "pass_mark": str(version.pass_mark)}
    lessons, questions = list(version.lessons.all()), list(version.questions.all())
    sent |= management("lessons", len(lessons), len(lessons))
    sent |= management("questions", len(questions), len(questions))
    for n, lesson in enumerate(lessons):
        sent |= {f"lessons-{n}-{name}": getattr(lesson, name) for name in ("id", "title", "body")}
    for n, question in enumerate(questions):
        for name in ("id", "kind", "text", "explanation"):
            sent[f"questions-{n}-{name}"] = getattr(question, name)
        choices = list(question.choices.all())
        sent |= management(f"questions-{n}-choices", len(choices), len(choices))
        for place, choice in enumerate(choices):
            prefix = f"questions-{n}-choices-{place}"
            sent |= {f"{prefix}-id": choice.pk, f"{prefix}-text": choice.text}
            if choice.is_right:
                sent[f"{prefix}-is_right"] = "on"
    return sent | more


def test_add_makes_a_draft_with_lessons_questions_and_choices(trainer, cast):
    form = course_form(
        lessons=[("법", "7일 안에")],
        questions=[("며칠?", [("3일", False), ("7일", True)]), ("누가?", [("구매자", True)])],
    )
    answer = trainer.post(COURSES + "add/", form)

    version = CourseVersion.objects.get()
    assert answer["Location"] == page_of(version)
    assert (version.author, version.number, version.published_at) == (cast.trainer, 1, None)
    assert version.course.title == "취소 처리"
    assert list(version.questions.values_list("position", "text")) == [(1, "며칠?"), (2, "누가?")]
    choices = Choice.objects.filter(question__position=1).order_by("position")
    assert list(choices.values_list("position", "text", "is_right")) == [
        (1, "3일", False),
        (2, "7일", True),
    ]
    names = set(Event.objects.values_list("name", flat=True))
    assert {TrainingEvent.COURSE_BEGUN, TrainingEvent.COURSE_EDITED} <= names


def test_save_and_publish_publishes_what_was_just_saved(trainer, cast):
    version = draft(cast.trainer)
    sent = as_sent(version, title="새 제목", training_courseversion_publish="")
    answer = trainer.post(page_of(version), sent, follow=True)
    version.refresh_from_db()
    assert version.published_at is not None
    assert version.title == Course.objects.get().title == "새 제목"
    assert "Published. You can assign people now." in answer.content.decode()


def test_save_and_publish_saves_but_says_what_is_missing(trainer, cast):
    version = draft(cast.trainer, quiz=(("SINGLE", "?", ("a", "b")),))
    sent = as_sent(version, title="새 제목", training_courseversion_publish="")
    answer = trainer.post(page_of(version), sent, follow=True)
    version.refresh_from_db()
    assert (version.published_at, version.title) == (None, "새 제목")
    assert "Question 1 has no right choice" in answer.content.decode()


def test_question_is_taken_out_of_a_draft_with_its_choices(trainer, cast):
    version = draft(cast.trainer)
    sent = as_sent(version) | {"questions-0-DELETE": "on"}
    assert trainer.post(page_of(version), sent).status_code == 302
    assert list(version.questions.values_list("position", flat=True)) == [2]
    assert Choice.objects.count() == 3


def test_question_added_after_one_was_taken_out_comes_last(trainer, cast):
    version = draft(cast.trainer)
    courses.remove_question(question_id=version.questions.first().pk)
    sent = as_sent(version)
    sent |= management("questions", 2, 1) | management("questions-1-choices", 0)
    sent |= {"questions-1-kind": "SINGLE", "questions-1-text": "neu"}
    assert trainer.post(page_of(version), sent).status_code == 302
    assert list(version.questions.values_list("position", "text"))[-1] == (3, "neu")


def test_published_course_is_only_read(trainer, cast):
    version = published(cast.trainer)
    before = list(Question.objects.values())
    html = trainer.get(page_of(version)).content.decode()
    assert 'name="title"' not in html
    assert "Assign people" in html
    assert trainer.post(page_of(version), as_sent(version, title="x")).status_code == 403
    version.refresh_from_db()
    assert version.title != "x"
    assert list(Question.objects.values()) == before


def test_draft_published_by_somebody_else_meanwhile_is_refused_in_words(trainer, cast, monkeypatch):
    version = draft(cast.trainer)
    lock = courses.lock_draft

    def other_tab_first(*, version_id):
        monkeypatch.setattr(courses, "lock_draft", lock)
        at = timezone.now()
        courses.publish(version_id=version_id, by=staff(cast.trainer), at=at)
        return lock(version_id=version_id)

    monkeypatch.setattr(courses, "lock_draft", other_tab_first)
    answer = trainer.post(page_of(version), as_sent(version, title="zu spät"), follow=True)
    assert "stays as it is" in answer.content.decode()
    version.refresh_from_db()
    assert version.title != "zu spät"


def test_revise_asks_first_and_then_opens_the_draft(trainer, cast):
    version = published(cast.trainer)
    address = f"{COURSES}{version.pk}/revise/"
    assert trainer.get(address).status_code == 200
    assert CourseVersion.objects.count() == 1
    answer = trainer.post(address)
    assert answer["Location"] == page_of(CourseVersion.objects.get(number=2))
    again = trainer.post(address, follow=True)
    assert "already a draft" in again.content.decode()
    assert CourseVersion.objects.count() == 2


def test_assign_page_lists_people_of_the_store_and_sends_them(trainer, cast):
    version = published(cast.trainer)
    address = f"{COURSES}{version.pk}/assign/"
    html = trainer.get(address).content.decode()
    assert "Agent2" in html
    assert "Stranger" not in html

    due = day_of(timezone.now()) + timedelta(days=5)
    answer = trainer.post(address, {"due_on": due, "people": [cast.agent.pk, cast.lead.pk]})

    assert answer["Location"] == OVERVIEW
    made = Assignment.objects.order_by("user__name").values_list("user__name", "due_on")
    assert list(made) == [("Agent", due), ("Lead", due)]
    assert "has this course to pass already" in trainer.get(address).content.decode()


@pytest.mark.parametrize(
    ("_case", "sent", "words"),
    [
        ("nobody", {"due_on": "2999-01-01"}, "Choose at least one person"),
        ("no day", {"people": ["1"]}, "This field is required"),
        ("day over", {"due_on": "2020-01-01", "people": ["{agent}"]}, "lies in the past"),
        ("stranger", {"due_on": "2999-01-01", "people": ["{other}"]}, "You can only choose"),
        ("no id", {"due_on": "2999-01-01", "people": ["x", "9" * 40]}, "at least one person"),
    ],
)
def test_assign_page_says_what_is_wrong(_case, sent, words, trainer, cast):
    version = published(cast.trainer)
    ids = {"{agent}": cast.agent.pk, "{other}": cast.other_agent.pk}
    sent = sent | {"people": [ids.get(value, value) for value in sent.get("people", [])]}
    answer = trainer.post(f"{COURSES}{version.pk}/assign/", sent)
    assert words in answer.content.decode()
    assert not Assignment.objects.exists()


def test_draft_offers_no_assigning(trainer, cast):
    version = draft(cast.trainer)
    assert trainer.get(f"{COURSES}{version.pk}/assign/").status_code == 403
    assert "Assign people" not in trainer.get(page_of(version)).content.decode()


@pytest.mark.parametrize("who", OTHERS)
def test_pages_are_the_trainers(who, cast):
    version = draft(cast.trainer)
    other = published(cast.trainer)
    client = browser(getattr(cast, who))
    before = Event.objects.count()
    for address in (COURSES, OVERVIEW, COURSES + "add/"):
        assert client.get(address).status_code == 403
    for address in (
        page_of(version), f"{COURSES}{other.pk}/assign/", f"{COURSES}{other.pk}/revise/",
    ):  # fmt: skip
        assert client.get(address).status_code in (403, 404)
        assert client.post(address, as_sent(version)).status_code in (403, 404)
    assert Event.objects.count() == before


def test_nothing_is_deleted(trainer, cast):
    version = draft(cast.trainer)
    assert trainer.post(f"{COURSES}{version.pk}/delete/", {"post": "yes"}).status_code == 403
    assert CourseVersion.objects.exists()


def test_overview_shows_how_far_people_are(trainer, cast):
    mine = assigned(cast.trainer, cast.agent, cast.lead, title="입문")
    by, at = staff(cast.agent), timezone.now()
    attempt = attempts.begin(assignment_id=mine.pk, by=by, at=at)
    attempts.submit(
        assignment_id=mine.pk, n=1, answers=right_answers(attempt.course_version), by=by, at=at
    )
    rows = rows_of(trainer.get(OVERVIEW))
    agent = next(row for row in rows if "Agent" in row)
    lead = next(row for row in rows if "Lead" in row)
    assert "passed" in agent
    assert "100%" in agent
    assert "not begun" in lead
    assert "in 7 days" in lead


def test_overview_counts_the_late_and_filters(trainer, cast):
    mine = assigned(cast.trainer, cast.agent, cast.lead)
    yesterday = day_of(timezone.now()) - timedelta(days=1)
    Assignment.objects.filter(pk=mine.pk).update(due_on=yesterday)
    page = trainer.get(OVERVIEW)
    assert "1 assignment is late" in page.content.decode()
    for progress, names in (("LATE", ["Agent"]), ("NOT_BEGUN", ["Lead"]), ("PASSED", [])):
        rows = rows_of(trainer.get(OVERVIEW, {"progress": progress}))
        assert [name for name in ("Agent", "Lead") if any(name in r for r in rows)] == names


def test_overview_is_paged_by_key(trainer, cast, django_assert_max_num_queries):
    people = [cast.agent, cast.agent2, cast.lead, cast.lead2, cast.manager, cast.operator]
    for _ in range(5):
        assigned(cast.trainer, *people)
    trainer.get(OVERVIEW)
    with django_assert_max_num_queries(12):
        first = trainer.get(OVERVIEW)
    assert len(rows_of(first)) == 25
    following = re.search(r'href="(\?cursor=[^"]+)"', first.content.decode()).group(1)
    assert len(rows_of(trainer.get(OVERVIEW + following))) == 5


def rows_of(answer):
    return re.findall(r"<tr>(?!<th scope=\"col\").*?</tr>", answer.content.decode(), re.DOTALL)


def test_detail_shows_every_attempt_and_hides_strangers(trainer, cast):
    mine = assigned(cast.trainer, cast.agent)
    by, at = staff(cast.agent), timezone.now()
    attempts.begin(assignment_id=mine.pk, by=by, at=at)
    page = trainer.get(f"{OVERVIEW}{mine.pk}/change/")
    assert "1. 취소 처리 입문 v1" in page.content.decode()
    assert trainer.get(f"{OVERVIEW}{mine.pk + 99}/change/").status_code == 404
