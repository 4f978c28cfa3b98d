"""Bodies that staff and integrations send. What a body does not name cannot be set."""

from rest_framework import serializers

from orders.domain.grounds import GroundCode
from orders.domain.reasons import MAX_DETAIL_LENGTH, ReasonCode
from tickets.actions.conversation import MAX_LENGTH
from tickets.actions.opening import MAX_SUBJECT
from tickets.api.serializers.fields import Choice, Day, Email, Strict, Text, Whole
from tickets.api.serializers.tickets import names
from tickets.domain.states import Verb
from tickets.models import Message

MAX_NOTE = 500
MAX_UNITS = 1_000_000


class Details(Strict):
    """What the reason asks for, in the buyer's words."""

    description = Text(required=False, max_length=MAX_DETAIL_LENGTH)
    wanted_option = Text(required=False, max_length=MAX_DETAIL_LENGTH)
    received_option = Text(required=False, max_length=MAX_DETAIL_LENGTH)


class _New(Strict):
    """What every new ticket says."""

    store = Text(min_length=1, max_length=50, help_text="The store's short name.")
    order_number = Text(min_length=1, max_length=40)
    email = Email(required=False, help_text="Where the buyer is told; else the order's address.")
    locale = Choice(choices=["ko", "en"], required=False, default="ko")


class NewCancellation(_New):
    """Units of one order line, and why."""

    kind = Choice(choices=["C"])
    line_key = Text(min_length=1, max_length=80)
    quantity = Whole(min_value=1, max_value=MAX_UNITS)
    reason = Choice(choices=names(ReasonCode))
    details = Details(required=False)


class NewInquiry(_New):
    """A question about an order."""

    kind = Choice(choices=["I"])
    subject = Text(min_length=1, max_length=MAX_SUBJECT)
    body = Text(min_length=1, max_length=MAX_LENGTH)


NEW = {"C": NewCancellation, "I": NewInquiry}


class NewKind(serializers.Serializer):
    """The kind alone, to know which of the two a body is."""

    kind = Choice(choices=sorted(NEW))


class NewMessage(Strict):
    """A reply to the buyer, or a note that only staff see."""

    body = Text(min_length=1, max_length=MAX_LENGTH)
    visibility = Choice(choices=Message.Visibility.values)


class Assignment(Strict):
    """Who gets the ticket: an e-mail of the store's staff, "me", or null for nobody."""

    assignee = Text(allow_null=True, min_length=1, max_length=254)


class Question(Strict):
    """What the buyer is asked."""

    text = Text(min_length=1, max_length=MAX_LENGTH)


class RefusalTerms(Strict):
    """The lawful ground and the words to the buyer; the second person confirms without any."""

    ground = Choice(choices=names(GroundCode), required=False)
    text = Text(required=False, min_length=1, max_length=MAX_LENGTH)


class ProposalTerms(RefusalTerms):
    """What is proposed to another person; refusing needs its ground and text."""

    decision = Choice(choices=[Verb.APPROVE.value, Verb.REFUSE.value])
    note = Text(required=False, max_length=MAX_NOTE)


class DeclineTerms(Strict):
    """Why not, for the colleague who proposed."""

    note = Text(required=False, max_length=MAX_NOTE)


class GoodsTerms(Strict):
    """The day the goods came back."""

    on = Day()
