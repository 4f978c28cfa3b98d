"""Give people a place at the desk from the command line: the first operator, the demo."""

import secrets
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from common import events
from common.domain.actors import Actor
from common.errors import Refused, gettext_noop
from common.models import User
from orders.actions import people
from orders.domain.people import RoleHeld, StaffEvent
from orders.models import Membership, Role, Store

PASSWORD_BYTES = 12


class BadAddress(Refused):
    """Not an e-mail address."""

    code = "bad_address"
    wording = gettext_noop("'%(email)s' is no e-mail address.")
    status = 400


class Deactivated(Refused):
    """The person left; an operator lets them in again."""

    code = "person_deactivated"
    wording = gettext_noop(
        "%(name)s was deactivated. An operator can let them in again on the page of people."
    )


class DemoPerson(Refused):
    """People of the demo stay in the demo, and others out of it."""

    code = "demo_person"
    wording = gettext_noop("%(name)s belongs to the demo and gets no place in another store.")


@dataclass(frozen=True, slots=True)
class Seat:
    """Who gets which role where. `name` counts for new people only."""

    email: str
    name: str
    store: Store
    role: Role
    is_demo: bool = False


@transaction.atomic
def seat(new: Seat, *, by: Actor, at: datetime) -> tuple[User, str]:
    """Return the person, and their first password if they are new to the desk, else ""."""
    email = checked_address(new.email)
    user = User.objects.filter(email__iexact=email).first()
    password = ""
    if user is None:
        user, password = _make(new, email, by, at)
    elif not user.is_active:
        raise Deactivated(name=str(user))
    elif user.is_demo and not new.store.is_sandbox:
        raise DemoPerson(name=str(user))
    _, given = Membership.objects.get_or_create(user=user, store=new.store, role=new.role)
    if not given:
        raise RoleHeld(name=str(user))
    events.record(
        StaffEvent.ROLE_GIVEN, subject=user, by=by, at=at, store=new.store.pk, role=new.role
    )
    return user, password


def _make(new: Seat, email: str, by: Actor, at: datetime) -> tuple[User, str]:
    name = people.checked_name(new.name or email.partition("@")[0])
    password = new_password()
    user = User.objects.create_user(email, password, name=name, is_staff=True, is_demo=new.is_demo)
    events.record(StaffEvent.ADDED, subject=user, by=by, at=at)
    return user, password


def checked_address(email: str) -> str:
    """Return the address in lower case, or refuse it."""
    address = email.strip().lower()
    try:
        validate_email(address)
    except ValidationError:
        raise BadAddress(email=address[:100]) from None
    return address


def new_password() -> str:
    """Return a random password of 16 letters, digits, - and _."""
    return secrets.token_urlsafe(PASSWORD_BYTES)


def renew(user: User) -> str:
    """Give somebody a new random password and return it; the old one is void."""
    password = new_password()
    user.set_password(password)
    user.save(update_fields=["password"])
    return password
