"""API tokens: made by leads and operators for themselves, shown once, ended, never deleted."""

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from common.admin.lists import Cell, Column
from common.admin.pages import FactsAdmin, Section, offer
from common.admin.words import moment_words
from orders.access import desk_stores, has_role, person
from orders.models import Role, Store
from tickets.actions import api_tokens
from tickets.models import ApiToken

MAX_DAYS = 365


class TokenForm(forms.Form):
    """What a new token is for."""

    name = forms.CharField(label=_("Name"), max_length=80)
    scopes = forms.MultipleChoiceField(
        label=_("Allowed to"),
        choices=[(api_tokens.READ, _("read tickets")), (api_tokens.WRITE, _("change tickets"))],
        widget=forms.CheckboxSelectMultiple,
    )
    stores = forms.MultipleChoiceField(label=_("Stores"), widget=forms.CheckboxSelectMultiple)
    days = forms.IntegerField(label=_("Valid for days"), min_value=1, max_value=MAX_DAYS)

    def __init__(self, *args: Any, stores: list[Store], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "stores", stores)


class EndForm(forms.Form):
    """Nothing to fill in: sending it ends the token."""


def _name(row: Any) -> Cell:
    words = row.name or row.token_key
    return Cell(words, href=reverse("admin:tickets_apitoken_change", args=[row.pk]))


def _ends(row: Any) -> Cell:
    if row.expiry is None:
        return Cell(_("never"))
    words = moment_words(row.expiry)
    return Cell(words, small=_("ended") if row.expiry <= timezone.now() else "")


@admin.register(ApiToken)
class ApiTokenAdmin(FactsAdmin):
    """One's own tokens."""

    key_order = ("-created", "digest")
    title = _("API tokens")
    columns = (
        Column(_("Name"), _name, "head"),
        Column(_("Begins with"), lambda row: Cell(row.token_key)),
        Column(_("Allowed to"), lambda row: Cell(", ".join(row.scopes))),
        Column(_("Stores"), lambda row: Cell(_stores(row))),
        Column(_("Made"), lambda row: Cell(moment_words(row.created)), "nowrap"),
        Column(_("Ends"), _ends, "nowrap"),
    )
    empty_words = _("You have no API tokens.")
    fields = ("name",)

    def visible(self, request: HttpRequest) -> Any:
        """The reader's own."""
        if not self.may_see(request):
            return ApiToken.objects.none()
        return ApiToken.objects.filter(user=person(request))

    def may_see(self, request: HttpRequest) -> bool:
        """Leads and operators."""
        return has_role(request, Role.LEAD, Role.OPERATOR)

    def may_add(self, request: HttpRequest) -> bool:
        """Leads and operators, for themselves."""
        return True

    def may_change(self, request: HttpRequest, row: Any) -> bool:
        """A token that still works can be ended."""
        return row.expiry is None or row.expiry > timezone.now()

    def filled(self, rows: Any) -> Any:
        """Fetch the stores."""
        return rows.prefetch_related("stores")

    def row(self, request: HttpRequest, object_id: str) -> Any:
        """Find by digest: that is the key of these rows."""
        return get_object_or_404(self.get_queryset(request), pk=object_id[:200])

    def sections(self, request: HttpRequest, row: Any) -> list[Section]:
        """The token, without what opens the door."""
        facts = [
            (_("Name"), row.name),
            (_("Begins with"), row.token_key),
            (_("Allowed to"), ", ".join(row.scopes)),
            (_("Stores"), _stores(row)),
            (_("Made"), moment_words(row.created)),
            (_("Ends"), moment_words(row.expiry)),
        ]
        return [Section(_("API token"), facts)]

    def form_note(self, request: HttpRequest, row: Any) -> Any:
        """Say what saving does."""
        if row is not None:
            return _("Saving ends this token at once. Programs that use it are refused from then.")
        return _("The token is shown only once, on the next page.")

    def form_for(self, request: HttpRequest, row: Any, data: Any = None) -> forms.Form:
        """A new token, or the end of one."""
        if row is not None:
            return EndForm(data)
        return TokenForm(data, stores=desk_stores(request), initial={"days": 90})

    def act(self, request: HttpRequest, row: Any, given: dict[str, Any]) -> HttpResponse | str:
        """Make the token and show it, or end one."""
        at = timezone.now()
        if row is not None:
            api_tokens.end(digest=row.pk, user=person(request), at=at)
            return gettext("The token has ended.")
        chosen = {int(pk) for pk in given["stores"]}
        token = api_tokens.make(
            user=person(request),
            stores=[store for store in desk_stores(request) if store.pk in chosen],
            scopes=given["scopes"],
            name=given["name"],
            expires_at=at + timedelta(days=given["days"]),
        )
        title = gettext("New API token")
        return self.page(request, "admin/tickets/token.html", title=title, token=token)


def _stores(row: Any) -> str:
    return ", ".join(store.name for store in row.stores.all())
