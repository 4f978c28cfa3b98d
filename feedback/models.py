"""What is asked, who was asked, and what they answered."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common.models import Event, Row
from common.privacy import BLANK
from feedback.domain.surveys import SCALES, QuestionKind, SurveyKind
from feedback.querysets import InvitationQuerySet, ResponseQuerySet, SurveyVersionQuerySet
from orders.domain.reasons import ReasonCode
from orders.models import Store
from tickets.models import BuyerRequest, Ticket


class Survey(Row):
    """A survey under a name; what it asks stands in its versions."""

    code = models.SlugField(unique=True)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=6, choices=[(k.value, k.value) for k in SurveyKind])

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="survey_kind_known", condition=Q(kind__in=[k.value for k in SurveyKind])
            )
        ]

    class Privacy:
        erase = {}
        keep = {"id", "created_at", "code", "name", "kind"}

    def __str__(self) -> str:
        return self.name


class SurveyVersion(Row):
    """Questions under a number; frozen with them from `published_at` on."""

    survey = models.ForeignKey(Survey, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    published_at = models.DateTimeField(null=True, blank=True)

    objects = SurveyVersionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["survey", "number"], name="survey_version_once")
        ]

    class Privacy:
        erase = {}
        keep = {"id", "created_at", "survey", "number", "published_at"}

    def __str__(self) -> str:
        return f"{self.survey} v{self.number}"


class Question(Row):
    """One question in both languages."""

    version = models.ForeignKey(SurveyVersion, models.PROTECT, related_name="questions")
    position = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=4, choices=[(k.value, k.value) for k in QuestionKind])
    text_ko = models.CharField(max_length=300)
    text_en = models.CharField(max_length=300)
    required = models.BooleanField(default=False)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(
                fields=["version", "position"], name="survey_question_position_once"
            ),
            models.CheckConstraint(
                name="survey_question_kind_known",
                condition=Q(kind__in=[k.value for k in QuestionKind]),
            ),
        ]

    class Privacy:
        erase = {}
        keep = {
            "id", "created_at", "version", "position", "kind", "text_ko", "text_en", "required",
        }  # fmt: skip

    def text(self, locale: str) -> str:
        """Return the wording in Korean or English."""
        return self.text_ko if locale.startswith("ko") else self.text_en


class Invitation(Row):
    """One buyer asked once about one resolution; who was accountable and why never changes."""

    resolution = models.OneToOneField(Event, models.PROTECT, related_name="+")
    store = models.ForeignKey(Store, models.PROTECT, related_name="+")
    request = models.OneToOneField(BuyerRequest, models.PROTECT, related_name="invitation")
    # The ticket whose closing resolved the request.
    ticket = models.ForeignKey(Ticket, models.PROTECT, related_name="invitations")
    survey_version = models.ForeignKey(SurveyVersion, models.PROTECT, related_name="+")
    # Who decided; nobody when a rule did.
    agent = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("accountable"),
    )  # fmt: skip
    reason = models.CharField(
        _("reason"), max_length=20, choices=[(r.value, r.value) for r in ReasonCode]
    )

    objects = InvitationQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["store", "agent"], name="invitation_store_agent")]

    class Privacy:
        erase = {}
        keep = {
            "id", "created_at", "resolution", "store", "request", "ticket", "survey_version",
            "agent", "reason",
        }  # fmt: skip


class Response(Row):
    """What one buyer answered, to the version they were given."""

    class Source(models.TextChoices):
        STATUS_PAGE = "STATUS_PAGE", _("status page")

    invitation = models.OneToOneField(Invitation, models.PROTECT, related_name="response")
    survey_version = models.ForeignKey(SurveyVersion, models.PROTECT, related_name="responses")
    submitted_at = models.DateTimeField(_("answered"))
    source = models.CharField(max_length=11, choices=Source, default=Source.STATUS_PAGE)

    objects = ResponseQuerySet.as_manager()

    class Meta:
        verbose_name = _("rating")
        verbose_name_plural = _("ratings by buyers")
        constraints = [
            models.CheckConstraint(
                name="response_source_known", condition=Q(source__in=["STATUS_PAGE"])
            )
        ]
        indexes = [models.Index(fields=["-submitted_at", "-id"], name="response_recent")]

    class Privacy:
        erase = {}
        keep = {"id", "created_at", "invitation", "survey_version", "submitted_at", "source"}

    def __str__(self) -> str:
        return str(self.invitation.ticket)


def _value_fits_kind() -> Q:
    fits = Q(kind=QuestionKind.TEXT.value, number=None)
    for kind, scale in SCALES.items():
        # A CHECK that comes out as NULL lets the row pass.
        within = Q(number__isnull=False, number__gte=scale.start, number__lt=scale.stop)
        fits |= Q(kind=kind.value, text="") & within
    return fits


class Answer(Row):
    """The answer to one question: a number on its scale, or a text."""

    response = models.ForeignKey(Response, models.PROTECT, related_name="answers")
    question = models.ForeignKey(Question, models.PROTECT, related_name="answers")
    # Copied from the question, so that the database can check the range.
    kind = models.CharField(max_length=4, choices=[(k.value, k.value) for k in QuestionKind])
    number = models.SmallIntegerField(null=True, blank=True)
    text = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["response", "question"], name="answer_once"),
            models.CheckConstraint(name="answer_value_fits_kind", condition=_value_fits_kind()),
        ]

    class Privacy:
        erase = {"text": BLANK}
        keep = {"id", "created_at", "response", "question", "kind", "number"}
