"""Ask the shop a question: about an order, or about a request that is closed."""

from datetime import datetime
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from common.addresses import address_of
from common.domain.actors import Actor
from orders.models import Order
from tickets.actions import limits, opening
from tickets.actions.calendars import seoul_day
from tickets.actions.opening import Contact
from tickets.models import BuyerRequest
from tickets.web import again, lines, once, session, words
from tickets.web.forms import WHOLE_ORDER, QuestionForm, TextForm
from tickets.web.pages import reads_and_writes


@reads_and_writes
def about_order(request: HttpRequest) -> HttpResponse:
    """A question about the order that this browser holds, or about one of its items."""
    order = session.order_from_session(request)
    views, _ = lines.of_order(order, today=seoul_day(timezone.now()))
    initial = {"key": once.new_key(), "about": request.GET.get("item", WHOLE_ORDER)}
    form = QuestionForm(views, again.take(request).data, initial=initial)
    if request.method != "POST":
        context = {"store": order.store, "order": order, "form": form}
        return render(request, "tickets/question.html", context)
    if not form.is_valid():
        return again.keep(request, request.get_full_path())
    names = {str(line.place): line.name for line in views}
    return _open(request, order, names.get(form.cleaned_data["about"], order.number), form)


@reads_and_writes
def about_request(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """A question that follows a request, for a buyer who holds its status page alone."""
    before = session.request_from_session(request, public_id)
    typed = again.take(request)
    form = TextForm(typed.data, initial={"key": once.new_key()})
    typed.mark(form)
    if request.method != "POST":
        context = {"store": before.store, "before": before, "form": form}
        return render(request, "tickets/question.html", context)
    if not form.is_valid():
        return again.keep(request, request.path)
    numbers = before.tickets.order_by("id").values_list("number", flat=True)[:5]
    return _open(request, before.order, ", ".join(numbers), form)


def _open(request: HttpRequest, order: Order, subject: str, form: TextForm) -> HttpResponse:
    now = timezone.now()
    limits.count_form(address=address_of(request), order=order, recipient=order.email, at=now)
    public_id = _open_once(order, subject, form.cleaned_data, at=now)
    opened = BuyerRequest.objects.get(public_id=public_id)
    session.remember_request(request, opened, at=now, change_key=False)
    return redirect("tickets:sent", public_id=opened.public_id)


def _open_once(order: Order, subject: str, given: dict[str, str], *, at: datetime) -> UUID:
    """Open one inquiry per page shown, however often it is sent."""

    def work() -> UUID:
        return opening.open_inquiry(
            order=order,
            subject=subject,
            body=given["text"],
            contact=Contact(locale=words.language(), source=BuyerRequest.Source.WEB),
            by=Actor.buyer(),
            at=at,
        ).public_id

    scope = f"web-question:{order.pk}"
    return once.do(scope=scope, key=given["key"], words=given["text"], at=at, work=work)
