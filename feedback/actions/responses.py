"""Taking a buyer's answers, once."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from common import events
from common.domain.actors import Actor
from common.errors import Refused, gettext_noop
from feedback.domain.events import FeedbackEvent
from feedback.domain.surveys import QuestionKind, checked_answer
from feedback.locks import lock_invitation
from feedback.models import Answer, Question, Response


class AlreadyAnswered(Refused):
    """The survey was answered before; the first answer stands."""

    code = "already_answered"
    wording = gettext_noop("You have already answered. Your first answer stands.")


@transaction.atomic
def submit(*, invitation_id: int, answers: Mapping[int, str], by: Actor, at: datetime) -> Response:
    """Keep the answers, given as raw texts by the position of their question; or refuse."""
    invitation = lock_invitation(invitation_id)  # of two at once, the second sees the first
    if Response.objects.filter(invitation=invitation).exists():
        raise AlreadyAnswered()
    given = [
        (question, value)
        for question in invitation.survey_version.questions.all()
        if (value := _value(question, answers)) is not None
    ]
    response = Response.objects.create(
        invitation=invitation, survey_version=invitation.survey_version, submitted_at=at
    )
    Answer.objects.bulk_create(_answer(response, *pair) for pair in given)
    events.record(
        FeedbackEvent.ANSWERED,
        subject=response,
        by=by,
        at=at,
        invitation_id=invitation.pk,
        ratings={str(q.position): value for q, value in given if isinstance(value, int)},
    )
    return response


def _value(question: Question, answers: Mapping[int, str]) -> int | str | None:
    raw = answers.get(question.position, "")
    return checked_answer(QuestionKind(question.kind), raw, required=question.required)


def _answer(response: Response, question: Question, value: int | str) -> Answer:
    number, text = (value, "") if isinstance(value, int) else (None, value)
    return Answer(
        response=response, question=question, kind=question.kind, number=number, text=text
    )
