"""Who is asked, about what, and that it never changes."""

import pytest
from django.db import Error as DatabaseError
from django.db import IntegrityError, transaction

from common import deliveries
from common.domain.actors import Actor, ActorKind
from common.models import Delivery, Event
from feedback import subscribers
from feedback.actions import invitations
from feedback.domain.events import FeedbackEvent
from feedback.models import Invitation, Question, SurveyVersion
from tests.factories.rows import MONDAY
from tests.factories.surveys import invited, refunded
from tickets.domain.events import TicketEvent
from tickets.models import Ticket


def resolution(ticket, **data):
    """Return a resolution as tickets record it, without handing it to anybody."""
    facts = {"outcome": "REFUNDED", "ticket_id": ticket.pk, "source": "WEB"} | data
    return Event.objects.create(
        name=TicketEvent.REQUEST_RESOLVED,
        subject_type="tickets.buyerrequest",
        subject_id=ticket.request_id,
        actor_kind=ActorKind.SYSTEM,
        happened_at=ticket.closed_at or MONDAY,
        data=facts,
    )


@pytest.fixture
def unasked(cast):
    """Return a refunded ticket whose buyer was not asked: the event is not handed out."""
    ticket = cast.ticket()
    Ticket.objects.filter(pk=ticket.pk).update(
        status="REFUNDED", closed_at=MONDAY, decided_by=cast.lead, decided_by_kind="STAFF"
    )
    ticket.refresh_from_db()
    return ticket


def test_refund_asks_the_buyer_once_and_keeps_who_and_why(cast):
    ticket = refunded(cast, by=cast.agent)

    invitation = Invitation.objects.get()
    assert invitation.request == ticket.request
    assert (invitation.agent, invitation.reason) == (cast.agent, "CHANGED_MIND")
    assert invitation.store == cast.store
    assert invitation.resolution.name == TicketEvent.REQUEST_RESOLVED
    assert Event.objects.filter(name=FeedbackEvent.INVITED).count() == 1
    assert not Delivery.objects.exclude(state=Delivery.State.DONE).exists()


def test_event_delivered_twice_asks_once(unasked):
    event = resolution(unasked)
    subscribers.invite_after_refund(event)
    subscribers.invite_after_refund(event)
    assert Invitation.objects.count() == 1
    assert Event.objects.filter(name=FeedbackEvent.INVITED).count() == 1


def test_second_resolution_of_a_request_asks_nobody_again(unasked):
    subscribers.invite_after_refund(resolution(unasked))
    subscribers.invite_after_refund(resolution(unasked))
    assert Invitation.objects.count() == 1


@pytest.mark.parametrize(
    ("_case", "data", "decided_by_kind"),
    [
        ("refused", {"outcome": "REFUSED"}, "STAFF"),
        ("withdrawn", {"outcome": "WITHDRAWN"}, "STAFF"),
        ("forced", {"outcome": "FORCED"}, "CHANNEL"),
        ("replayed history", {"source": "REPLAY"}, "RULE"),
        ("done by the marketplace without us", {}, "CHANNEL"),
    ],
)
def test_others_are_not_asked(_case, data, decided_by_kind, unasked):
    Ticket.objects.filter(pk=unasked.pk).update(decided_by_kind=decided_by_kind)
    subscribers.invite_after_refund(resolution(unasked, **data))
    assert not Invitation.objects.exists()


def test_rule_is_accountable_as_nobody(unasked):
    Ticket.objects.filter(pk=unasked.pk).update(decided_by=None, decided_by_kind="RULE")
    subscribers.invite_after_refund(resolution(unasked))
    assert Invitation.objects.get().agent is None


def test_of_several_tickets_the_refunded_one_is_asked_about(cast, unasked):
    refused = cast.ticket()
    Ticket.objects.filter(pk=refused.pk).update(
        request=unasked.request, status="REFUSED", closed_at=MONDAY, decided_by=cast.agent2
    )
    subscribers.invite_after_refund(resolution(unasked, ticket_id=refused.pk))
    invitation = Invitation.objects.get()
    assert (invitation.ticket, invitation.agent) == (unasked, cast.lead)


def test_inquiry_is_not_asked_about(cast):
    inquiry = Ticket.objects.create(
        number="I-1", kind="I", store=cast.store, status="RECEIVED", received_at=MONDAY
    )
    with transaction.atomic():
        done = invitations.invite(
            resolution=resolution(cast.ticket()), ticket=inquiry, by=Actor.system("t"), at=MONDAY
        )
    assert done is None
    assert not Invitation.objects.exists()


@pytest.mark.parametrize(
    "change",
    [{"agent_id": None}, {"reason": "SOLD_OUT"}, {"survey_version_id": 0}],
)
def test_invitation_never_changes(cast, change):
    invitation = invited(cast)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Invitation.objects.filter(pk=invitation.pk).update(**change)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Invitation.objects.filter(pk=invitation.pk)._raw_delete("default")
    assert Invitation.objects.get(pk=invitation.pk).agent == cast.agent


def test_database_refuses_a_second_invitation_for_one_resolution(cast):
    first = invited(cast)
    other = cast.ticket()
    with pytest.raises(IntegrityError), transaction.atomic():
        Invitation.objects.create(
            resolution=first.resolution,
            store=cast.store,
            request=other.request,
            ticket=other,
            survey_version=first.survey_version,
            reason="OTHER",
        )
    assert Invitation.objects.count() == 1


@pytest.mark.django_db
def test_seeded_survey_is_published_and_frozen():
    version = SurveyVersion.objects.current("csat").get()
    assert [(q.position, q.kind, q.required) for q in version.questions.all()] == [
        (1, "CSAT", True),
        (2, "TEXT", False),
    ]
    question = version.questions.first()
    for change in (
        lambda: Question.objects.filter(pk=question.pk).update(text_en="Was it great?"),
        lambda: Question.objects.filter(pk=question.pk)._raw_delete("default"),
        lambda: Question.objects.create(version=version, position=3, kind="NPS"),
        lambda: SurveyVersion.objects.filter(pk=version.pk).update(number=2),
    ):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            change()
    assert version.questions.count() == 2


def test_handing_out_again_asks_nobody_again(cast):
    refunded(cast)
    deliveries.deliver_all()
    assert Invitation.objects.count() == 1
