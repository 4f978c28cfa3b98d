"""Prepared answers: everybody of the desk reads them, a lead publishes new versions."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Prefetch, Q
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from common.admin.lists import Cell, Column
from common.admin.pages import FactsAdmin, Section, offer
from common.admin.words import NOTHING, moment_words
from common.domain.actors import Actor
from common.errors import Refused
from common.problems import say
from orders.access import has_role, person, works_at_desk
from orders.models import Role, Store
from tickets.actions import canned_editing
from tickets.actions.canned_editing import NewAnswer, Texts
from tickets.domain import canned
from tickets.models import CannedResponse, CannedResponseVersion

MAX_VERSIONS = 30


def _checked(text: str) -> None:
    try:
        canned.check(text)
    except Refused as refusal:
        raise ValidationError(say(refusal), code=refusal.code) from refusal


def _text(label: Any, **options: Any) -> forms.CharField:
    places = ", ".join(f"{{{{ {name} }}}}" for name in canned.PLACEHOLDERS)
    return forms.CharField(
        label=label,
        widget=forms.Textarea(attrs={"rows": 6}),
        validators=[_checked],
        help_text=format_lazy("{} {}", _("Places that are filled:"), places),
        **options,
    )


class TextsForm(forms.Form):
    """The texts of the next version."""

    text_ko = _text(_("Korean text"))
    text_en = _text(_("English text"), required=False)
    is_active = forms.BooleanField(label=_("Offered to agents"), required=False, initial=True)


class AnswerForm(TextsForm):
    """A new answer."""

    field_order = ("store", "code", "name", "text_ko", "text_en")
    store = forms.ChoiceField(label=_("Store"))
    code = forms.SlugField(label=_("Short name"), max_length=50)
    name = forms.CharField(label=_("Name"), max_length=120)

    def __init__(self, *args: Any, stores: list[Store], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["is_active"]
        offer(self, "store", stores)


def _name(row: Any) -> Cell:
    return Cell(row.name, href=reverse("admin:tickets_cannedresponse_change", args=[row.pk]))


def _version(row: Any) -> Cell:
    newest = next(iter(row.versions.all()), None)
    return Cell(str(newest.number) if newest else NOTHING)


@admin.register(CannedResponse)
class CannedResponseAdmin(FactsAdmin):
    """The answers of one's stores and those for all stores."""

    key_order = ("name", "id")
    columns = (
        Column(_("Name"), _name, "head"),
        Column(_("Short name"), lambda row: Cell(row.code)),
        Column(_("Store"), lambda row: Cell(row.store.name if row.store else _("all stores"))),
        Column(_("Version"), _version, "number"),
        Column(_("Offered"), lambda row: Cell(_("yes") if row.is_active else _("no"))),
    )
    search_label = _("Name or short name")
    empty_words = _("No canned responses yet. A lead writes them.")
    fields = ("code", "name", "store", "is_active")

    def visible(self, request: HttpRequest) -> Any:
        """Answers of the reader's stores, and those for all."""
        if not self.may_see(request):
            return CannedResponse.objects.none()
        stores = Store.objects.visible_to(person(request))
        return CannedResponse.objects.filter(Q(store__in=stores) | Q(store=None))

    def may_see(self, request: HttpRequest) -> bool:
        """Whoever works with tickets."""
        return works_at_desk(request)

    def may_add(self, request: HttpRequest) -> bool:
        """Leads."""
        return has_role(request, Role.LEAD)

    def may_change(self, request: HttpRequest, row: Any) -> bool:
        """Leads of its store; of every store when it is for all."""
        try:
            canned_editing.require_lead(row.store_id, Actor.staff(person(request).pk))
        except Refused:
            return False
        return True

    def found(self, rows: Any, words: str) -> Any:
        """Search by name and shortcut."""
        return rows.filter(Q(name__icontains=words) | Q(code__istartswith=words))

    def filled(self, rows: Any) -> Any:
        """Fetch the versions."""
        newest_first = CannedResponseVersion.objects.order_by("-number")
        return rows.select_related("store").prefetch_related(
            Prefetch("versions", queryset=newest_first)
        )

    def sections(self, request: HttpRequest, row: Any) -> list[Section]:
        """Every version, the newest first."""
        versions = row.versions.select_related("author").order_by("-number")[:MAX_VERSIONS]
        return [
            Section(
                gettext("Version %(n)s") % {"n": version.number},
                [
                    (_("Published"), moment_words(version.published_at)),
                    (_("By"), str(version.author or NOTHING)),
                    (_("Korean text"), version.text_ko),
                    (_("English text"), version.text_en or NOTHING),
                ],
            )
            for version in versions
        ]

    def form_note(self, request: HttpRequest, row: Any) -> Any:
        """Say what saving does."""
        return _("Saving publishes a new version. The versions before stay as they are.")

    def form_for(self, request: HttpRequest, row: Any, data: Any = None) -> forms.Form:
        """Start from the newest version."""
        if row is None:
            stores = Store.objects.with_role(person(request), Role.LEAD.value).order_by("name")
            return AnswerForm(data, stores=list(stores))
        newest = row.versions.order_by("-number").first()
        initial = {"is_active": row.is_active}
        if newest is not None:
            initial |= {"text_ko": newest.text_ko, "text_en": newest.text_en}
        return TextsForm(data, initial=initial)

    def act(self, request: HttpRequest, row: Any, given: dict[str, Any]) -> str:
        """Publish the next version."""
        by, at = Actor.staff(person(request).pk), timezone.now()
        texts = Texts(given["text_ko"], given["text_en"])
        if row is None:
            new = NewAnswer(given["code"], given["name"], int(given["store"]))
            canned_editing.create(new, texts, by=by, at=at)
            return gettext("Published.")
        canned_editing.revise(
            answer_id=row.pk, texts=texts, active=given["is_active"], by=by, at=at
        )
        return gettext("Published.")
