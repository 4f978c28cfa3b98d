"""Who comes in where; that nothing is deleted, and that no form changes what actions own."""

import pytest
from django.apps import apps
from django.contrib import admin
from django.test import Client, RequestFactory
from django.urls import reverse

from common.models import Calendar, Event, OutboundMail
from orders.models import Membership, Order, Product, Store
from tickets.models import (
    ApiToken,
    AutoRule,
    CannedResponse,
    DecisionPolicy,
    SLAPolicy,
    Ticket,
)

OURS = {
    label: page
    for label, page in (
        (model._meta.label_lower, page) for model, page in admin.site._registry.items()
    )
    if type(page).__module__.split(".")[0] in {"common", "orders", "tickets"}
}
# By list: who may open it.
MATRIX = {
    "tickets.ticket": {"agent", "lead", "manager", "operator"},
    "orders.order": {"agent", "lead", "manager", "operator"},
    "orders.product": {"agent", "lead", "manager", "operator"},
    "tickets.cannedresponse": {"agent", "lead", "manager", "operator"},
    "orders.store": {"lead", "manager", "operator"},
    "tickets.slapolicy": {"lead", "manager", "operator"},
    "tickets.decisionpolicy": {"lead", "manager", "operator"},
    "tickets.autorule": {"lead", "manager", "operator"},
    "common.calendar": {"lead", "manager", "operator"},
    "tickets.apitoken": {"lead", "operator"},
    "common.user": {"operator"},
    "orders.membership": {"operator"},
    "common.outboundmail": {"operator"},
}
ROLES = ("agent", "lead", "trainer", "manager", "operator")


def url(label: str, page: str = "changelist", *args) -> str:
    """Return an address of a model's admin."""
    return reverse(f"admin:{label.replace('.', '_')}_{page}", args=args)


@pytest.fixture
def rows(cast) -> dict[str, object]:
    """One row of every model, in the cast's store."""
    ticket = cast.ticket()
    answer = CannedResponse.objects.create(code="hi", name="인사", store=cast.store)
    mail = OutboundMail.objects.create(
        dedupe_key="k", template="refused", to="buyer@example.com", state="PARKED"
    )
    token, _secret = ApiToken.objects.create(cast.lead, name="erp")
    return {
        "tickets.ticket": ticket,
        "orders.order": cast.order,
        "orders.product": cast.line.product,
        "tickets.cannedresponse": answer,
        "orders.store": cast.store,
        "tickets.slapolicy": SLAPolicy.objects.get(),
        "tickets.decisionpolicy": DecisionPolicy.objects.get(),
        "tickets.autorule": AutoRule.objects.get(),
        "common.calendar": Calendar.objects.get(),
        "tickets.apitoken": token,
        "common.user": cast.agent,
        "orders.membership": Membership.objects.get(user=cast.agent),
        "common.outboundmail": mail,
    }


def test_every_admin_has_a_row_in_the_matrix():
    assert set(OURS) == set(MATRIX)


@pytest.mark.parametrize("label", sorted(MATRIX))
def test_lists_and_pages_open_for_the_roles_of_the_matrix_only(cast, sign_in, rows, label):
    pk = rows[label].pk
    for role in ROLES:
        client = sign_in(getattr(cast, role))
        may = role in MATRIX[label]
        assert client.get(url(label)).status_code == (200 if may else 403), role
        if label != "tickets.apitoken":
            page = client.get(url(label, "change", pk))
            assert page.status_code == (200 if may else 403), role
    assert sign_in(cast.lead).get(url("tickets.apitoken", "change", rows["tickets.apitoken"].pk))


@pytest.mark.parametrize("label", ["tickets.ticket", "orders.order", "orders.product",
                                   "tickets.cannedresponse", "orders.store"])  # fmt: skip
def test_what_is_anothers_store_is_not_found(cast, sign_in, rows, label):
    answer = sign_in(cast.other_agent).get(url(label, "change", rows[label].pk))

    assert answer.status_code == (403 if label == "orders.store" else 404)


@pytest.mark.parametrize("label", ["common.user", "orders.membership"])
def test_operator_sees_people_of_own_stores_only(cast, sign_in, label):
    foreign = cast.other_agent
    pk = foreign.pk if label == "common.user" else foreign.memberships.get().pk
    client = sign_in(cast.operator)

    assert client.get(url(label, "change", pk)).status_code == 404
    assert "Stranger" not in client.get(url(label)).content.decode()


def test_api_token_of_another_person_is_not_found(cast, sign_in, rows):
    address = url("tickets.apitoken", "change", rows["tickets.apitoken"].pk)

    assert sign_in(cast.lead).get(address).status_code == 200
    assert sign_in(cast.lead2).get(address).status_code == 404
    assert sign_in(cast.lead2).post(address).status_code == 404


@pytest.mark.parametrize("label", sorted(MATRIX))
@pytest.mark.parametrize("pk", ["0", "999999999", "nonsense", "1;--", "９"])
def test_missing_rows_are_not_found(cast, sign_in, label, pk):
    role = sorted(MATRIX[label])[-1]

    assert sign_in(getattr(cast, role)).get(url(label, "change", pk)).status_code == 404


