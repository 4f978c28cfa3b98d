"""`manage.py add_staff`: a place at the desk from the command line."""

import io

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation

from common.models import Event, OutboundMail, User
from orders.models import Membership
from tests.factories.rows import StoreFactory

pytestmark = pytest.mark.django_db


def add(email, *, store="mapo", role="agent", **options):
    out = io.StringIO()
    with translation.override("en"):
        call_command("add_staff", email, store=store, role=role.upper(), stdout=out, **options)
    return out.getvalue()


def rows():
    return (
        list(User.objects.order_by("pk").values()),
        list(Membership.objects.order_by("pk").values()),
        Event.objects.count(),
    )


def test_add_staff_makes_a_person_whose_password_is_shown_once(cast):
    text = add("New.Person@Example.com", name="  새  사람 ")

    user = User.objects.get(email="new.person@example.com")
    password = text.split("Password")[1].split()[0]
    assert user.check_password(password)
    assert (user.name, user.is_staff, user.is_superuser, user.is_demo) == (
        "새 사람",
        True,
        False,
        False,
    )
    assert list(user.memberships.values_list("store__slug", "role")) == [("mapo", "AGENT")]
    assert "shown only now" in text
    assert not OutboundMail.objects.exists()
    told = Event.objects.filter(subject_id=user.pk, subject_type="common.user").order_by("id")
    assert [(e.name, e.actor_kind, e.actor_ref) for e in told] == [
        ("staff.added", "SYSTEM", "add_staff"), ("staff.role_given", "SYSTEM", "add_staff"),
    ]  # fmt: skip


def test_add_staff_calls_a_nameless_person_after_their_address(cast):
    add("nobody@example.com")

    assert User.objects.get(email="nobody@example.com").name == "nobody"


def test_add_staff_gives_somebody_who_is_there_another_role_and_keeps_the_password(cast):
    before = cast.agent.password
    text = add(cast.agent.email.upper(), role="lead")

    cast.agent.refresh_from_db()
    assert cast.agent.password == before
    assert "Password" not in text
    roles = cast.agent.memberships.order_by("id").values_list("role", flat=True)
    assert list(roles) == ["AGENT", "LEAD"]


@pytest.mark.parametrize(
    ("_case", "email", "options", "words"),
    [
        ("no address", "nonsense", {}, "is no e-mail address"),
        ("no such store", "a@example.com", {"store": "nowhere"}, "There is: haeundae, mapo"),
        ("the role again", "agent@example.com", {}, "has this role"),
        ("a name too long", "a@example.com", {"name": "이" * 81}, "at most 80 characters"),
    ],
)
def test_add_staff_refuses_and_changes_nothing(cast, _case, email, options, words):
    before = rows()
    with pytest.raises(CommandError, match=words):
        add(email, **options)
    assert rows() == before


def test_add_staff_refuses_who_was_deactivated(cast):
    User.objects.filter(pk=cast.agent.pk).update(is_active=False)
    before = rows()
    with pytest.raises(CommandError, match="was deactivated"):
        add(cast.agent.email, role="lead")
    assert rows() == before


def test_add_staff_keeps_demo_people_in_the_demo(cast):
    User.objects.filter(pk=cast.agent.pk).update(is_demo=True)
    StoreFactory(slug="sandbox", is_sandbox=True)
    before = rows()
    with pytest.raises(CommandError, match="belongs to the demo"):
        add(cast.agent.email, role="lead")
    assert rows() == before
    add(cast.agent.email, store="sandbox")


def test_add_staff_refuses_an_unknown_role(cast):
    with pytest.raises(CommandError, match="invalid choice"):
        call_command("add_staff", "a@example.com", "--store=mapo", "--role=boss")
    assert not User.objects.filter(email="a@example.com").exists()
