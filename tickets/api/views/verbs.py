"""What staff do with a ticket: one address a verb, each with the body it needs and no other."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import MappingProxyType
from typing import Any, Final
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from orders.models import Membership
from tickets.actions import desk, verbs
from tickets.actions.decisions import VersionChanged
from tickets.actions.verbs import Terms
from tickets.api import parsing
from tickets.api.serializers import writing
from tickets.api.serializers.fields import NoBody
from tickets.api.serializers.tickets import TicketSeen
from tickets.api.views.tickets import TicketView
from tickets.domain.states import Verb
from tickets.models import Ticket

BODIES: Final[Mapping[Verb, tuple[Any, str]]] = MappingProxyType(
    {
        Verb.TAKE: (NoBody, "Begin the review; the ticket becomes yours."),
        Verb.ASK: (writing.Question, "Ask the buyer and wait for the answer."),
        Verb.STOP_WAITING: (NoBody, "Go on without the buyer's answer."),
        Verb.APPROVE: (NoBody, "Approve within your limit, or what a colleague proposed."),
        Verb.REFUSE: (writing.RefusalTerms, "Refuse on a lawful ground, with words to the buyer."),
        Verb.PROPOSE: (writing.ProposalTerms, "Put a decision to another person."),
        Verb.DECLINE: (writing.DeclineTerms, "Say no to what a colleague proposed."),
        Verb.RECALL: (NoBody, "Take your own proposal back."),
        Verb.ACCEPT_RETURN: (NoBody, "Let the buyer send the goods back."),
        Verb.GOODS_BACK: (writing.GoodsTerms, "Book returned goods in; the law counts from there."),
        Verb.GOODS_MISSING: (NoBody, "Go on with a return whose goods have not come."),
        Verb.REOPEN: (NoBody, "Take a refused claim or a resolved inquiry up again."),
        Verb.RESOLVE: (NoBody, "Close an inquiry."),
    }
)


class StaleVersion(VersionChanged):
    """If-Match names a version that is not the present one."""

    status = 412


@contextmanager
def as_precondition() -> Iterator[None]:
    """Say a changed version as HTTP does for If-Match."""
    try:
        yield
    except VersionChanged as refusal:
        raise StaleVersion(**refusal.facts) from None


class VerbView(TicketView):
    """One verb on one ticket."""

    versioned = True
    verb: Verb
    takes: Any

    def post(self, request: Request, public_id: UUID) -> Response:
        """Do it, or say why not; the answer is the ticket as it is afterwards."""
        given, ticket = self.given(self.takes), self.ticket()
        terms = Terms(**given, seen_version=parsing.seen_version(request))
        return self.tagged(*self.do_once(lambda: (200, self._perform(ticket, terms))))

    def _perform(self, ticket: Ticket, terms: Terms) -> dict[str, Any]:
        with as_precondition():
            moved = verbs.perform(
                ticket_id=ticket.pk, verb=self.verb, by=self.by, at=timezone.now(), terms=terms
            )
        return self.seen(moved)


def verb_view(verb: Verb) -> type[VerbView]:
    """Return the view of a verb, documented with its own body."""
    takes, sentence = BODIES[verb]
    name = "".join(part.capitalize() for part in verb.value.split("_"))
    view = type(name, (VerbView,), {"verb": verb, "takes": takes, "__doc__": sentence})
    said = extend_schema(
        operation_id=f"ticket_{verb.value}",
        description=sentence,
        request=takes,
        responses=TicketSeen,
    )
    return extend_schema_view(post=said)(view)


class Assign(TicketView):
    """Who has the ticket."""

    versioned = True

    @extend_schema(operation_id="ticket_assign", request=writing.Assignment, responses=TicketSeen)
    def post(self, request: Request, public_id: UUID) -> Response:
        """Give the ticket to somebody of its store, to yourself ("me") or to nobody (null)."""
        ticket = self.ticket()
        user_id = self._user_id(ticket, self.given(writing.Assignment)["assignee"])
        seen = parsing.seen_version(request)
        return self.tagged(*self.do_once(lambda: (200, self._assign(ticket, user_id, seen))))

    def _assign(self, ticket: Ticket, user_id: int | None, seen: int | None) -> dict[str, Any]:
        with as_precondition():
            desk.assign(
                ticket_id=ticket.pk, user_id=user_id, by=self.by, at=timezone.now(),
                seen_version=seen,
            )  # fmt: skip
        return self.seen(ticket)

    def _user_id(self, ticket: Ticket, assignee: str | None) -> int | None:
        if assignee in (None, "me"):
            return self.request.user.pk if assignee else None
        # Among the store's own people only: nothing is said about addresses elsewhere.
        people = Membership.objects.filter(store=ticket.store_id, user__email__iexact=assignee)
        user_id = people.values_list("user_id", flat=True).first()
        if user_id is None:
            raise ValidationError({"assignee": [gettext("Nobody of this store has this address.")]})
        return user_id
