"""Find my order: which shop, number and digits, then the code from the mail."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from common.addresses import address_of
from orders.models import Store
from tickets.actions import proving
from tickets.actions.proving import ProofRefused
from tickets.web import again, session, words
from tickets.web.forms import CodeForm, FindForm
from tickets.web.pages import reads, reads_and_writes

PROOF = "buyer.proof"
MOST_STORES = 200


@reads
def home(request: HttpRequest) -> HttpResponse:
    """The shops of this desk; with a single one, straight to it."""
    stores = list(Store.objects.order_by("name", "pk")[:MOST_STORES])
    if len(stores) == 1:
        return redirect("tickets:find", slug=stores[0].slug)
    return render(request, "tickets/home.html", {"stores": stores})


@reads_and_writes
def find(request: HttpRequest, slug: str) -> HttpResponse:
    """Take number and digits; the answer is the same whether or not they fit an order."""
    store = get_object_or_404(Store, slug=slug)
    form = FindForm(again.take(request).data)
    if request.method != "POST":
        return render(request, "tickets/find.html", {"store": store, "form": form})
    if not form.is_valid():
        return again.keep(request, request.get_full_path())
    proof = proving.ask_code(
        store=store,
        number=form.cleaned_data["number"],
        digits=form.cleaned_data["digits"],
        address=address_of(request),
        locale=words.language(),
        at=timezone.now(),
    )
    request.session[PROOF] = {"token": proof.token, "store": store.pk}
    return redirect("tickets:code", slug=slug)


@reads_and_writes
def code(request: HttpRequest, slug: str) -> HttpResponse:
    """Take the code from the mail and let this browser see the order for an hour."""
    store = get_object_or_404(Store, slug=slug)
    proof = request.session.get(PROOF)
    if not proof or proof["store"] != store.pk:
        return redirect("tickets:find", slug=slug)
    typed = again.take(request)
    form = CodeForm(typed.data)
    typed.mark(form)
    if request.method != "POST":
        return render(request, "tickets/code.html", {"store": store, "form": form})
    if not form.is_valid():
        return again.keep(request, request.path)
    try:
        return _open_order(request, proof["token"], form.cleaned_data["code"])
    except ProofRefused as refusal:
        return again.keep(request, request.path, field="code", problem=words.said(refusal))


def _open_order(request: HttpRequest, token: str, given: str) -> HttpResponse:
    now = timezone.now()
    key, order = proving.give_code(token=token, code=given, at=now)
    session.remember_order(request, order, at=now, until=key.expires_at)
    del request.session[PROOF]
    return redirect("tickets:order")
