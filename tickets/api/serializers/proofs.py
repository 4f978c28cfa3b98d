"""How a buyer proves to be one."""

from django.core.validators import RegexValidator
from rest_framework import serializers

from tickets.api.serializers.fields import Moment, Strict, Text


class ProofAsked(Strict):
    """The order, by its number, and the last four digits of the phone given with it."""

    store = Text(min_length=1, max_length=50, help_text="The store's short name.")
    order_number = Text(min_length=1, max_length=40)
    phone_last4 = Text(min_length=4, max_length=4, validators=[RegexValidator(r"^[0-9]{4}$")])


class ProofGiven(serializers.Serializer):
    """What to come back with, together with the code from the mail."""

    proof = serializers.CharField()
    expires_at = Moment()


class CodeGiven(Strict):
    """The proof, and the code that was mailed."""

    proof = Text(min_length=20, max_length=100)
    code = Text(min_length=1, max_length=20)


class KeyGiven(serializers.Serializer):
    """The key to one order: `Authorization: Buyer <token>`."""

    token = serializers.CharField()
    expires_at = Moment()
