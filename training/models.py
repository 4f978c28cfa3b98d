"""Courses in versions, who has to pass them, and how they did."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common.models import Row
from training.domain.courses import QuestionKind
from training.querysets import AssignmentQuerySet, CourseVersionQuerySet


class Course(Row):
    """A course under the title it has now; what it teaches stands in its versions."""

    title = models.CharField(_("title"), max_length=120)

    class Meta:
        verbose_name = _("course")
        verbose_name_plural = _("courses")

    class Privacy:
        erase = {}
        keep = {"id", "created_at", "title"}

    def __str__(self) -> str:
        return self.title


class CourseVersion(Row):
    """Lessons and a quiz under a number; frozen with them from `published_at` on."""

    course = models.ForeignKey(Course, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField(_("version"), default=1)
    title = models.CharField(_("title"), max_length=120)
    pass_mark = models.PositiveSmallIntegerField(
        _("pass mark in percent"),
        default=80,
        validators=[MinValueValidator(1), MaxValueValidator(100)],
        help_text=_("Share of questions that must be fully right."),
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("author"),
    )  # fmt: skip
    published_at = models.DateTimeField(_("published"), null=True, blank=True)

    objects = CourseVersionQuerySet.as_manager()

    class Meta:
        verbose_name = _("course")
        verbose_name_plural = _("courses")
        constraints = [
            models.UniqueConstraint(fields=["course", "number"], name="course_version_once"),
            models.UniqueConstraint(
                fields=["course"], name="course_one_draft", condition=Q(published_at=None)
            ),
            models.CheckConstraint(
                name="course_pass_mark_is_percent",
                condition=Q(pass_mark__gte=1, pass_mark__lte=100),
            ),
        ]

    class Privacy:
        erase = {}
        keep = {
            "id", "created_at", "course", "number", "title", "pass_mark", "author",
            "published_at",
        }  # fmt: skip

    def __str__(self) -> str:
        return f"{self.title} v{self.number}"


class Lesson(Row):
    """One page of text to read before the quiz. Plain text: it is escaped where it is shown."""

    version = models.ForeignKey(CourseVersion, models.PROTECT, related_name="lessons")
    position = models.PositiveSmallIntegerField()
    title = models.CharField(_("title"), max_length=120)
    body = models.TextField(_("text"), max_length=20_000)

    class Meta:
        verbose_name = _("lesson")
        verbose_name_plural = _("lessons")
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["version", "position"], name="lesson_position_once")
        ]

    class Privacy:
        erase = {}
        keep = {"id", "created_at", "version", "position", "title", "body"}

    def __str__(self) -> str:
        return self.title


class Question(Row):
    """One question of the quiz."""

    class Kind(models.TextChoices):
        SINGLE = QuestionKind.SINGLE.value, _("one answer")
        MULTIPLE = QuestionKind.MULTIPLE.value, _("several answers")

    version = models.ForeignKey(CourseVersion, models.PROTECT, related_name="questions")
    position = models.PositiveSmallIntegerField()
    kind = models.CharField(_("kind"), max_length=8, choices=Kind, default=Kind.SINGLE)
    text = models.TextField(_("question"), max_length=1_000)
    explanation = models.TextField(
        _("explanation"), max_length=1_000, blank=True, help_text=_("Shown with the result.")
    )

    class Meta:
        verbose_name = _("question")
        verbose_name_plural = _("questions")
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(
                fields=["version", "position"], name="quiz_question_position_once"
            ),
            models.CheckConstraint(
                name="quiz_question_kind_known", condition=Q(kind__in=["SINGLE", "MULTIPLE"])
            ),
        ]

    class Privacy:
        erase = {}
        keep = {"id", "created_at", "version", "position", "kind", "text", "explanation"}

    def __str__(self) -> str:
        return self.text[:60]


class Choice(Row):
    """One answer that a question offers."""

    question = models.ForeignKey(Question, models.PROTECT, related_name="choices")
    position = models.PositiveSmallIntegerField()
    text = models.CharField(_("choice"), max_length=300)
    is_right = models.BooleanField(_("right"), default=False)

    class Meta:
        verbose_name = _("choice")
        verbose_name_plural = _("choices")
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["question", "position"], name="choice_position_once")
        ]

    class Privacy:
        erase = {}
        keep = {"id", "created_at", "question", "position", "text", "is_right"}

    def __str__(self) -> str:
        return self.text


class Assignment(Row):
    """Somebody has to pass a course by a day; once per cycle."""

    class Source(models.TextChoices):
        TRAINER = "TRAINER", _("trainer")

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="assignments",
        verbose_name=_("learner"),
    )  # fmt: skip
    course = models.ForeignKey(
        Course, models.PROTECT, related_name="assignments", verbose_name=_("course")
    )
    cycle = models.PositiveIntegerField(default=1)
    due_on = models.DateField(_("due"))
    source = models.CharField(max_length=7, choices=Source, default=Source.TRAINER)
    assigned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("assigned by"),
    )  # fmt: skip
    passed_at = models.DateTimeField(_("passed"), null=True, blank=True)

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("assignment")
        verbose_name_plural = _("assignments")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "course", "cycle"], name="assignment_cycle_once"
            ),
            models.UniqueConstraint(
                fields=["user", "course"],
                name="assignment_one_open",
                condition=Q(passed_at=None),
            ),
            models.CheckConstraint(name="assignment_cycle_positive", condition=Q(cycle__gte=1)),
            models.CheckConstraint(
                name="assignment_source_known", condition=Q(source__in=["TRAINER"])
            ),
        ]
        indexes = [
            models.Index(fields=["due_on", "id"], name="assignment_due"),
        ]

    class Privacy:
        erase = {}
        keep = {
            "id", "created_at", "user", "course", "cycle", "due_on", "source", "assigned_by",
            "passed_at",
        }  # fmt: skip

    def __str__(self) -> str:
        return f"{self.course} · {self.user}"


class MyAssignment(Assignment):
    """The same rows, as the learner's own page shows them."""

    class Meta:
        proxy = True
        verbose_name = _("my training")
        verbose_name_plural = _("my training")

    def __str__(self) -> str:
        return str(self.course)


class Attempt(Row):
    """One go at the quiz of one version; never changes once it was handed in."""

    assignment = models.ForeignKey(Assignment, models.PROTECT, related_name="attempts")
    course_version = models.ForeignKey(CourseVersion, models.PROTECT, related_name="attempts")
    n = models.PositiveIntegerField()
    started_at = models.DateTimeField()
    # {"<question id>": [<choice id>, ...]}, as handed in.
    answers = models.JSONField(default=dict)
    submitted_at = models.DateTimeField(null=True, blank=True)
    # Whole percent of the questions that were fully right.
    score = models.PositiveSmallIntegerField(null=True, blank=True)
    passed = models.BooleanField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["assignment", "n"], name="attempt_number_once"),
            models.UniqueConstraint(
                fields=["assignment"], name="attempt_one_open", condition=Q(submitted_at=None)
            ),
            models.CheckConstraint(
                name="attempt_result_iff_submitted",
                condition=Q(submitted_at=None, score=None, passed=None)
                | Q(submitted_at__isnull=False, score__isnull=False, passed__isnull=False),
            ),
            models.CheckConstraint(
                name="attempt_score_is_percent", condition=Q(score=None) | Q(score__lte=100)
            ),
            models.CheckConstraint(name="attempt_number_positive", condition=Q(n__gte=1)),
        ]

    class Privacy:
        erase = {}
        keep = {
            "id", "created_at", "assignment", "course_version", "n", "started_at", "answers",
            "submitted_at", "score", "passed",
        }  # fmt: skip
