"""Ask for a cancellation: which items, why, look again, send."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from common.addresses import address_of
from common.domain.masking import mask_email
from common.errors import Refused, gettext_noop
from common.throttle import TooOften
from orders.actions.claims import UnitsTaken
from orders.models import Order
from tickets.actions import limits
from tickets.actions.calendars import seoul_day
from tickets.models import BuyerRequest
from tickets.web import again, lines, sending, session, words
from tickets.web import draft as drafts
from tickets.web.draft import Draft, Pick
from tickets.web.forms import ChoiceForm, ReasonForm, SendForm
from tickets.web.lines import LineView
from tickets.web.pages import reads_and_writes

# A form carries two fields for each line; Django takes a thousand.
MOST_OFFERED = 400


class ChangedMeanwhile(Refused):
    """The page that was sent showed something else than what is kept now."""

    code = "changed_meanwhile"
    wording = gettext_noop("You changed this in another window. Please look at it again.")


@reads_and_writes
def choose(request: HttpRequest) -> HttpResponse:
    """Step 1: which items, and how many of each."""
    order = session.order_from_session(request)
    views, _ = lines.of_order(order, today=seoul_day(timezone.now()))
    offered = _offered(request, views)
    draft = drafts.load(request, order)
    initial = _chosen_before(request, draft, offered)
    form = ChoiceForm(offered, again.take(request).data, initial=initial)
    if request.method != "POST":
        context = {"store": order.store, "order": order, "form": form, "step": 1}
        return render(request, "tickets/choose.html", context)
    if not form.is_valid():
        return again.keep(request, request.get_full_path())
    draft.picks = {
        place: Pick(quantity, before.reason, before.details)
        for place, quantity in form.chosen().items()
        for before in [draft.picks.get(place) or Pick(quantity)]
    }
    drafts.keep(request, draft)
    return _next_step(draft)


def _offered(request: HttpRequest, views: list[LineView]) -> list[LineView]:
    """Return what can be chosen from; of a huge order the item clicked on, or the first ones."""
    offered = [line for line in views if line.can_cancel]
    if len(offered) <= MOST_OFFERED:
        return offered
    clicked = [line for line in offered if request.GET.get("item") == str(line.place)]
    return clicked or offered[:MOST_OFFERED]


def _chosen_before(
    request: HttpRequest, draft: Draft, offered: list[LineView]
) -> dict[str, object]:
    """Return the choice to start with: the draft's, the item clicked on, or the only one."""
    initial: dict[str, object] = {}
    clicked = request.GET.get("item", "")
    for line in offered:
        pick = draft.picks.get(line.place)
        is_only = len(offered) == 1 or clicked == str(line.place)
        initial[f"pick-{line.place}"] = pick is not None or is_only
        initial[f"quantity-{line.place}"] = min(pick.quantity if pick else line.free, line.free)
    return initial


def _next_step(draft: Draft) -> HttpResponse:
    n = draft.next_unanswered
    return redirect("tickets:why", n=n) if n else redirect("tickets:check")


@reads_and_writes
def why(request: HttpRequest, n: int) -> HttpResponse:
    """Step 2, once for each item (or once for all): the reason and what it requires."""
    order = session.order_from_session(request)
    draft = drafts.load(request, order)
    if not 1 <= n <= len(draft.places):
        return redirect("tickets:choose")
    place = draft.places[n - 1]
    pick = draft.picks[place]
    initial = {"reason": pick.reason, **pick.details}
    form = ReasonForm(again.take(request).data, initial=initial)
    if request.method == "POST":
        if form.is_valid():
            return _take_reason(request, draft, n, form)
        return again.keep(request, request.path)
    views, _ = lines.of_order(order, today=seoul_day(timezone.now()))
    context = {
        "store": order.store,
        "form": form,
        "line": lines.by_place(views)[place],
        "quantity": pick.quantity,
        "n": n,
        "count": len(draft.places),
        "step": 2,
    }
    return render(request, "tickets/why.html", context)


def _take_reason(request: HttpRequest, draft: Draft, n: int, form: ReasonForm) -> HttpResponse:
    for place in draft.places[n - 1 :] if form.cleaned_data["same"] else [draft.places[n - 1]]:
        draft.picks[place].reason = form.cleaned_data["reason"]
        draft.picks[place].details = form.wanted()
    drafts.keep(request, draft)
    return _next_step(draft)


@reads_and_writes
def check(request: HttpRequest) -> HttpResponse:
    """Step 3: see what happens next and by when; send."""
    order = session.order_from_session(request)
    draft = drafts.load(request, order)
    if request.method == "POST":
        # Asked first: the second of two clicks finds the draft gone already.
        sent = sending.sent_before(order, request.POST.get("key", ""))
        if sent is not None:
            return redirect("tickets:sent", public_id=sent)
    if not draft.picks or draft.next_unanswered:
        return _next_step(draft) if draft.picks else redirect("tickets:choose")
    if request.method != "POST":
        return _check_page(request, order, draft)
    return _send(request, order, draft)


def _send(request: HttpRequest, order: Order, draft: Draft) -> HttpResponse:
    form = SendForm(request.POST)
    if not form.is_valid():
        return again.keep(request, request.path)
    now = timezone.now()
    email = "" if order.email else form.cleaned_data["email"]
    try:
        if form.cleaned_data["key"] != draft.key:
            raise ChangedMeanwhile()
        limits.count_form(
            address=address_of(request), order=order, recipient=email or order.email, at=now
        )
        public_id = sending.send(order=order, draft=draft, email=email, at=now)
    except TooOften:
        raise
    except Refused as refusal:
        return again.keep(request, request.path, problem=words.said(refusal), form=refusal.code)
    return _done(request, public_id)


def _done(request: HttpRequest, public_id: UUID) -> HttpResponse:
    sent = BuyerRequest.objects.get(public_id=public_id)
    session.remember_request(request, sent, at=timezone.now(), change_key=False)
    drafts.drop(request)
    return redirect("tickets:sent", public_id=public_id)


def _check_page(request: HttpRequest, order: Order, draft: Draft) -> HttpResponse:
    now = timezone.now()
    typed = again.take(request)
    views, tickets = lines.of_order(order, today=seoul_day(now))
    by_place = lines.by_place(views)
    items = sending.preview(draft, by_place)
    is_taken = typed.form == UnitsTaken.code
    context = {
        "store": order.store,
        "order": order,
        "form": SendForm(typed.data),
        "key": draft.key,
        "items": items,
        "total": sum(item.amount or 0 for item in items),
        "expectation": sending.expectation(order.store, items, at=now),
        "takes_all": sending.takes_all(draft, by_place),
        "mail_to": mask_email(order.email),
        "problem": typed.problem,
        "open_tickets": [t for t in tickets if t.is_open and t.claim_id] if is_taken else [],
        "step": 3,
    }
    return render(request, "tickets/check.html", context)
