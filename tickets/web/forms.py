"""What buyers fill in. Forms check shape and show it at the field; rules stay in the actions."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from orders.domain.proofs import TAIL_DIGITS
from orders.domain.reasons import MAX_DETAIL_LENGTH, REASONS, Detail, ReasonCode
from tickets.actions.conversation import MAX_LENGTH
from tickets.domain.tokens import CODE_DIGITS
from tickets.web import words
from tickets.web.lines import LineView

WHOLE_ORDER = "0"


class PlainForm(forms.Form):
    """A form whose fields are shown by common/field.html, without colons."""

    required_css_class = "required"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs | {"label_suffix": ""})


def _choices_of(form: forms.Form, name: str, choices: list[tuple[str, str]]) -> None:
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)  # noqa: S101 - for the type checker
    field.choices = choices


class DigitsField(forms.CharField):
    """So many digits, typed on a number pad, with or without gaps."""

    def __init__(self, *, digits: int, **kwargs: Any) -> None:
        self.digits = digits
        super().__init__(max_length=40, **kwargs)
        self.widget.attrs |= {"inputmode": "numeric", "maxlength": digits + 4}

    def to_python(self, value: Any) -> str:
        """Return bare digits: full-width ones, spaces and dashes are typing, not meaning."""
        typed = super().to_python(value) or ""
        return re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", typed))

    def validate(self, value: str) -> None:
        """Refuse anything but exactly so many digits."""
        super().validate(value)
        if not re.fullmatch(rf"[0-9]{{{self.digits}}}", value):
            raise forms.ValidationError(
                _("Please type %(count)s digits."), params={"count": self.digits}
            )


class FindForm(PlainForm):
    """The order's number and the last digits of the phone it was ordered with."""

    number = forms.CharField(
        label=_("Order number"),
        max_length=40,
        widget=forms.TextInput({"autocomplete": "off", "autocapitalize": "characters"}),
    )
    digits = DigitsField(
        digits=TAIL_DIGITS,
        label=_("Last four digits of your phone number"),
        help_text=_("The phone number you gave with the order."),
        widget=forms.TextInput({"autocomplete": "off"}),
    )

    def clean_number(self) -> str:
        """Take full-width digits and letters for what they are."""
        return unicodedata.normalize("NFKC", self.cleaned_data["number"]).strip()[:40]


class CodeForm(PlainForm):
    """The one-time code."""

    code = DigitsField(
        digits=CODE_DIGITS,
        label=_("Six-digit code"),
        widget=forms.TextInput({"autocomplete": "one-time-code"}),
    )


class ChoiceForm(forms.Form):
    """Which lines, and how many units of each; lines are named by their place in the order."""

    def __init__(self, lines: Sequence[LineView], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lines = lines
        for line in lines:
            self.fields[f"pick-{line.place}"] = forms.BooleanField(required=False)
            self.fields[f"quantity-{line.place}"] = forms.IntegerField(
                required=False, min_value=1, max_value=line.free
            )

    def rows(self) -> Iterator[dict[str, Any]]:
        """Yield each line with its two fields as they were typed."""
        for line in self.lines:
            yield {
                "line": line,
                "pick": self[f"pick-{line.place}"],
                "quantity": self[f"quantity-{line.place}"],
            }

    def clean(self) -> dict[str, Any]:
        """Refuse an empty choice, and a chosen line without a number of units."""
        cleaned = super().clean() or {}
        chosen = [line for line in self.lines if cleaned.get(f"pick-{line.place}")]
        if not chosen:
            self.add_error(None, _("Choose at least one item."))
        for line in chosen:
            name = f"quantity-{line.place}"
            if cleaned.get(name) is None and name not in self.errors:
                # The page shows the number only where there is a choice.
                if line.free == 1:
                    cleaned[name] = 1
                else:
                    self.add_error(name, _("How many?"))
        return cleaned

    def chosen(self) -> dict[int, int]:
        """Return the units of each chosen line, by its place."""
        return {
            line.place: self.cleaned_data[f"quantity-{line.place}"]
            for line in self.lines
            if self.cleaned_data.get(f"pick-{line.place}")
        }


class ReasonForm(PlainForm):
    """Why, and exactly what that reason asks for."""

    reason = forms.ChoiceField(
        label=_("Why do you want to cancel?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose the reason that fits best.")},
    )
    same = forms.BooleanField(required=False, label=_("The same reason for all the other items"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = [reason for reason in REASONS.values() if reason.by_buyer]
        self.offered = [(r.code.value, words.reason(r.code)) for r in offered]
        _choices_of(self, "reason", self.offered)
        for detail in Detail:
            is_long = detail is Detail.DESCRIPTION
            self.fields[detail.value] = forms.CharField(
                required=False,
                label=words.detail(detail),
                max_length=MAX_DETAIL_LENGTH,
                widget=forms.Textarea({"rows": 4}) if is_long else forms.TextInput,
            )

    def choices(self) -> list[dict[str, Any]]:
        """Return each reason offered, and what it needs, for the page."""
        given = self["reason"].value()
        return [
            {
                "code": code,
                "label": label,
                "needs": REASONS[ReasonCode(code)].required,
                "is_chosen": code == given,
            }
            for code, label in self.offered
        ]

    def details(self) -> list[forms.BoundField]:
        """Return the fields that some reason needs."""
        return [self[detail.value] for detail in Detail]

    def clean(self) -> dict[str, Any]:
        """Refuse a reason without what it requires, at the field."""
        cleaned = super().clean() or {}
        code = cleaned.get("reason")
        for detail in REASONS[ReasonCode(code)].required if code else ():
            if not cleaned.get(detail.value) and detail.value not in self.errors:
                self.add_error(detail.value, _("Please fill this in for the reason you chose."))
        return cleaned

    def wanted(self) -> dict[str, str]:
        """Return what the chosen reason requires, and nothing left over from another one."""
        reason = REASONS[ReasonCode(self.cleaned_data["reason"])]
        return {d.value: self.cleaned_data[d.value] for d in reason.required}


class SendForm(PlainForm):
    """The last step: for an order without an address, where to write."""

    key = forms.CharField(max_length=60, widget=forms.HiddenInput)
    email = forms.EmailField(
        required=False,
        label=_("E-mail for news about this request (optional)"),
        widget=forms.EmailInput({"autocomplete": "email"}),
    )


class TextForm(PlainForm):
    """Words to the shop. `key` is made for each page, so that a second click sends nothing new."""

    key = forms.CharField(max_length=60, widget=forms.HiddenInput)
    text = forms.CharField(
        label=_("Your message"),
        max_length=MAX_LENGTH,
        widget=forms.Textarea({"rows": 5}),
        error_messages={"required": _("Write something first.")},
    )


class QuestionForm(TextForm):
    """A question about the order or one item of it."""

    about = forms.ChoiceField(label=_("What is it about?"), required=False)
    field_order = ("about", "text", "key")

    def __init__(self, lines: Sequence[LineView], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        items = [(str(line.place), line.name) for line in lines]
        _choices_of(self, "about", [(WHOLE_ORDER, str(_("The whole order"))), *items])
