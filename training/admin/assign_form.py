"""Whom to send to a course, and until when."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.models import User
from training.domain.due import day_of
from training.models import Assignment, Course
from training.querysets import people_of


class AssignForm(forms.Form):
    """People of the trainer's stores; those who have the course open cannot be ticked again."""

    due_on = forms.DateField(
        label=_("Due"),
        help_text=_("Until the end of this day."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d"],
    )

    def __init__(self, *args: Any, trainer: User, course: Course, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["due_on"].widget.attrs["min"] = day_of(timezone.now()).isoformat()
        rows = Assignment.objects.open().filter(course=course)
        self.waiting = set(rows.values_list("user_id", flat=True))
        self.people = list(people_of(trainer))

    @property
    def chosen(self) -> set[int]:
        """Ids as they were sent; the action judges them."""
        sent = self.data.getlist("people") if hasattr(self.data, "getlist") else []
        return {
            int(value) for value in sent if value.isascii() and value.isdigit() and len(value) < 19
        }

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The people as the page lists them."""
        return [
            {
                "id": person.pk,
                "name": person.name or person.email,
                "waits": person.pk in self.waiting,
                "ticked": person.pk in self.chosen,
            }
            for person in self.people
        ]
