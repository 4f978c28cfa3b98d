"""The question on the buyer's status page, and where its answer goes."""

from http import HTTPStatus
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from common.admin.words import locale
from common.domain.actors import Actor
from common.errors import Refused
from common.problems import say
from feedback.actions import responses
from feedback.domain.surveys import CSAT_WORDS, MAX_COMMENT, QuestionKind
from feedback.models import Answer, Invitation, Question
from tickets.models import BuyerRequest
from tickets.web.session import request_from_session

ANCHOR = "#rating"


def render_slot(request: HttpRequest, *, buyer_request: BuyerRequest) -> SafeString | str:
    """Show the question, or what was answered; nothing to those who were not asked."""
    invitation = Invitation.objects.of_request(buyer_request).first()
    if invitation is None:
        return ""
    context = {"buyer_request": buyer_request} | _facts(invitation)
    return render_to_string("feedback/rating.html", context, request=request)


@never_cache
@require_POST
def rate(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Take the answers of the buyer who holds this request; back to the status page."""
    buyer_request = request_from_session(request, public_id)
    invitation = Invitation.objects.of_request(buyer_request).first()
    if invitation is None:
        raise Http404
    try:
        responses.submit(
            invitation_id=invitation.pk,
            answers=_given(invitation, request),
            by=Actor.buyer(),
            at=timezone.now(),
        )
    except Refused as refusal:
        return _refused(request, buyer_request, invitation, refusal)
    return redirect(_status_page(buyer_request) + ANCHOR)


def _refused(
    request: HttpRequest, buyer_request: BuyerRequest, invitation: Invitation, refusal: Refused
) -> HttpResponse:
    context = {
        "store": buyer_request.store,
        "buyer_request": buyer_request,
        "status_page": _status_page(buyer_request),
        "problem": say(refusal),
    }
    # Read again: of two answers at once, the other one may have come in meanwhile.
    invitation = Invitation.objects.of_request(buyer_request).get(pk=invitation.pk)
    context |= _facts(invitation, given=_given(invitation, request))
    return render(request, "feedback/rating_page.html", context, status=HTTPStatus(refusal.status))


def _status_page(buyer_request: BuyerRequest) -> str:
    return reverse("tickets:request", args=[buyer_request.public_id])


def _given(invitation: Invitation, request: HttpRequest) -> dict[int, str]:
    questions = invitation.survey_version.questions.all()
    return {q.position: request.POST.get(f"q{q.position}", "") for q in questions}


def _facts(invitation: Invitation, given: dict[int, str] | None = None) -> dict[str, object]:
    """What the templates show: the questions, or the answers once there are some."""
    response = getattr(invitation, "response", None)
    if response is not None:
        answers = response.answers.select_related("question").order_by("question__position")
        return {"answers": [_answer_line(answer) for answer in answers]}
    questions = invitation.survey_version.questions.all()
    return {"questions": [_question_box(question, given or {}) for question in questions]}


def _question_box(question: Question, given: dict[int, str]) -> dict[str, object]:
    value = given.get(question.position, "")
    return {
        "name": f"q{question.position}",
        "text": question.text(locale()),
        "required": question.required,
        "value": value,
        "most": MAX_COMMENT,
        "choices": _choices(question, value),
    }


def _choices(question: Question, value: str) -> list[dict[str, object]]:
    if question.kind != QuestionKind.CSAT:
        return []
    return [
        {"number": number, "words": gettext(words), "is_chosen": value == str(number)}
        for number, words in CSAT_WORDS.items()
    ]


def _answer_line(answer: Answer) -> dict[str, str]:
    words = CSAT_WORDS[answer.number] if answer.kind == QuestionKind.CSAT and answer.number else ""
    return {
        "question": answer.question.text(locale()),
        "value": gettext(words) if words else answer.text or str(answer.number),
    }
