"""The admin's own rules: nothing is deleted, the hidden answers 404, actions own the rows."""

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.functional import Promise
from django.views.decorators.http import require_POST
from unfold.admin import ModelAdmin


class ReadOnlyAdmin(ModelAdmin):
    """Shows what `visible` gives to a person; subclasses say who may come in.

    `fields` are read-only. Django's own permissions are not asked: roles decide.
    """

    # What the list is called; the model's name when empty.
    title: str | Promise = ""
    actions = None
    show_full_result_count = False
    list_per_page = 25
    compressed_fields = True

    def visible(self, request: HttpRequest) -> Any:
        """Return the rows this person may see."""
        raise NotImplementedError

    def may_see(self, request: HttpRequest) -> bool:
        """Tell whether this person has these pages at all."""
        raise NotImplementedError

    def get_queryset(self, request: HttpRequest) -> Any:
        """Start every page from what the person may see."""
        return self.visible(request)

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> Any:
        """Return the row; 404 instead of the admin's redirect for what is hidden."""
        found = super().get_object(request, object_id, from_field)
        if found is None:
            raise Http404
        return found

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Whatever is shown is read-only."""
        return self.fields or ()

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Roles decide."""
        return self.may_see(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Roles decide; `visible` chooses the rows."""
        return self.may_see(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Actions make rows."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Actions change rows."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nothing is deleted."""
        return False

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The trail of events is the history; Django's log holds nothing."""
        raise Http404

    def page(
        self, request: HttpRequest, template: str, *, code: int = 200, **context: Any
    ) -> HttpResponse:
        """Return a page of our own in the admin's shell, with the way back to the list."""
        shell = self.admin_site.each_context(request) | {
            "list_url": self.address("changelist"),
            "list_title": self.list_title(),
        }
        return TemplateResponse(request, template, shell | context, status=code)

    def list_title(self) -> Any:
        """Return what the list is called."""
        return self.title or self.opts.verbose_name_plural

    def address(self, page: str) -> str:
        """Return the address of this admin's changelist or add page."""
        return reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_{page}")

    def post_url(self, route: str, view: Callable, name: str) -> URLPattern:
        """Return an address that changes something: POST only, inside the admin's sign-in."""
        return path(route, self.admin_site.admin_view(require_POST(view)), name=name)

    def get_url(self, route: str, view: Callable, name: str) -> URLPattern:
        """Return an address of a page, inside the admin's sign-in."""
        return path(route, self.admin_site.admin_view(view), name=name)
