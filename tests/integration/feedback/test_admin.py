"""Who reads what buyers thought, and that nobody changes it."""

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from feedback.models import Response
from orders.models import Role
from tests.factories.rows import MembershipFactory, StoreFactory, UserFactory
from tests.factories.surveys import rated

LIST = "/admin/feedback/response/"


def browser(user):
    client = Client(headers={"accept-language": "en"})
    client.force_login(user)
    return client


def page_of(response):
    return reverse("admin:feedback_response_change", args=[response.pk])


@pytest.fixture
def two(cast):
    """Return one rating for each of two agents."""
    return rated(cast, 5, "최고예요", by=cast.agent), rated(cast, 2, by=cast.agent2)


@pytest.mark.parametrize(
    ("who", "sees"),
    [
        ("lead", {5, 2}), ("manager", {5, 2}), ("agent", {5}), ("agent2", {2}),
        ("operator", set()), ("trainer", set()), ("other_agent", set()),
    ],
)  # fmt: skip
def test_visible_to(who, sees, two, cast):
    rows = Response.objects.visible_to(getattr(cast, who)).with_answers()
    assert {row.rating for row in rows} == sees


def test_visible_to_shows_nothing_after_leaving(two, cast):
    cast.agent.memberships.all()._raw_delete("default")
    assert not Response.objects.visible_to(cast.agent).exists()


def test_agent_with_two_roles_sees_no_row_twice(two, cast):
    MembershipFactory(user=cast.agent, store=cast.store, role=Role.LEAD)
    assert Response.objects.visible_to(cast.agent).count() == 2


@pytest.mark.parametrize(
    ("who", "list_status", "page_status"),
    [
        ("lead", 200, 200), ("agent", 200, 200), ("agent2", 200, 404),
        ("trainer", 403, 404), ("other_agent", 200, 404),
    ],
)  # fmt: skip
def test_pages_by_role(who, list_status, page_status, two, cast):
    client = browser(getattr(cast, who))
    assert client.get(LIST).status_code == list_status
    assert client.get(page_of(two[0])).status_code == page_status


def test_list_shows_words_comment_and_agent(two, cast):
    html = browser(cast.lead).get(LIST).content.decode()
    for text in ("5 · Very satisfied", "2 · Dissatisfied", "최고예요", "Agent2"):
        assert text in html
    assert "홍길동" not in html


def test_summary_hides_the_score_below_five_answers(two, cast):
    html = browser(cast.lead).get(LIST).content.decode()
    assert "Not enough answers yet: n=2" in html
    assert "100%" not in html
    assert "50%" not in html


def test_summary_shows_share_n_and_interval(cast):
    for rating in (5, 4, 4, 2, 5):
        rated(cast, rating)
    html = browser(cast.lead).get(LIST).content.decode()
    assert "80%" in html
    assert "n=5" in html
    # Wilson for 4 of 5: 0.3755 to 0.9638.
    assert "With 95% confidence between 38% and 96%" in html
    assert "Few answers" in html


def test_summary_counts_what_the_filter_leaves(cast):
    for rating in (5, 4, 4, 2, 5):
        rated(cast, rating)
    html = browser(cast.lead).get(LIST, {"rating": "4"}).content.decode()
    assert "Not enough answers yet: n=2" in html


@pytest.mark.parametrize("query", [{"rating": "9"}, {"rating": "x"}, {"reason": "' OR 1=1"}])
def test_filter_with_nonsense_is_no_error(query, two, cast):
    assert browser(cast.lead).get(LIST, query).status_code in (200, 302)


def test_nobody_changes_adds_or_deletes(two, cast):
    client = browser(cast.lead)
    before = list(Response.objects.values())
    add = reverse("admin:feedback_response_add")
    delete = reverse("admin:feedback_response_delete", args=[two[0].pk])
    assert client.post(add, {}).status_code == 403
    assert client.post(delete, {"post": "yes"}).status_code == 403
    assert client.post(page_of(two[0]), {"source": "X"}).status_code == 403
    assert list(Response.objects.values()) == before
    assert admin.site._registry[Response].get_actions(type("R", (), {"GET": {}})()) == {}


@pytest.mark.parametrize("count", [1, 6])
def test_list_takes_the_same_queries_however_long(count, cast, django_assert_max_num_queries):
    for _ in range(count):
        rated(cast, 4)
    client = browser(cast.lead)
    client.get(LIST)
    with django_assert_max_num_queries(14):
        client.get(LIST)


def test_person_of_no_store_sees_nothing(two, cast):
    person = UserFactory()
    StoreFactory()
    assert browser(person).get(LIST).status_code == 403
