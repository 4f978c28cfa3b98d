"""What was said on a ticket."""

from rest_framework import serializers

from common.domain.actors import ActorKind
from tickets.actions.conversation import MAX_LENGTH
from tickets.api.serializers.fields import Moment, Strict, Text
from tickets.api.serializers.tickets import names
from tickets.models import Message


class MessageSeen(serializers.Serializer):
    """A message as staff see it."""

    at = Moment()
    visibility = serializers.ChoiceField(choices=Message.Visibility.values)
    author_kind = serializers.ChoiceField(choices=names(ActorKind))
    author = serializers.CharField(source="user.name", allow_null=True, default=None)
    body = serializers.CharField()


class BuyerWords(Strict):
    """What the buyer says."""

    body = Text(min_length=1, max_length=MAX_LENGTH)


class PublicMessage(serializers.Serializer):
    """A message as the buyer sees it."""

    at = Moment()
    author = serializers.SerializerMethodField()
    body = serializers.CharField()

    def get_author(self, message: Message) -> str:
        """Return BUYER or SHOP: who of the shop wrote is the shop's affair."""
        return "BUYER" if message.author_kind == ActorKind.BUYER else "SHOP"
