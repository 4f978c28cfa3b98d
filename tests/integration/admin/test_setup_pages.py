"""The pages with a form: stores, people, roles, canned responses, API tokens."""

import pytest
from django.urls import reverse

from common.models import Event, OutboundMail, User
from orders.models import Membership, Role
from tests.factories.rows import MembershipFactory
from tickets.models import ApiToken, CannedResponse, CannedResponseVersion

STAFF, ROLES = "/admin/common/user/", "/admin/orders/membership/"
CANNED, TOKENS = "/admin/tickets/cannedresponse/", "/admin/tickets/apitoken/"


def person(cast, **more) -> dict[str, str]:
    """Return a filled form for a new person."""
    return {
        "email": "New@Example.com", "name": "새사람", "store": str(cast.store.pk), "role": "AGENT",
    } | more  # fmt: skip


def state() -> tuple:
    """Return what a refused act must leave alone."""
    return (
        list(User.objects.order_by("id").values("email", "name", "is_active", "is_staff")),
        list(Membership.objects.order_by("id").values()),
        list(CannedResponse.objects.order_by("id").values()),
        list(CannedResponseVersion.objects.order_by("id").values()),
        Event.objects.count(),
        OutboundMail.objects.count(),
    )


def test_operator_adds_a_person_who_gets_a_mail(cast, sign_in):
    client = sign_in(cast.operator)
    said = client.post(STAFF + "add/", person(cast), follow=True).content.decode()

    user = User.objects.get(email="new@example.com")
    assert "새사람 was added" in said
    assert (user.name, user.is_staff, user.has_usable_password()) == ("새사람", True, False)
    assert not user.is_superuser
    assert user.memberships.get().role == Role.AGENT
    mail = OutboundMail.objects.get()
    assert (mail.template, mail.to) == ("password_reset", "new@example.com")
    assert set(Event.objects.values_list("name", flat=True)) == {"staff.added", "staff.role_given"}


def test_person_who_is_known_gets_the_role_and_no_mail(cast, sign_in):
    given = person(cast, email="STRANGER@example.com", name="다른 이름")
    said = sign_in(cast.operator).post(STAFF + "add/", given, follow=True).content.decode()

    assert "Stranger was here already" in said
    cast.other_agent.refresh_from_db()
    assert cast.other_agent.name == "Stranger"
    assert cast.other_agent.memberships.count() == 2
    assert not OutboundMail.objects.exists()


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"email": "agent@example.com"}, 409),  # has that role already
        ({"email": "not an address"}, 400),
        ({"name": "  "}, 400),
        ({"role": "KING"}, 400),
        ({"store": "foreign"}, 400),
    ],
)
def test_wrong_person_is_refused_and_nothing_changes(cast, sign_in, given, code):
    if given.get("store") == "foreign":
        given = {"store": str(cast.other_store.pk)}
    before = state()

    answer = sign_in(cast.operator).post(STAFF + "add/", person(cast, **given))

    assert answer.status_code == code
    assert b'role="alert"' in answer.content
    assert state() == before


@pytest.mark.parametrize("who", ["agent", "lead", "trainer", "manager"])
def test_only_operators_change_people_and_stores(cast, sign_in, who):
    client = sign_in(getattr(cast, who))
    before = state()
    for address, given in (
        (STAFF + "add/", person(cast)),
        (f"{STAFF}{cast.agent.pk}/change/", {}),
        (f"{ROLES}{cast.agent.memberships.get().pk}/change/", {"role": "LEAD"}),
        (f"/admin/orders/store/{cast.store.pk}/change/", {"name": "x", "second_person": "NEVER"}),
    ):
        assert client.post(address, given).status_code == 403
    assert state() == before
    cast.store.refresh_from_db()
    assert (cast.store.name, cast.store.second_person) == ("마포상회", "POLICY")


def test_operator_deactivates_and_lets_in_again(cast, sign_in):
    client = sign_in(cast.operator)
    address = f"{STAFF}{cast.agent.pk}/change/"

    client.post(address, {})
    cast.agent.refresh_from_db()
    assert not cast.agent.is_active
    client.post(address, {"is_active": "on"})
    cast.agent.refresh_from_db()
    assert cast.agent.is_active
    assert list(Event.objects.values_list("name", flat=True)) == [
        "staff.deactivated", "staff.activated"
    ]  # fmt: skip


