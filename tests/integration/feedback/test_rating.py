"""The question on the status page: asked of whom, answered how, and only once."""

from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone

from common import slots
from common.domain.actors import Actor
from common.models import Event
from feedback.actions import responses
from feedback.domain.events import FeedbackEvent
from feedback.models import Answer, Response
from tests.factories.surveys import invited, refunded
from tickets.web import session as buyer_session

BUYER = Actor.buyer()


def holder(*requests):
    """Return a browser that holds these requests."""
    client = Client()
    client.get("/accounts/login/")  # any page: makes a session
    held = client.session
    until = timezone.now().timestamp() + 3_600
    held[buyer_session.REQUESTS] = {str(r.public_id): until for r in requests}
    held.save()
    client.cookies["desk"] = held.session_key
    return client


def address(request):
    return reverse("feedback:rate", args=[request.public_id])


def shown(request):
    page = RequestFactory().get("/")
    return slots.render("request.after", page, buyer_request=request)


@pytest.fixture
def invitation(cast):
    return invited(cast)


def test_status_page_asks_with_words_and_a_token(invitation, settings):
    settings.LANGUAGE_CODE = "en"
    html = shown(invitation.request)
    assert html.count('type="radio"') == 5
    assert f'action="{address(invitation.request)}"' in html
    assert 'method="post"' in html
    assert "csrfmiddlewaretoken" in html


def test_status_page_says_nothing_to_those_who_were_not_asked(cast):
    assert shown(cast.ticket().request) == ""


def test_looking_records_nothing(invitation, django_assert_num_queries):
    request = invitation.request
    with django_assert_num_queries(2):
        shown(request)
    assert not Response.objects.exists()


def test_rate_keeps_the_answer_and_shows_it(invitation):
    client = holder(invitation.request)
    answer = client.post(address(invitation.request), {"q1": "4", "q2": "  빨랐어요 <b>굿</b> "})

    assert answer.status_code == 302
    assert answer["Location"] == f"/requests/{invitation.request.public_id}/#rating"
    response = Response.objects.get()
    assert response.survey_version == invitation.survey_version
    values = list(response.answers.order_by("question__position").values_list("number", "text"))
    assert values == [(4, ""), (None, "빨랐어요 <b>굿</b>")]
    html = shown(invitation.request)
    assert "radio" not in html
    assert "빨랐어요 &lt;b&gt;굿&lt;/b&gt;" in html


def test_rate_records_numbers_and_no_words_of_the_buyer(invitation):
    holder(invitation.request).post(address(invitation.request), {"q1": "2", "q2": "너무 느려요"})
    event = Event.objects.get(name=FeedbackEvent.ANSWERED)
    assert event.actor_kind == "BUYER"
    assert event.data == {"invitation_id": invitation.pk, "ratings": {"1": 2}}


@pytest.mark.parametrize("method", ["get", "head", "put", "patch", "delete"])
def test_rate_takes_nothing_but_post(invitation, method):
    answer = getattr(holder(invitation.request), method)(address(invitation.request) + "?q1=5")
    assert answer.status_code == 405
    assert not Response.objects.exists()


def test_rate_needs_the_csrf_token(invitation):
    held = holder(invitation.request)
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = held.cookies
    assert strict.post(address(invitation.request), {"q1": "5"}).status_code == 403
    assert not Response.objects.exists()


def test_rate_second_time_is_refused_and_the_first_answer_stands(invitation):
    client = holder(invitation.request)
    client.post(address(invitation.request), {"q1": "5"})
    before = list(Answer.objects.values())

    answer = client.post(
        address(invitation.request), {"q1": "1"}, headers={"accept-language": "en"}
    )

    assert answer.status_code == 409
    assert "You have already answered" in answer.content.decode()
    assert list(Answer.objects.values()) == before
    assert Event.objects.filter(name=FeedbackEvent.ANSWERED).count() == 1


@pytest.mark.parametrize(
    ("_case", "sent"),
    [
        ("nothing chosen", {"q2": "그냥"}),
        ("beyond the scale", {"q1": "6"}),
        ("no number", {"q1": "five"}),
        ("too long a comment", {"q1": "5", "q2": "가" * 2_001}),
    ],
)
def test_rate_refuses_what_is_no_answer_and_keeps_what_was_typed(_case, sent, invitation):
    answer = holder(invitation.request).post(address(invitation.request), sent)
    assert answer.status_code == 400
    assert sent.get("q2", "")[:100] in answer.content.decode()
    assert not Response.objects.exists()
    assert not Event.objects.filter(name=FeedbackEvent.ANSWERED).exists()


def test_rate_is_hidden_from_strangers(cast, invitation):
    other = cast.ticket()
    strangers = [Client(), holder(other.request)]
    for client in strangers:
        assert client.post(address(invitation.request), {"q1": "1"}).status_code == 404
    staff = Client()
    staff.force_login(cast.lead)
    assert staff.post(address(invitation.request), {"q1": "1"}).status_code == 404
    assert not Response.objects.exists()


def test_rate_answers_404_when_nothing_was_asked(cast):
    request = cast.ticket().request
    assert holder(request).post(address(request), {"q1": "5"}).status_code == 404
    missing = reverse("feedback:rate", args=[uuid4()])
    assert holder(request).post(missing, {"q1": "5"}).status_code == 404


def test_of_two_at_once_the_second_sees_the_first(invitation, monkeypatch):
    """The first answer comes in just before the second one takes the lock."""
    lock = responses.lock_invitation

    def other_tab_first(pk):
        monkeypatch.setattr(responses, "lock_invitation", lock)
        submit(invitation, "5")
        return lock(pk)

    monkeypatch.setattr(responses, "lock_invitation", other_tab_first)
    with pytest.raises(responses.AlreadyAnswered):
        submit(invitation, "1")


def test_database_refuses_a_second_response_and_a_wrong_value(invitation):
    response = submit(invitation, "3")
    with pytest.raises(IntegrityError), transaction.atomic():
        Response.objects.create(
            invitation=invitation,
            survey_version=invitation.survey_version,
            submitted_at=timezone.now(),
        )
    for wrong in ({"number": 6}, {"number": None}, {"text": "x"}, {"kind": "TEXT"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Answer.objects.filter(response=response).update(**wrong)


def test_every_language_asks_in_its_own_words(cast):
    request = refunded(cast).request
    client = holder(request)
    korean = client.post(address(request), {}, headers={"accept-language": "ko"}).content.decode()
    english = client.post(address(request), {}, headers={"accept-language": "en"}).content.decode()
    assert "얼마나 만족하셨나요?" in korean
    assert "How satisfied are you" in english
    assert "Very dissatisfied" in english


def submit(invitation, rating):
    return responses.submit(
        invitation_id=invitation.pk, answers={1: rating}, by=BUYER, at=timezone.now()
    )
