"""A form with a mistake in it: what was typed is kept and shown with the error.

A POST always ends in a redirect, so that back, forward and reload never ask to send twice.
"""

from dataclasses import dataclass

from django import forms
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils import timezone

AGAIN = "buyer.again"
KEPT_SECONDS = 900
# More than any field takes, far less than a request may carry: strangers fill this in, too.
MOST_CHARACTERS, MOST_IN_ALL = 20_000, 200_000


@dataclass(frozen=True, slots=True)
class Typed:
    """What was typed on this page last, and what an action said to it.

    `form` tells which of several forms of the page, or which refusal, it was.
    """

    data: QueryDict | None = None
    form: str = ""
    field: str | None = None
    problem: str = ""

    def mark(self, form: forms.Form) -> None:
        """Show the action's refusal at its field, beside the form's own errors."""
        if self.problem and form.is_bound:
            form.full_clean()
            form.add_error(self.field, self.problem)


def keep(
    request: HttpRequest, page: str, *, field: str | None = None, problem: str = "", form: str = ""
) -> HttpResponse:
    """Keep what was typed for `page` (an address, perhaps with #anchor) and go there."""
    typed = request.POST.copy()
    typed.pop("csrfmiddlewaretoken", None)
    for name in typed:
        typed[name] = typed.get(name, "")[:MOST_CHARACTERS]
    request.session[AGAIN] = {
        "path": page.partition("#")[0],
        "data": typed.urlencode()[:MOST_IN_ALL],
        "form": form,
        "field": field,
        "problem": problem,
        "until": timezone.now().timestamp() + KEPT_SECONDS,
    }
    return redirect(page)


def take(request: HttpRequest) -> Typed:
    """Return what this POST brings, or what an earlier one of this page left."""
    if request.method == "POST":
        return Typed(data=request.POST)
    kept = request.session.get(AGAIN)
    here = request.get_full_path()
    if not kept or kept["path"] != here or kept["until"] < timezone.now().timestamp():
        return Typed()
    return Typed(QueryDict(kept["data"]), kept["form"], kept["field"], kept["problem"])


def forget(request: HttpRequest) -> None:
    """Let go of what an earlier POST left; the next one says anew."""
    request.session.pop(AGAIN, None)
