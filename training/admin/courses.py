"""The trainer's pages: write a course, publish it, send people to it."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import Count, Max, QuerySet, TextField
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from unfold.admin import StackedInline, TabularInline
from unfold.decorators import action
from unfold.forms import PaginationInlineFormSet
from unfold.widgets import UnfoldAdminTextareaWidget

from common.admin.lists import Cell, Column, KeysetAdmin
from common.admin.words import NOTHING, moment_words
from common.errors import Refused
from common.problems import say
from training.actions import assignments, courses
from training.admin.assign_form import AssignForm
from training.admin.shared import me, person
from training.models import Choice, CourseVersion, Lesson, Question
from training.querysets import CourseVersionQuerySet, is_trainer

PUBLISH = "training_courseversion_publish"


def _title(version: CourseVersion) -> Cell:
    page = reverse("admin:training_courseversion_change", args=[version.pk])
    return Cell(version.title, href=page)


def _state(version: CourseVersion) -> Cell:
    if version.published_at is None:
        return Cell(gettext("draft"), tone="label amber")
    return Cell(gettext("published"), tone="label green")


COLUMNS = (
    Column(_("Course"), _title, "head"),
    Column(_("Version"), lambda row: Cell(str(row.number)), "number"),
    Column(_("State"), _state, "nowrap"),
    Column(_("Questions"), lambda row: Cell(str(row.question_count)), "number"),
    Column(_("Published"), lambda row: Cell(moment_words(row.published_at)), "nowrap"),
    Column(_("Author"), lambda row: Cell(str(row.author or NOTHING))),
)


class NumberedFormSet(PaginationInlineFormSet):
    """Parts keep the order in which they were added."""

    def save_new(self, form: forms.ModelForm, commit: bool = True) -> Any:
        """Give a new part the next number."""
        siblings = self.model.objects.filter(**{self.fk.name: self.instance})
        form.instance.position = (siblings.aggregate(last=Max("position"))["last"] or 0) + 1
        return super().save_new(form, commit)


class QuestionFormSet(NumberedFormSet):
    """Questions go together with their choices."""

    def delete_existing(self, obj: Question, commit: bool = True) -> None:
        """Take a question out of the draft."""
        if commit:
            courses.remove_question(question_id=obj.pk)


def _is_draft(parent: Any) -> bool:
    """Tell whether parts may still be changed; the parent of a choice is a question."""
    if isinstance(parent, Question):
        parent = parent.version if parent.version_id else None
    return parent is None or parent.published_at is None


class _Part:
    """Parts of a draft belong to whoever may change the draft."""

    formset = NumberedFormSet
    exclude = ("position",)
    extra = 0

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Trainers read every course."""
        return is_trainer(request.user)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Only to a draft."""
        return is_trainer(request.user) and _is_draft(obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Only of a draft."""
        return self.has_add_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Out of a draft only: what was published stays."""
        return self.has_add_permission(request, obj)


class LessonInline(_Part, StackedInline):
    """Text to read."""

    model = Lesson
    max_num = 10


class ChoiceInline(_Part, TabularInline):
    """What a question offers."""

    model = Choice
    max_num = 6
    hide_title = True


class QuestionInline(_Part, StackedInline):
    """The quiz."""

    model = Question
    formset = QuestionFormSet
    # With the lessons below the number of fields that one form may send.
    max_num = 20
    inlines = [ChoiceInline]
    formfield_overrides = {TextField: {"widget": UnfoldAdminTextareaWidget(attrs={"rows": 3})}}

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        """Fetch the version once: the choices ask it whether they may change."""
        return super().get_queryset(request).select_related("version")

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        """Let a question be taken out although choices point at it: they go with it."""
        formset = super().get_formset(request, obj, **kwargs)
        formset.form.hand_clean_DELETE = lambda form: None
        return formset


@admin.register(CourseVersion)
class CourseVersionAdmin(KeysetAdmin):
    """Drafts are written here; published versions are only read."""

    columns = COLUMNS
    search_label = _("Title")
    empty_words = _("No course yet. Add the first one.")
    fields = ("title", "pass_mark")
    inlines = [LessonInline, QuestionInline]
    actions_detail = ("assign", "revise")
    actions_submit_line = ("publish",)
    warn_unsaved_form = True

    def visible(self, request: HttpRequest) -> QuerySet:
        """Start from what this person may see."""
        return CourseVersion.objects.visible_to(person(request))

    def filled(self, rows: Any) -> Any:
        """Fetch what the lines show."""
        return rows.select_related("author").annotate(question_count=Count("questions"))

    def found(self, rows: Any, words: str) -> Any:
        """Search by title."""
        return rows.filter(title__icontains=words)

    def may_see(self, request: HttpRequest) -> bool:
        """Trainers share their courses."""
        return is_trainer(request.user)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple:
        """A draft is edited here; a published version is read-only by permission."""
        return ()

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Every trainer may begin one."""
        return is_trainer(request.user)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Drafts only."""
        return is_trainer(request.user) and (obj is None or obj.published_at is None)

    def has_publish_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        """Drafts only; without an id Unfold asks about the marker `publish`, which does nothing."""
        return (
            object_id is None
            or self._versions(request, object_id).filter(published_at=None).exists()
        )

    def has_published_permission(self, request: HttpRequest, object_id: str) -> bool:
        """Offered once the version is published."""
        return self._versions(request, object_id).published().exists()

    @staticmethod
    def _versions(request: HttpRequest, object_id: str) -> CourseVersionQuerySet:
        pk = int(object_id) if str(object_id).isdecimal() else 0
        return CourseVersion.objects.visible_to(person(request)).filter(pk=pk)

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Say so when somebody published the draft meanwhile; nothing was changed then."""
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except Refused as refusal:
            messages.error(request, say(refusal))
            return redirect(request.path)

    def save_model(self, request: HttpRequest, obj: CourseVersion, form: Any, change: Any) -> None:
        """Keep the draft; the first one brings its course along."""
        if change:
            courses.lock_draft(version_id=obj.pk)
        else:
            by = me(request)
            obj.course = courses.begin(title=obj.title, by=by, at=timezone.now())
            obj.author = person(request)
        super().save_model(request, obj, form, change)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Keep the lessons and questions, and write down who did it."""
        super().save_related(request, form, formsets, change)
        by = me(request)
        courses.note_edit(version_id=form.instance.pk, by=by, at=timezone.now())

    def response_change(self, request: HttpRequest, obj: CourseVersion) -> HttpResponse:
        """Publish what was just saved, if that was the button; else as usual."""
        if PUBLISH not in request.POST:
            return super().response_change(request, obj)
        try:
            courses.publish(version_id=obj.pk, by=me(request), at=timezone.now())
        except Refused as refusal:
            messages.error(request, gettext("Saved, but not published.") + " " + say(refusal))
        else:
            messages.success(request, gettext("Published. You can assign people now."))
        return redirect(request.path)

    def response_add(
        self, request: HttpRequest, obj: CourseVersion, post_url_continue: str | None = None
    ) -> HttpResponse:
        """Stay on the draft: publishing comes next."""
        messages.success(request, gettext("Draft saved. Publish it when it is finished."))
        return redirect(reverse("admin:training_courseversion_change", args=[obj.pk]))

    @action(description=_("Save and publish"), permissions=["publish"])
    def publish(self, request: HttpRequest, obj: CourseVersion) -> None:
        """Show the button; `response_change` publishes, once questions are saved too."""

    @action(
        description=_("Assign people"),
        permissions=["published"],
        url_path="assign",
        icon="group_add",
    )
    def assign(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Choose people and a due date."""
        version = self.get_object(request, object_id)
        form = AssignForm(request.POST or None, trainer=person(request), course=version.course)
        if request.method == "POST" and form.is_valid():
            try:
                made = assignments.assign(
                    course_id=version.course_id,
                    user_ids=form.chosen,
                    due_on=form.cleaned_data["due_on"],
                    by=me(request),
                    at=timezone.now(),
                )
            except Refused as refusal:
                form.add_error(None, say(refusal))
            else:
                messages.success(request, _assigned_words(len(made)))
                return redirect(reverse("admin:training_assignment_changelist"))
        title = gettext("Assign people: %(course)s") % {"course": version.title}
        return self.page(request, "training/assign.html", form=form, title=title, original=version)

    @action(
        description=_("Make a new version"),
        permissions=["published"],
        url_path="revise",
        icon="edit",
    )
    def revise(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Ask first, then copy the version published last into a draft."""
        version = self.get_object(request, object_id)
        if request.method != "POST":
            title = gettext("New version: %(course)s") % {"course": version.title}
            return self.page(request, "training/revise.html", title=title, original=version)
        try:
            draft = courses.revise(course_id=version.course_id, by=me(request), at=timezone.now())
        except Refused as refusal:
            messages.error(request, say(refusal))
            draft = version.course.versions.filter(published_at=None).first() or version
        return redirect(reverse("admin:training_courseversion_change", args=[draft.pk]))


def _assigned_words(count: int) -> str:
    words = ngettext(
        "%(n)s person has this course now.", "%(n)s people have this course now.", count
    )
    return words % {"n": count}
