"""Stores, people and their roles: an operator's pages."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from common.admin.lists import Cell, Column
from common.admin.pages import FactsAdmin, Section, offer
from common.admin.words import moment_words
from common.domain.actors import Actor
from common.models import User
from orders.access import has_role, has_role_in, person
from orders.actions import people
from orders.actions.people import NewPerson
from orders.models import Membership, Role, Store

OPERATOR = Role.OPERATOR.value


class StoreForm(forms.Form):
    """What an operator may set."""

    name = forms.CharField(label=_("Name"), max_length=80)
    second_person = forms.ChoiceField(
        label=_("Second person"),
        choices=Store.SecondPerson.choices,
        help_text=_("“Never” is for a shop with one person; every such decision is marked."),
    )


@admin.register(Store)
class StoreAdmin(FactsAdmin):
    """Seen by everybody of the desk; an operator renames and says who decides."""

    columns = (
        Column(_("Name"), lambda row: Cell(row.name, href=_url("store", row)), "head"),
        Column(_("Short name"), lambda row: Cell(row.slug)),
        Column(_("Channel"), lambda row: Cell(row.channel)),
        Column(_("Currency"), lambda row: Cell(row.currency)),
        Column(_("Second person"), lambda row: Cell(row.get_second_person_display())),
    )
    fields = ("name", "second_person")

    def visible(self, request: HttpRequest) -> Any:
        """The reader's own stores."""
        return Store.objects.visible_to(person(request)).select_related("calendar")

    def may_see(self, request: HttpRequest) -> bool:
        """Leads, managers and operators."""
        return has_role(request, Role.LEAD, Role.MANAGER, OPERATOR)

    def may_change(self, request: HttpRequest, row: Any) -> bool:
        """Operators of this store."""
        return has_role_in(request, row.pk, OPERATOR)

    def sections(self, request: HttpRequest, row: Any) -> list[Section]:
        """The store as it is set up."""
        facts = [
            (_("Name"), row.name),
            (_("Short name"), row.slug),
            (_("Channel"), row.channel),
            (_("Currency"), row.currency),
            (_("Time zone"), row.zone),
            (_("Business hours"), str(row.calendar)),
            (_("Second person"), row.get_second_person_display()),
        ]
        if row.from_spreadsheet:
            facts.append(
                (_("Orders"), _("from a spreadsheet; refunds are entries in the desk's ledger"))
            )
        return [Section(_("Store"), facts)]

    def form_for(self, request: HttpRequest, row: Any, data: Any = None) -> StoreForm:
        """Start from what is set."""
        return StoreForm(data, initial={"name": row.name, "second_person": row.second_person})

    def act(self, request: HttpRequest, row: Any, given: dict[str, Any]) -> str:
        """Change the store."""
        by = Actor.staff(person(request).pk)
        people.change_store(store_id=row.pk, by=by, at=timezone.now(), **given)
        return gettext("Saved.")


class PersonForm(forms.Form):
    """Somebody who is to work in a store."""

    email = forms.EmailField(label=_("E-mail"))
    name = forms.CharField(label=_("Name"), max_length=80)
    store = forms.ChoiceField(label=_("Store"))
    role = forms.ChoiceField(label=_("Role"), choices=Role.choices)

    def __init__(self, *args: Any, stores: list[Store], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "store", stores)


class ActiveForm(forms.Form):
    """Whether somebody may sign in."""

    is_active = forms.BooleanField(
        label=_("May sign in"),
        required=False,
        help_text=_("Who leaves is not deleted: what they did stays with their name."),
    )


def _url(model: str, row: Any) -> str:
    app = "common" if model == "user" else "orders"
    return reverse(f"admin:{app}_{model}_change", args=[row.pk])


def operated(request: HttpRequest) -> Any:
    """Return the stores that the reader operates."""
    return Store.objects.with_role(person(request), OPERATOR)