def test_operator_cannot_touch_the_own_account_or_whoever_works_elsewhere_too(cast, sign_in):
    MembershipFactory(user=cast.agent, store=cast.other_store, role=Role.AGENT)
    client = sign_in(cast.operator)
    before = state()

    assert client.post(f"{STAFF}{cast.operator.pk}/change/", {}).status_code == 403
    own = cast.operator.memberships.get().pk
    assert client.post(f"{ROLES}{own}/change/", {"role": "AGENT"}).status_code == 403
    assert client.post(f"{STAFF}{cast.agent.pk}/change/", {}).status_code == 403
    assert state() == before


def test_operator_changes_a_role(cast, sign_in):
    row = cast.agent.memberships.get()
    client = sign_in(cast.operator)

    client.post(f"{ROLES}{row.pk}/change/", {"role": "LEAD"})

    row.refresh_from_db()
    assert row.role == Role.LEAD
    assert Event.objects.get().data == {
        "store": cast.store.pk, "before": "AGENT", "after": "LEAD"
    }  # fmt: skip


def test_role_that_is_held_already_is_refused(cast, sign_in):
    row = cast.agent.memberships.get()
    MembershipFactory(user=cast.agent, store=cast.store, role=Role.LEAD)
    before = state()

    answer = sign_in(cast.operator).post(f"{ROLES}{row.pk}/change/", {"role": "LEAD"})

    assert answer.status_code == 409
    assert state() == before


def test_operator_renames_a_store_and_says_who_decides(cast, sign_in):
    address = f"/admin/orders/store/{cast.store.pk}/change/"
    sign_in(cast.operator).post(address, {"name": " 마포  상회 2 ", "second_person": "NEVER"})

    cast.store.refresh_from_db()
    assert (cast.store.name, cast.store.second_person) == ("마포 상회 2", "NEVER")
    assert Event.objects.get().data["fields"] == ["name", "second_person"]


def answer_of(cast, **more) -> dict[str, str]:
    """Return a filled form for a new canned response."""
    return {
        "store": str(cast.store.pk), "code": "delay", "name": "지연 안내",
        "text_ko": "{{ buyer_name }}님", "text_en": "",
    } | more  # fmt: skip


def test_lead_writes_a_canned_response_and_its_next_version(cast, sign_in):
    client = sign_in(cast.lead)
    client.post(CANNED + "add/", answer_of(cast))
    row = CannedResponse.objects.get()
    first = row.versions.get()
    assert (first.number, first.author, first.published_at is not None) == (1, cast.lead, True)
    unchanged = CannedResponseVersion.objects.filter(pk=first.pk).values().get()

    address = f"{CANNED}{row.pk}/change/"
    client.post(address, {"text_ko": "새 글", "text_en": "New", "is_active": "on"})
    client.post(address, {"text_ko": "새 글", "text_en": "New", "is_active": "on"})

    assert list(row.versions.order_by("number").values_list("number", "text_ko")) == [
        (1, "{{ buyer_name }}님"), (2, "새 글")
    ]  # fmt: skip
    assert CannedResponseVersion.objects.filter(pk=first.pk).values().get() == unchanged
    client.post(address, {"text_ko": "새 글", "text_en": "New"})
    row.refresh_from_db()
    assert (row.is_active, row.versions.count()) == (False, 2)


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"text_ko": "{{ buyer.password }}"}, "{{"),
        ({"text_ko": "{{ secret }}"}, "is no placeholder"),
        ({"text_en": "{{ amount }"}, "is no placeholder"),
        ({"text_ko": "  "}, "required"),
        ({"code": "two words"}, "slug"),
        ({"store": "0"}, "valid choice"),
        ({"text_ko": "가" * 4001}, "at most 4000"),
    ],
)
def test_broken_canned_response_is_refused_at_its_field(cast, sign_in, given, says):
    before = state()

    answer = sign_in(cast.lead).post(CANNED + "add/", answer_of(cast, **given))

    assert answer.status_code == 400
    field = next(iter(given))
    assert any(says in error for error in answer.context["form"].errors[field])
    assert state() == before


def test_shortcut_that_is_taken_is_refused(cast, sign_in):
    client = sign_in(cast.lead)
    client.post(CANNED + "add/", answer_of(cast))
    before = state()

    answer = client.post(CANNED + "add/", answer_of(cast, text_ko="다른 글"))

    assert answer.status_code == 409
    assert state() == before


