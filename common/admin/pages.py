"""A page for one row: its facts, and a small form where an action allows a change."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, cast

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext

from common.admin.lists import KeysetAdmin, Text
from common.errors import Refused
from common.problems import say

Facts = Sequence[tuple[Text, Text]]


@dataclass(frozen=True, slots=True)
class Section:
    """Facts under a heading."""

    title: Text
    facts: Facts


def offer(form: forms.Form, name: str, stores: Iterable[Any]) -> None:
    """Let the form's field offer these stores by their names."""
    field = cast(forms.ChoiceField, form.fields[name])
    field.choices = [(str(store.pk), store.name) for store in stores]


class FactsAdmin(KeysetAdmin):
    """Shows rows as facts. What may be changed goes through a form to one action."""

    def sections(self, request: HttpRequest, row: Any) -> Sequence[Section]:
        """Return what the page shows of a row."""
        return ()

    def title_of(self, row: Any) -> str:
        """Return what a row is called."""
        return str(row)

    def may_add(self, request: HttpRequest) -> bool:
        """Tell whether the reader may make a new row."""
        return False

    def may_change(self, request: HttpRequest, row: Any) -> bool:
        """Tell whether the reader may use the form on this row."""
        return False

    def form_for(self, request: HttpRequest, row: Any, data: Any = None) -> forms.BaseForm:
        """Return the form for a row, or for a new one."""
        raise NotImplementedError

    def act(self, request: HttpRequest, row: Any, given: dict[str, Any]) -> HttpResponse | str:
        """Call the action; return what was done in words, or a page of its own."""
        raise NotImplementedError

    def form_note(self, request: HttpRequest, row: Any) -> Text:
        """Return what stands above the form."""
        return ""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Roles decide."""
        return self.may_see(request) and self.may_add(request)

    def add_view(
        self,
        request: HttpRequest,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Make a new row."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        return self._page_with_form(request, None)

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Show a row; change it where that is allowed."""
        if not self.may_see(request):
            raise PermissionDenied
        row = self.row(request, object_id)
        if self.may_change(request, row):
            return self._page_with_form(request, row)
        if request.method != "GET":
            raise PermissionDenied
        return self._row_page(request, row, None)

    def _page_with_form(self, request: HttpRequest, row: Any) -> HttpResponse:
        if request.method != "POST":
            return self._row_page(request, row, self.form_for(request, row))
        form = self.form_for(request, row, request.POST)
        if not form.is_valid():
            return self._row_page(request, row, form, code=400)
        try:
            done = self.act(request, row, form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, say(refusal))
            return self._row_page(request, row, form, code=refusal.status)
        if isinstance(done, HttpResponse):
            return done
        messages.success(request, done)
        return redirect(self.address("changelist"))

    def _row_page(
        self, request: HttpRequest, row: Any, form: forms.BaseForm | None, *, code: int = 200
    ) -> HttpResponse:
        return self.page(
            request,
            "admin/desk/row.html",
            code=code,
            title=self.title_of(row) if row is not None else gettext("New"),
            sections=self.sections(request, row) if row is not None else (),
            form=form,
            form_note=self.form_note(request, row),
        )
