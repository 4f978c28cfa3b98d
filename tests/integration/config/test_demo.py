"""`manage.py demo`: every state by real actions, once; and how it is closed."""

import io
import json
from collections import Counter
from datetime import timedelta

import pytest
from django.core import mail
from django.core.management import call_command
from django.db import transaction

from common.domain.calendar import WorkingHours
from common.models import Delivery, Event, OutboundMail, User
from config.demo import loading, logins, shop, staff
from config.demo.goods import GOODS, person
from config.demo.past import Past
from config.demo.story import Act
from feedback.models import Response
from orders.models import Membership, Order, Product, Refund, Role, Store
from tests.factories.demo import MOMENTS, assert_all_states, counts, demo
from tests.factories.rows import StoreFactory
from tickets.actions.calendars import SEOUL
from tickets.domain.canned import names_in
from tickets.models import CannedResponseVersion, Clock, ClockLevel, Message
from training.models import Assignment

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def _busy_shop(django_db_setup, django_db_blocker, tmp_path_factory):
    """Load one demo for all tests that only look at it."""
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch:
        patch.setattr("django.conf.settings.VAR", tmp_path_factory.mktemp("var"))
        woken = []
        patch.setattr("common.wake._send", woken.append)
        with transaction.atomic():
            loading.load(at=MOMENTS["busy"])
            yield woken
            transaction.set_rollback(True)


@pytest.fixture
def busy_shop(_busy_shop, db):
    return _busy_shop


@pytest.fixture(autouse=True)
def var(settings, tmp_path):
    settings.VAR = tmp_path
    return tmp_path


def test_demo_shows_every_state_that_a_direct_shop_reaches(busy_shop):
    assert_all_states()


def test_demo_has_something_late_warned_said_and_rated(busy_shop):
    running = Clock.objects.filter(stopped_at=None)
    late = running.filter(breached_at__isnull=False)
    fired = Counter(ClockLevel.objects.exclude(fired_at=None).values_list("level", flat=True))
    assert 3 <= late.count() < running.count()
    assert fired["WARNING"] > fired["BREACH"] >= 3
    assert set(Message.objects.values_list("visibility", flat=True)) == {"PUBLIC", "NOTE"}
    assert Response.objects.count() >= 5
    assert Refund.objects.filter(state="NEEDS_HUMAN").count() == 1
    assert Assignment.objects.filter(passed_at=None).exists()
    assert Assignment.objects.exclude(passed_at=None).exists()


def test_demo_leaves_the_books_in_agreement(busy_shop):
    call_command("reconcile", stdout=io.StringIO())


def test_demo_tells_nobody_and_leaves_nothing_waiting(busy_shop):
    assert not OutboundMail.objects.exists()
    assert mail.outbox == []
    assert busy_shop == []  # no worker was woken
    assert not Delivery.objects.exclude(state="DONE").exists()


def test_demo_people_and_buyers_have_addresses_that_cannot_exist(busy_shop):
    people = User.objects.filter(is_demo=True)
    assert set(Membership.objects.filter(user__in=people).values_list("role", flat=True)) == set(
        Role.values
    )
    addresses = [
        *people.values_list("email", flat=True),
        *Order.objects.values_list("email", flat=True),
    ]
    assert all(address.endswith(".example") for address in addresses if address)
    assert all(
        phone.startswith("010-0000-") for phone in Order.objects.values_list("phone", flat=True)
    )
    assert not people.filter(is_superuser=True).exists()
    assert Store.objects.get(slug="demo").is_sandbox


def test_demo_counts_its_stock(busy_shop):
    assert Product.objects.filter(tracks_stock=True, shortage=0, on_hand__gt=0).count() == len(
        GOODS
    )


def test_demo_answers_use_known_placeholders_in_both_languages(busy_shop):
    versions = list(CannedResponseVersion.objects.all())
    assert len(versions) == 8
    assert all(v.text_ko and v.text_en and names_in(v.text_ko) for v in versions)


def test_demo_says_how_to_reset_passwords_it_does_not_know(busy_shop):
    logins.path().write_text(json.dumps({"agent@desk.example": "of another database"}))

    text = demo()

    assert "manage.py demo --new-passwords" in text
    assert "agent@desk.example     ?" in text
    renewed = demo(new_passwords=True)
    assert "?" not in renewed
    assert demo() == renewed


def test_demo_remove_locks_its_people_out_and_keeps_what_happened(busy_shop):
    before = counts()
    text = demo(remove=True)

    assert "7 demo people cannot sign in" in text
    assert "start with a new database" in text
    people = User.objects.filter(is_demo=True)
    assert not people.filter(is_active=True).exists()
    assert not any(user.has_usable_password() for user in people)
    assert not logins.path().exists()
    assert counts() == before | {Event: before[Event] + len(people)}


def test_a_removed_demo_comes_back_with_new_passwords(busy_shop):
    first = demo(new_passwords=True)
    demo(remove=True)
    again = demo()

    assert again != first
    assert User.objects.filter(is_demo=True, is_active=True).count() == len(staff.COLLEAGUES)
    user = User.objects.get(email="lead@desk.example")
    line = next(line for line in again.splitlines() if user.email in line)
    assert user.check_password(line.split()[1])
    assert Store.objects.get(slug="demo").name == shop.NAME


def test_demo_remove_does_not_speak_of_an_empty_desk_where_there_is_a_real_one(busy_shop):
    StoreFactory()
    assert "new database" not in demo(remove=True)


@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize("worked", [0.02, 1, 8.5, 150])
def test_past_counts_business_hours_back(moment, worked):
    hours = WorkingHours(
        {day: [("09:00", "12:00"), ("13:00", "18:00")] for day in range(5)}, set(), "Asia/Seoul"
    )
    past = Past(MOMENTS[moment], hours, SEOUL)
    at = past.ago(worked)

    assert at < MOMENTS[moment]
    used = hours.between(at, MOMENTS[moment])
    assert timedelta() <= used - timedelta(hours=worked) < timedelta(seconds=2)


def test_people_of_the_demo_differ():
    people = [person(n) for n in range(220)]

    assert len({p.email for p in people}) == len({p.phone for p in people}) == 220
    assert len({p.name for p in people}) > 40


def test_every_act_of_a_story_is_played():
    used = {step.act for story in (*loading.UNDECIDED, *loading.DECIDED) for step in story.steps}

    assert used | {Act.DECLINE} == set(Act)