@pytest.mark.parametrize("who", ["agent", "manager", "operator"])
def test_only_leads_write_canned_responses(cast, sign_in, who):
    row = CannedResponse.objects.create(code="hi", name="인사", store=cast.store)
    before = state()
    client = sign_in(getattr(cast, who))

    assert client.post(CANNED + "add/", answer_of(cast)).status_code == 403
    assert client.post(f"{CANNED}{row.pk}/change/", {"text_ko": "x"}).status_code == 403
    assert state() == before


def test_answers_for_all_stores_are_for_leads_of_all_stores(cast, sign_in):
    row = CannedResponse.objects.create(code="all", name="모두")
    address = f"{CANNED}{row.pk}/change/"

    assert sign_in(cast.lead).post(address, {"text_ko": "x"}).status_code == 403
    MembershipFactory(user=cast.lead, store=cast.other_store, role=Role.LEAD)
    assert sign_in(cast.lead).post(address, {"text_ko": "x"}).status_code == 302
    assert row.versions.get().text_ko == "x"


def token_form(cast, **more) -> dict:
    """Return a filled form for a new token."""
    return {"name": "ERP", "scopes": ["tickets:read"], "stores": [str(cast.store.pk)],
            "days": "30"} | more  # fmt: skip


def test_token_is_shown_once_and_ended_by_its_owner(cast, sign_in):
    client = sign_in(cast.lead)
    page = client.post(TOKENS + "add/", token_form(cast))
    row = ApiToken.objects.get()

    assert page.status_code == 200
    secret = page.context["token"]
    assert secret in page.content.decode()
    assert (row.user, row.scopes, row.name) == (cast.lead, ["tickets:read"], "ERP")
    address = f"{TOKENS}{row.pk}/change/"
    for shown in (client.get(TOKENS), client.get(address)):
        assert secret not in shown.content.decode()
    client.post(address)
    row.refresh_from_db()
    assert row.expiry is not None
    assert client.post(address).status_code == 403  # ended is ended
    assert ApiToken.objects.exists()


@pytest.mark.parametrize(
    "given", [{"scopes": ["root"]}, {"stores": ["foreign"]}, {"days": "3650"}, {"days": "0"}]
)
def test_token_beyond_ones_own_rights_is_refused(cast, sign_in, given):
    if given.get("stores") == ["foreign"]:
        given = {"stores": [str(cast.other_store.pk)]}
    answer = sign_in(cast.lead).post(TOKENS + "add/", token_form(cast, **given))

    assert answer.status_code == 400
    assert not ApiToken.objects.exists()


def test_order_page_makes_the_buyers_link_and_shows_it_once(cast, sign_in, settings):
    settings.SITE_URL = "https://desk.example.com"
    cast.ticket()
    order = reverse("admin:orders_order_change", args=[cast.order.pk])
    client = sign_in(cast.agent)
    link = reverse("admin:tickets_ticket_link", args=[cast.order.pk])

    page = client.get(order).content.decode()
    assert link in page
    assert "C-2026-" in page
    for hidden in ("홍길동", "1234-5678", "buyer@example.com", "월드컵로 12"):
        assert hidden not in page
    made = client.post(link)
    address = made.context["address"]
    assert address.startswith("https://desk.example.com/o/")
    assert address in made.content.decode()
    assert Event.objects.filter(name="order.link_made", subject_id=cast.order.pk).count() == 1


@pytest.mark.parametrize("who", ["manager", "operator"])
def test_those_who_do_not_answer_buyers_make_no_link(cast, sign_in, who):
    client = sign_in(getattr(cast, who))
    link = reverse("admin:tickets_ticket_link", args=[cast.order.pk])

    order = client.get(reverse("admin:orders_order_change", args=[cast.order.pk]))
    assert link not in order.content.decode()
    answer = client.post(link, follow=True)
    assert b"You may not" in answer.content
    assert not Event.objects.filter(name="order.link_made").exists()


def test_spreadsheet_stores_say_what_refunded_means(cast, sign_in):
    address = reverse("admin:orders_order_change", args=[cast.order.pk])
    client = sign_in(cast.agent)
    words = "an entry in the desk&#x27;s ledger only"

    assert words not in client.get(address).content.decode().replace("'", "&#x27;")
    cast.store.from_spreadsheet = True
    cast.store.save()
    assert words in client.get(address).content.decode().replace("'", "&#x27;")
