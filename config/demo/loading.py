"""Load the demo once, show its log-ins again, close it."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import transaction
from knox.models import get_token_model

from common import events
from common.domain.actors import Actor
from common.errors import Refused, gettext_noop
from common.models import CalendarVersion, User
from config.demo import canned, course, logins, shop, staff
from config.demo.decided import STORIES as DECIDED
from config.demo.past import Past
from config.demo.play import play
from config.demo.undecided import STORIES as UNDECIDED
from orders.actions import seating
from orders.domain.people import StaffEvent
from orders.models import Order, Store
from tickets.actions import calendars, canned_editing
from tickets.actions.canned_editing import NewAnswer, Texts
from tickets.actions.remembering import remembered

CLOSED_NAME = "데모 상점 (닫힘)"


class NotTheDemo(Refused):
    """A real store has the demo's name."""

    code = "not_the_demo"
    wording = gettext_noop("The store '%(slug)s' is a real one, so there is no room for the demo.")


class NoDemo(Refused):
    """There is nothing to remove."""

    code = "no_demo"
    wording = gettext_noop("There is no demo in this database.")


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a call did: `made` the shop now, and the passwords as far as they are known."""

    made: bool
    passwords: dict[str, str]


def load(*, at: datetime, new_passwords: bool = False) -> Loaded:
    """Make the demo unless it is there; give new passwords when asked to, or when it was closed."""
    store = Store.objects.filter(slug=shop.SLUG).first()
    if store is None:
        passwords = _make(at)
        logins.keep(passwords)
        return Loaded(made=True, passwords=passwords)
    if not store.is_sandbox:
        raise NotTheDemo(slug=shop.SLUG)
    people = staff.everybody()
    if new_passwords or not all(person.is_active for person in people):
        passwords = _open_again(store, people, at)
        logins.keep(passwords)
        return Loaded(made=False, passwords=passwords)
    return Loaded(made=False, passwords=logins.known(people))


@transaction.atomic
def _make(at: datetime) -> dict[str, str]:
    """Make everything, or nothing if it is stopped half-way; nobody is mailed."""
    with events.history(), remembered():
        hours = calendars.working_hours(
            CalendarVersion.objects.get(calendar__code="default", number=1)
        )
        past = Past(at, hours, ZoneInfo("Asia/Seoul"))
        opened = shop.open_shop(past)
        people, passwords = staff.seat_all(opened.store, at=past.ago(shop.WEEKS))
        lead = Actor.staff(people["lead"].pk)
        for code, name, ko, en in canned.ANSWERS:
            canned_editing.create(
                NewAnswer(f"demo-{code}", name, opened.store.pk), Texts(ko, en), by=lead,
                at=past.ago(shop.WEEKS - 1),
            )  # fmt: skip
        shop.sell(opened)
        play([*UNDECIDED, *DECIDED], opened, people)
        course.teach(past, people)
    return passwords


@transaction.atomic
def _open_again(store: Store, people: list[User], at: datetime) -> dict[str, str]:
    if store.name == CLOSED_NAME:
        Store.objects.filter(pk=store.pk).update(name=shop.NAME)
    passwords = {}
    for person in people:
        if not person.is_active:
            User.objects.filter(pk=person.pk).update(is_active=True)
            events.record(StaffEvent.ACTIVATED, subject=person, by=staff.BY, at=at)
        passwords[person.email] = seating.renew(person)
    return passwords


@transaction.atomic
def close(*, at: datetime) -> int:
    """Lock the demo people out and rename the shop; return how many people that were.

    What happened at the desk cannot be deleted, not even what happened in a demo.
    """
    if not Store.objects.filter(slug=shop.SLUG, is_sandbox=True).exists():
        raise NoDemo()
    people = [person for person in staff.everybody() if person.is_active]
    for person in people:
        person.set_unusable_password()
        person.is_active = False
        person.save(update_fields=["password", "is_active"])
        events.record(StaffEvent.DEACTIVATED, subject=person, by=staff.BY, at=at)
    get_token_model().objects.filter(user__is_demo=True).delete()
    Store.objects.filter(slug=shop.SLUG).update(name=CLOSED_NAME)
    logins.forget()
    return len(people)


def buyers_order() -> Order | None:
    """Return an order for trying the buyer's pages: nothing asked yet, nothing sent, an e-mail."""
    orders = Order.objects.filter(store__slug=shop.SLUG, tickets=None).exclude(email="")
    return orders.exclude(lines__dispatched_at__isnull=False).order_by("-id").first()
