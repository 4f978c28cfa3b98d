"""Who works where: added, deactivated, given roles. Nobody is deleted."""

from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction

from common import events, outbox
from common.domain.actors import Actor
from common.models import User
from orders.domain.people import (
    NameMissing,
    NotOperator,
    NotYourself,
    RoleHeld,
    StaffEvent,
)
from orders.models import Membership, Role, Store

MAX_NAME = 80


@dataclass(frozen=True, slots=True)
class NewPerson:
    """A person to be added to a store; an e-mail that is known already gets the role."""

    email: str
    name: str
    store_id: int
    role: Role


@transaction.atomic
def add(new: NewPerson, *, by: Actor, at: datetime) -> tuple[User, bool]:
    """Return the person with the role and whether they are new to the desk."""
    require_operator(new.store_id, by)
    user = User.objects.filter(email__iexact=new.email).first()
    made = user is None
    if user is None:
        name = checked_name(new.name)
        user = User.objects.create_user(new.email, None, name=name, is_staff=True)
        events.record(StaffEvent.ADDED, subject=user, by=by, at=at)
        _invite(user)
    _give(user, new.store_id, new.role, by, at)
    return user, made


def _invite(user: User) -> None:
    """Mail a new person the link with which they set their password."""
    outbox.post(
        template="password_reset",
        to=user.email,
        locale=user.locale,
        dedupe_key=f"invitation:{user.pk}",
        user_id=user.pk,
    )


def _give(user: User, store_id: int, role: Role, by: Actor, at: datetime) -> None:
    _, given = Membership.objects.get_or_create(user=user, store_id=store_id, role=role)
    if not given:
        raise RoleHeld(name=str(user))
    events.record(StaffEvent.ROLE_GIVEN, subject=user, by=by, at=at, store=store_id, role=role)


@transaction.atomic
def change_role(*, membership_id: int, role: Role, by: Actor, at: datetime) -> Membership:
    """Make somebody something else in their store."""
    row = Membership.objects.select_related("user").get(pk=membership_id)
    require_operator(row.store_id, by)
    if row.user_id == by.user_id:
        raise NotYourself()
    before, row.role = row.role, role
    try:
        with transaction.atomic():
            row.save(update_fields=["role"])
    except IntegrityError:
        raise RoleHeld(name=str(row.user)) from None
    events.record(
        StaffEvent.ROLE_CHANGED,
        subject=row.user,
        by=by,
        at=at,
        store=row.store_id,
        before=before,
        after=role,
    )
    return row


@transaction.atomic
def set_active(*, user_id: int, active: bool, by: Actor, at: datetime) -> User:
    """Let somebody in, or keep them out; their rows stay."""
    user = User.objects.get(pk=user_id)
    stores = list(user.memberships.values_list("store_id", flat=True))
    if user.pk == by.user_id:
        raise NotYourself()
    # Whoever works in another operator's stores too is not this one's to lock out.
    if not stores or not all(is_operator(store_id, by) for store_id in stores):
        raise NotOperator()
    changed = User.objects.filter(pk=user.pk).exclude(is_active=active).update(is_active=active)
    if changed:
        name = StaffEvent.ACTIVATED if active else StaffEvent.DEACTIVATED
        events.record(name, subject=user, by=by, at=at)
        user.refresh_from_db(fields=["is_active"])
    return user


@transaction.atomic
def change_store(*, store_id: int, name: str, second_person: str, by: Actor, at: datetime) -> Store:
    """Rename a store, and say whether two people decide what the policy asks two for."""
    require_operator(store_id, by)
    store = Store.objects.get(pk=store_id)
    before = {"name": store.name, "second_person": store.second_person}
    store.name = checked_name(name)
    store.second_person = Store.SecondPerson(second_person)
    changed = sorted(field for field, old in before.items() if getattr(store, field) != old)
    if changed:
        store.save(update_fields=changed)
        events.record(
            StaffEvent.STORE_CHANGED, subject=store, by=by, at=at, fields=changed,
            second_person=store.second_person,
        )  # fmt: skip
    return store


def checked_name(name: str) -> str:
    """Return a name without outer and doubled space, or refuse it."""
    text = " ".join(name.split())
    if not text or len(text) > MAX_NAME:
        raise NameMissing()
    return text


def is_operator(store_id: int, by: Actor) -> bool:
    """Tell whether the actor is an operator of the store now."""
    if by.user_id is None:
        return False
    return Membership.objects.filter(
        store_id=store_id, user_id=by.user_id, role=Role.OPERATOR, user__is_active=True
    ).exists()


def require_operator(store_id: int, by: Actor) -> None:
    """Refuse everybody else."""
    if not is_operator(store_id, by):
        raise NotOperator()