@pytest.mark.parametrize("label", sorted(MATRIX))
def test_nothing_can_be_deleted(cast, sign_in, rows, label):
    row = rows[label]
    for role in ROLES:
        client = sign_in(getattr(cast, role))
        for answer in (
            client.get(url(label, "delete", row.pk)),
            client.post(url(label, "delete", row.pk), {"post": "yes"}),
            client.post(url(label), {"action": "delete_selected", "_selected_action": row.pk}),
        ):
            assert answer.status_code in {200, 403, 404}
        assert type(row).objects.filter(pk=row.pk).exists(), role


@pytest.mark.parametrize("label", sorted(OURS))
def test_no_person_gets_djangos_rights_to_delete_or_edit(cast, rows, label):
    page = OURS[label]
    for role in ROLES:
        request = RequestFactory().get("/")
        request.user = getattr(cast, role)
        assert not page.has_delete_permission(request, rows[label])
        assert not page.has_change_permission(request, rows[label])
        assert page.get_actions(request) == {}


READ_ONLY = sorted(
    set(MATRIX)
    - {"orders.store", "common.user", "orders.membership", "tickets.cannedresponse",
       "tickets.apitoken"}
)  # fmt: skip


@pytest.mark.parametrize("label", READ_ONLY)
def test_what_actions_own_is_read_only(cast, sign_in, rows, label):
    row = rows[label]
    model = type(row)
    before = list(model.objects.order_by("pk").values())
    given = {field.name: "1" for field in model._meta.fields}
    for role in ROLES:
        client = sign_in(getattr(cast, role))
        assert client.post(url(label, "change", row.pk), given).status_code == 403
        assert client.post(url(label, "add"), given).status_code == 403
        assert client.get(url(label, "add")).status_code == 403

    assert list(model.objects.order_by("pk").values()) == before


@pytest.mark.parametrize("label", sorted(MATRIX))
def test_history_of_djangos_own_log_is_no_page(cast, sign_in, rows, label):
    assert sign_in(cast.operator).get(url(label, "history", rows[label].pk)).status_code == 404


@pytest.mark.parametrize("who", ["nobody", "inactive", "not_staff"])
def test_strangers_are_sent_to_the_sign_in(cast, sign_in, who):
    user = cast.lead
    client = Client() if who == "nobody" else sign_in(user)
    user.is_active, user.is_staff = who != "inactive", who != "not_staff"
    user.save()
    cast.ticket()

    for address in ("/admin/", url("tickets.ticket"), url("common.user")):
        answer = client.get(address)
        assert answer.status_code == 302
        assert "/login/" in answer["Location"]
    ticket = Ticket.objects.get()
    answer = client.post(reverse("admin:tickets_ticket_do", args=[ticket.pk, "approve"]))
    assert answer.status_code == 302
    ticket.refresh_from_db()
    assert ticket.status == "RECEIVED"


def test_admin_begins_with_the_queue_or_with_ones_training(cast, sign_in):
    assert sign_in(cast.agent).get("/admin/")["Location"] == "/admin/tickets/ticket/"
    assert sign_in(cast.trainer).get("/admin/")["Location"] == "/admin/training/myassignment/"
    assert sign_in(cast.agent).get("/admin/tickets/")["Location"] == "/admin/"


@pytest.mark.parametrize(
    ("who", "shown", "hidden"),
    [
        ("agent", {"Queue", "Orders", "Waiting for approval"}, {"Staff", "Stores", "API tokens"}),
        ("lead", {"Queue", "Stores", "API tokens"}, {"Staff", "Undelivered mail"}),
        ("trainer", {"My training", "Courses"}, {"Queue", "Orders", "Staff", "Feedback"}),
        ("manager", {"Queue", "Stores"}, {"Waiting for approval", "Staff", "API tokens"}),
        ("operator", {"Queue", "Staff", "Undelivered mail"}, {"Waiting for approval"}),
    ],
)
def test_sidebar_holds_what_the_role_may_open(cast, sign_in, who, shown, hidden):
    client = sign_in(getattr(cast, who))
    context = client.get("/admin/training/myassignment/").context
    items = [item for group in context["sidebar_navigation"] for item in group["items"]]

    titles = {str(item["title"]) for item in items}
    assert shown <= titles
    assert not hidden & titles
    for item in items:
        assert client.get(item["link"]).status_code == 200


def test_other_models_have_no_admin_page():
    ours = {"common", "orders", "tickets", "feedback", "training"}
    registered = {model._meta.app_label for model in admin.site._registry}

    assert registered == ours
    assert {"auth", "account", "mfa"} <= {app.label for app in apps.get_app_configs()}


def test_models_of_the_matrix_are_the_ones_imported():
    assert {Order, Product, Store} <= set(admin.site._registry)
    assert Event not in admin.site._registry