@admin.register(User)
class UserAdmin(FactsAdmin):
    """The people of one's stores. An operator adds and deactivates; a person sets the password."""

    key_order = ("name", "id")
    columns = (
        Column(_("Name"), lambda row: Cell(row.name, href=_url("user", row)), "head"),
        Column(_("E-mail"), lambda row: Cell(row.email)),
        Column(_("Roles"), lambda row: Cell(_roles(row))),
        Column(_("May sign in"), lambda row: Cell(_("yes") if row.is_active else _("no"))),
        Column(_("Last sign-in"), lambda row: Cell(moment_words(row.last_login)), "nowrap"),
    )
    search_label = _("Name or e-mail")
    fields = ("name", "email", "is_active")

    def visible(self, request: HttpRequest) -> Any:
        """Whoever works in a store that the reader operates."""
        members = Membership.objects.filter(store__in=operated(request))
        return User.objects.filter(pk__in=members.values("user_id"))

    def may_see(self, request: HttpRequest) -> bool:
        """Operators."""
        return has_role(request, OPERATOR)

    def may_add(self, request: HttpRequest) -> bool:
        """Operators."""
        return has_role(request, OPERATOR)

    def may_change(self, request: HttpRequest, row: Any) -> bool:
        """Operators, but not themselves."""
        return row.pk != person(request).pk

    def found(self, rows: Any, words: str) -> Any:
        """Search by name and address."""
        return rows.filter(name__icontains=words) | rows.filter(email__istartswith=words)

    def filled(self, rows: Any) -> Any:
        """Fetch the roles."""
        return rows.prefetch_related("memberships__store")

    def sections(self, request: HttpRequest, row: Any) -> list[Section]:
        """The person."""
        facts = [
            (_("Name"), row.name),
            (_("E-mail"), row.email),
            (_("Roles"), _roles(row)),
            (_("May sign in"), _("yes") if row.is_active else _("no")),
            (_("Last sign-in"), moment_words(row.last_login)),
        ]
        return [Section(_("Staff member"), facts)]

    def form_for(self, request: HttpRequest, row: Any, data: Any = None) -> forms.Form:
        """A new person, or whether one may sign in."""
        if row is None:
            return PersonForm(data, stores=list(operated(request).order_by("name")))
        return ActiveForm(data, initial={"is_active": row.is_active})

    def act(self, request: HttpRequest, row: Any, given: dict[str, Any]) -> str:
        """Add the person and mail them the link that sets a password; or let in, keep out."""
        by, at = Actor.staff(person(request).pk), timezone.now()
        if row is not None:
            people.set_active(user_id=row.pk, active=given["is_active"], by=by, at=at)
            return gettext("Saved.")
        new = NewPerson(given["email"], given["name"], int(given["store"]), Role(given["role"]))
        user, made = people.add(new, by=by, at=at)
        if not made:
            return gettext("%(name)s was here already and has the role now.") % {"name": user}
        return gettext("%(name)s was added and gets a mail to set a password.") % {"name": user}


def _roles(user: Any) -> str:
    return ", ".join(
        f"{membership.get_role_display()} ({membership.store.name})"
        for membership in user.memberships.all()
    )


class RoleForm(forms.Form):
    """What somebody is in a store."""

    role = forms.ChoiceField(label=_("Role"), choices=Role.choices)


@admin.register(Membership)
class MembershipAdmin(FactsAdmin):
    """Roles in one's stores. A role is changed, or the person deactivated; nothing is deleted."""

    title = _("Roles")
    columns = (
        Column(_("Person"), lambda row: Cell(str(row.user), href=_url("membership", row)), "head"),
        Column(_("Role"), lambda row: Cell(row.get_role_display())),
        Column(_("Store"), lambda row: Cell(row.store.name)),
    )
    fields = ("user", "store", "role")

    def visible(self, request: HttpRequest) -> Any:
        """Roles in the stores that the reader operates."""
        rows = Membership.objects.filter(store__in=operated(request))
        return rows.select_related("user", "store")

    def may_see(self, request: HttpRequest) -> bool:
        """Operators."""
        return has_role(request, OPERATOR)

    def may_change(self, request: HttpRequest, row: Any) -> bool:
        """Operators, but not their own."""
        return row.user_id != person(request).pk

    def sections(self, request: HttpRequest, row: Any) -> list[Section]:
        """Who is what, where."""
        facts = [
            (_("Person"), str(row.user)),
            (_("Role"), row.get_role_display()),
            (_("Store"), row.store.name),
        ]
        return [Section(_("Role"), facts)]

    def form_for(self, request: HttpRequest, row: Any, data: Any = None) -> RoleForm:
        """Start from the role held."""
        return RoleForm(data, initial={"role": row.role})

    def act(self, request: HttpRequest, row: Any, given: dict[str, Any]) -> str:
        """Change the role."""
        by = Actor.staff(person(request).pk)
        people.change_role(membership_id=row.pk, role=Role(given["role"]), by=by, at=timezone.now())
        return gettext("Saved.")
