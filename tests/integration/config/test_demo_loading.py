"""`manage.py demo` in an empty database: all of it, or nothing."""

import stat

import pytest
from django.core.management import CommandError

from common.models import Event, User
from config.demo import loading, logins
from tests.factories.demo import MOMENTS, assert_all_states, counts, demo
from tests.factories.rows import StoreFactory
from tickets.models import Message

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def var(settings, tmp_path):
    settings.VAR = tmp_path
    return tmp_path


def test_demo_shows_the_same_when_it_is_loaded_on_a_sunday():
    loading.load(at=MOMENTS["closed"])

    assert_all_states()
    # In the past, all of it: a deadline in the future would fire before its time.
    assert not Event.objects.filter(happened_at__gt=MOMENTS["closed"]).exists()
    assert not Message.objects.filter(at__gt=MOMENTS["closed"]).exists()


def test_demo_prints_log_ins_that_work_and_prints_them_again():
    text, before = demo(), counts()

    assert demo() == text
    assert counts() == before
    assert stat.S_IMODE(logins.path().stat().st_mode) == 0o600
    for user in User.objects.filter(is_demo=True):
        line = next(line for line in text.splitlines() if user.email in line)
        assert user.check_password(line.split()[1])
    order = loading.buyers_order()
    assert f"Order number        {order.number}" in text
    assert f"Last four digits    {order.phone[-4:]}" in text
    assert order.email
    assert not order.tickets.exists()
    assert not order.lines.filter(dispatched_at__isnull=False).exists()


def test_demo_refuses_where_a_real_store_has_its_name():
    StoreFactory(slug="demo")
    before = counts()
    for options in ({}, {"remove": True}):
        with pytest.raises(CommandError):
            demo(**options)
    assert counts() == before


def test_a_demo_that_breaks_leaves_nothing(monkeypatch):
    monkeypatch.setattr(loading, "play", lambda *args: None)  # not all of it takes time
    monkeypatch.setattr(loading.course, "teach", lambda *args: 1 / 0)
    before = counts()
    with pytest.raises(ZeroDivisionError):
        demo()
    assert counts() == before
    assert not logins.path().exists()
