"""Staff sign in; strangers, demo people from elsewhere and the deactivated do not."""

import pytest
from django.core import mail
from django.urls import reverse

from common import outbox
from common.models import OutboundMail, User
from tests.factories.rows import UserFactory

PASSWORD = "correct horse"


def sign_in(client, user, password=PASSWORD, **extra):
    data = {"login": user.email, "password": password}
    return client.post(reverse("account_login"), data, **extra)


def is_in(client) -> bool:
    return "_auth_user_id" in client.session


def test_staff_sign_in_with_their_mail_whatever_its_case(db, client):
    user = UserFactory(email="agent@example.com")
    client.post(reverse("account_login"), {"login": "Agent@Example.com", "password": PASSWORD})
    assert is_in(client)
    assert client.session["_auth_user_id"] == str(user.pk)


@pytest.mark.parametrize(
    ("_case", "fields", "password", "extra"),
    [
        ("wrong password", {}, "wrong", {}),
        ("deactivated", {"is_active": False}, PASSWORD, {}),
        ("demo from elsewhere", {"is_demo": True}, PASSWORD, {"REMOTE_ADDR": "203.0.113.9"}),
        ("demo behind a proxy", {"is_demo": True}, PASSWORD,
         {"HTTP_X_FORWARDED_FOR": "203.0.113.9"}),
    ],
)  # fmt: skip
def test_others_stay_outside(db, client, _case, fields, password, extra):
    sign_in(client, UserFactory(**fields), password, **extra)
    assert not is_in(client)


def test_demo_people_sign_in_here(db, client):
    sign_in(client, UserFactory(is_demo=True))
    assert is_in(client)


def test_the_right_password_is_refused_after_five_wrong_ones(db, client):
    user = UserFactory()
    for _ in range(5):
        sign_in(client, user, "wrong")
    sign_in(client, user)
    assert not is_in(client)


def test_nobody_signs_up(db, client):
    data = {"email": "new@example.com", "password1": "long enough 1", "password2": "long enough 1"}
    client.post(reverse("account_signup"), data)
    assert not User.objects.exists()


def test_a_new_password_is_set_by_a_link_from_the_queue(db, client, settings):
    user = UserFactory(email="agent@example.com", locale="en")
    client.post(reverse("account_reset_password"), {"email": user.email}, HTTP_HOST="localhost")
    assert mail.outbox == []  # nothing talks SMTP inside a request
    row = OutboundMail.objects.get()
    assert "key" not in str(row.context)
    body = outbox.compose(row).body
    link = next(word for word in body.split() if word.startswith("http"))
    assert link.startswith(settings.SITE_URL)

    path = link.removeprefix(settings.SITE_URL)
    page = client.get(path, follow=True)
    client.post(
        page.request["PATH_INFO"], {"password1": "battery staple", "password2": "battery staple"}
    )
    user.refresh_from_db()
    assert user.check_password("battery staple")


def test_an_unknown_address_gets_the_same_page_and_no_mail(db, client):
    user = UserFactory()
    known = client.post(reverse("account_reset_password"), {"email": user.email})
    unknown = client.post(reverse("account_reset_password"), {"email": "no@example.com"})
    assert (known.status_code, known.headers["Location"]) == (
        unknown.status_code, unknown.headers["Location"],
    )  # fmt: skip
    assert OutboundMail.objects.count() == 1
