"""What a buyer does with the key to an order: look, ask, follow, write, change one's mind."""

from typing import Any
from uuid import UUID

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from common import addresses
from common.domain.actors import Actor
from common.errors import Refused
from common.keyset import KeysetPagination
from orders.actions import claims
from orders.domain.channels import capabilities
from orders.domain.reasons import REASONS
from orders.models import Order, OrderLine
from tickets.actions import conversation, limits, opening, verbs
from tickets.actions.opening import AskAtMarketplace, Contact, Expectation, Wish
from tickets.actions.verbs import Terms
from tickets.api.base import BuyerView, address_of
from tickets.api.serializers.buyers import NewRequest, OwnOrder, OwnTicket, RequestSeen
from tickets.api.serializers.fields import NoBody
from tickets.api.serializers.messages import BuyerWords, PublicMessage
from tickets.domain.states import Verb
from tickets.models import BuyerRequest, Message, Ticket

OF_TICKETS = (
    "tickets__store",
    "tickets__claim__line",
    "tickets__claim__refunds",
    "tickets__clocks",
)


class OwnOrderView(BuyerView):
    """The order that the token opens."""

    @extend_schema(operation_id="order_read", responses=OwnOrder)
    def get(self, request: Request) -> Response:
        """Show the order: its lines, what can still be asked for and why, and what was asked."""
        order, now = self.order, timezone.now()
        lines = list(order.lines.select_related("product").order_by("id"))
        hindrance = _hindrance(order)
        free = [line for line in lines if hindrance is None and claims.hindrance(line) is None]
        seen = {
            "order": order,
            "expires_at": self.key.expires_at,
            "lines": lines,
            "reasons": [reason for reason in REASONS.values() if reason.by_buyer],
            "next": _next_step(order, free, now),
            "requests": _requests(order),
        }
        context = {"currency": order.store.currency, "hindrance": hindrance}
        return Response(OwnOrder(seen, context=context).data)


def _hindrance(order: Order) -> Refused | None:
    asks_here = capabilities(order.store.channel).buyer_asks_here
    return None if asks_here else AskAtMarketplace()


def _next_step(order: Order, free: list[OrderLine], at: Any) -> Expectation | None:
    if not free:
        return None
    return opening.expectation(store=order.store, line=free[0], quantity=1, at=at)


def _requests(order: Order) -> Any:
    return order.requests.prefetch_related(*OF_TICKETS).order_by("id")


class Requests(BuyerView):
    """What the buyer asks for."""

    @extend_schema(operation_id="request_create", request=NewRequest, responses={201: RequestSeen})
    def post(self, request: Request) -> Response:
        """Ask to cancel units of one or more lines: one ticket a line, or none at all."""
        given = self.given(NewRequest)
        recipient = given.get("email", "") or self.order.email
        limits.count_form(
            address=addresses.address_of(request),
            order=self.order,
            recipient=recipient,
            at=timezone.now(),
        )
        status, body = self.do_once(lambda: (201, self._open(given)))
        # The page's address holds a token: it is made again for each answer, never kept.
        made = get_object_or_404(self.order.requests, public_id=body["public_id"])
        body |= {"status_url": RequestSeen(made).get_status_url(made)}
        location = address_of("api:request", public_id=made.public_id)
        return Response(body, status=status, headers={"Location": location})

    def _open(self, given: dict[str, Any]) -> dict[str, Any]:
        made = opening.open_request(
            order=self.order,
            wishes=self._wishes(given["lines"]),
            contact=Contact(given.get("email", ""), given["locale"], BuyerRequest.Source.API),
            by=Actor.buyer(),
            at=timezone.now(),
        )
        seen = RequestSeen(_requests(self.order).get(pk=made.pk)).data
        return {**seen, "status_url": ""}

    def _wishes(self, lines: list[dict[str, Any]]) -> list[Wish]:
        ids = dict(self.order.lines.values_list("line_key", "pk"))
        unknown = [line["line_key"] for line in lines if line["line_key"] not in ids]
        if unknown:
            raise ValidationError({"lines": [gettext("This item does not belong to the order.")]})
        return [
            Wish(ids[w["line_key"]], w["quantity"], w["reason"], dict(w.get("details", {})))
            for w in lines
        ]


class OneRequest(BuyerView):
    """One request of the order."""

    @extend_schema(operation_id="request_read", responses=RequestSeen)
    def get(self, request: Request, public_id: UUID) -> Response:
        """Show how far a request got."""
        found = get_object_or_404(_requests(self.order), public_id=public_id)
        return Response(RequestSeen(found).data)


class _OfTicket(BuyerView):
    """Something about one ticket of one request of the order."""

    def ticket(self) -> Ticket:
        """Return the ticket; a foreign one and a missing one are both not found."""
        found = (
            Ticket.objects.for_queue()
            .prefetch_related("claim__refunds", "clocks")
            .filter(
                request__order=self.order,
                request__public_id=self.kwargs["public_id"],
                public_id=self.kwargs["ticket_id"],
            )
            .first()
        )
        if found is None:
            raise Http404
        return found


class _BuyerVerb(_OfTicket):
    """A verb of the buyer's."""

    verb: Verb

    def perform(self) -> Response:
        """Do the verb and show the ticket."""
        self.given(NoBody)
        status, body = self.do_once(self._work)
        return Response(body, status=status)

    def _work(self) -> tuple[int, dict[str, Any]]:
        verbs.perform(
            ticket_id=self.ticket().pk,
            verb=self.verb,
            by=Actor.buyer(),
            at=timezone.now(),
            terms=Terms(),
        )
        return 200, dict(OwnTicket(self.ticket()).data)


class Withdraw(_BuyerVerb):
    """Keep the order after all."""

    verb = Verb.WITHDRAW

    @extend_schema(operation_id="request_withdraw", request=NoBody, responses=OwnTicket)
    def post(self, request: Request, **_ids: UUID) -> Response:
        """Take the request back; possible until the refund is being sent."""
        return self.perform()


class Reopen(_BuyerVerb):
    """Ask again."""

    verb = Verb.REOPEN

    @extend_schema(operation_id="request_reopen", request=NoBody, responses=OwnTicket)
    def post(self, request: Request, **_ids: UUID) -> Response:
        """Take a refused request up again, for some days after the refusal."""
        return self.perform()


class OwnMessages(_OfTicket):
    """The conversation with the shop."""

    pagination_class = KeysetPagination
    keyset = ("id",)
    queryset = Message.objects.none()

    @extend_schema(operation_id="request_messages", responses=PublicMessage(many=True))
    def get(self, request: Request, **_ids: UUID) -> Response:
        """List what was said, oldest first."""
        page = self.paginate_queryset(self.ticket().messages.public())
        return self.get_paginated_response(PublicMessage(page, many=True).data)

    @extend_schema(operation_id="request_write", request=BuyerWords, responses={201: PublicMessage})
    def post(self, request: Request, **_ids: UUID) -> Response:
        """Write to the shop; an answer it waits for sends the ticket back into review."""
        given = self.given(BuyerWords)
        ticket_id = self.ticket().pk
        status, body = self.do_once(lambda: (201, self._write(ticket_id, given["body"])))
        return Response(body, status=status)

    @staticmethod
    def _write(ticket_id: int, body: str) -> dict[str, Any]:
        written = conversation.buyer_writes(
            ticket_id=ticket_id, body=body, at=timezone.now(), channel="API"
        )
        return dict(PublicMessage(written).data)
