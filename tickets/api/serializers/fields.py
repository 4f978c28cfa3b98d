"""The few forms that values take in the API; writing fields take one type and no other."""

from datetime import UTC, datetime
from typing import Any

from django.utils.translation import gettext
from rest_framework import serializers

from common.domain.money import CURRENCIES


class Text(serializers.CharField):
    """A text and nothing else: 7 is not "7"."""

    def run_validation(self, data: Any = serializers.empty) -> Any:
        """Refuse other types before they are made into texts."""
        if data is not serializers.empty and data is not None and not isinstance(data, str):
            self.fail("invalid")
        return super().run_validation(data)


class Whole(serializers.IntegerField):
    """A whole number and nothing else: neither "7" nor 7.0 nor true."""

    def to_internal_value(self, data: Any) -> int:
        """Refuse other types."""
        if not isinstance(data, int) or isinstance(data, bool):
            self.fail("invalid")
        return super().to_internal_value(data)


class Choice(serializers.ChoiceField):
    """One of some texts."""

    def to_internal_value(self, data: Any) -> Any:
        """Refuse what is no text."""
        if not isinstance(data, str):
            self.fail("invalid_choice", input=type(data).__name__)
        return super().to_internal_value(data)


class Email(serializers.EmailField, Text):
    """An address that fits the column."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**({"max_length": 254} | kwargs))


class Day(serializers.DateField):
    """A day as 2026-11-09."""

    def to_internal_value(self, value: Any) -> Any:
        """Refuse what is no text."""
        if not isinstance(value, str):
            self.fail("invalid", format="YYYY-MM-DD")
        return super().to_internal_value(value)


class Moment(serializers.DateTimeField):
    """A moment in UTC: 2026-11-09T01:00:00Z."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**({"default_timezone": UTC} | kwargs))


class Strict(serializers.Serializer):
    """A body whose every field is known: what nobody reads is refused, never dropped."""

    def to_internal_value(self, data: Any) -> Any:
        """Refuse unknown fields, nested ones too."""
        if isinstance(data, dict):
            unknown = [name for name in data if name not in self.fields]
            if unknown:
                raise serializers.ValidationError(
                    {name[:80]: [gettext("This field is not known.")] for name in unknown[:20]}
                )
        return super().to_internal_value(data)


class NoBody(Strict):
    """Nothing but the address: an empty object, or no body at all."""


class Money(serializers.Serializer):
    """Minor units of a currency: won has none smaller, a pound has 100 pence."""

    amount = serializers.IntegerField()
    currency = serializers.ChoiceField(choices=sorted(CURRENCIES))


class Problem(serializers.Serializer):
    """Why not, by RFC 9457: `code` for programs, `detail` for people, in Accept-Language."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    code = serializers.CharField()
    detail = serializers.CharField()
    facts = serializers.DictField(required=False, help_text="What the detail speaks of.")
    fields = serializers.DictField(required=False, help_text="Field by field what is wrong.")  # type: ignore[assignment]


def money(amount: int | None, currency: str) -> dict[str, int | str] | None:
    """Return an amount as the API writes it, None for one nobody knows."""
    return None if amount is None else {"amount": amount, "currency": currency}


def moment(value: datetime | None) -> str | None:
    """Return a moment as the API writes it."""
    return None if value is None else Moment().to_representation(value)
