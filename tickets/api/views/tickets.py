"""Tickets for staff and integrations: list, read, open."""

from typing import Any
from uuid import UUID

from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext
from django_filters.rest_framework import DjangoFilterBackend
from drf_spectacular.utils import PolymorphicProxySerializer, extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from common.keyset import KeysetPagination
from orders.models import Order
from tickets.actions import opening
from tickets.actions.opening import Contact, Wish
from tickets.api import parsing
from tickets.api.base import StaffView, address_of
from tickets.api.filters import TicketFilter
from tickets.api.permissions import visible
from tickets.api.serializers.tickets import TicketRow, TicketSeen
from tickets.api.serializers.writing import NEW, NewKind
from tickets.models import BuyerRequest, Ticket
from tickets.querysets import TicketQuerySet

NEW_TICKET = PolymorphicProxySerializer(
    component_name="NewTicket", serializers={**NEW}, resource_type_field_name="kind"
)


class TicketView(StaffView):
    """What views of one ticket share."""

    def ticket(self) -> Ticket:
        """Return the ticket; a foreign one and a missing one are both not found."""
        found = _for_api(self.request).filter(public_id=self.kwargs["public_id"]).first()
        if found is None:
            raise Http404
        return found

    def seen(self, ticket: Ticket) -> dict[str, Any]:
        """Return the ticket as this person sees it now."""
        fresh = _for_api(self.request).get(pk=ticket.pk)
        return dict(TicketSeen(fresh, context={"by": self.by}).data)

    @staticmethod
    def tagged(status: int, body: dict[str, Any], **headers: str) -> Response:
        """Answer with a ticket and its version."""
        headers |= {"ETag": parsing.etag(body["version"])}
        return Response(body, status=status, headers=headers)


def _for_api(request: Request) -> TicketQuerySet:
    tickets = visible(Ticket.objects.all(), request).for_queue()  # type: ignore[attr-defined]
    return tickets.select_related(
        "store", "assignee", "order", "claim__line__product", "request", "parent", "merged_into",
        "decided_by",
    ).prefetch_related("claim__refunds")  # fmt: skip


class Tickets(TicketView):
    """The desk's tickets."""

    pagination_class = KeysetPagination
    keyset = ("-received_at", "-id")
    filter_backends = [DjangoFilterBackend]
    filterset_class = TicketFilter
    queryset = Ticket.objects.none()
    may_hide = True

    @extend_schema(operation_id="ticket_list", responses=TicketRow(many=True))
    def get(self, request: Request) -> Response:
        """List the tickets you may see, newest first."""
        tickets = visible(Ticket.objects.all(), request).for_queue()  # type: ignore[attr-defined]
        rows = tickets.select_related("request").prefetch_related("claim__refunds")
        page = self.paginate_queryset(self.filter_queryset(rows))
        return self.get_paginated_response(TicketRow(page, many=True).data)

    @extend_schema(operation_id="ticket_create", request=NEW_TICKET, responses={201: TicketSeen})
    def post(self, request: Request) -> Response:
        """Open a ticket for an order: a cancellation of units of a line, or an inquiry."""
        given = self.given(self._body())
        order = self._order(given)
        status, body = self.do_once(lambda: (201, self.seen(self._open(order, given))))
        location = address_of("api:ticket", public_id=body["public_id"])
        return self.tagged(status, body, Location=location)

    def _body(self) -> Any:
        """Return the kind's own body; what belongs to the other kind is not known there."""
        kind = NewKind(data=self.request.data)
        kind.is_valid(raise_exception=True)
        return NEW[kind.validated_data["kind"]]

    def _order(self, given: dict[str, Any]) -> Order:
        orders = visible(Order.objects.select_related("store"), self.request)
        found = orders.filter(store__slug=given["store"], number=given["order_number"]).first()
        if found is None:
            raise Http404
        return found

    def _open(self, order: Order, given: dict[str, Any]) -> Ticket:
        contact = Contact(given.get("email", ""), given["locale"], BuyerRequest.Source.API)
        at = timezone.now()
        if given["kind"] == "I":
            made = opening.open_inquiry(
                order=order, subject=given["subject"], body=given["body"], contact=contact,
                by=self.by, at=at,
            )  # fmt: skip
        else:
            made = opening.open_request(
                order=order, wishes=[_wish(order, given)], contact=contact, by=self.by, at=at
            )
        return made.tickets.get()


def _wish(order: Order, given: dict[str, Any]) -> Wish:
    line = order.lines.filter(line_key=given["line_key"]).first()
    if line is None:
        raise ValidationError({"line_key": [gettext("This item does not belong to the order.")]})
    return Wish(line.pk, given["quantity"], given["reason"], dict(given.get("details", {})))


class OneTicket(TicketView):
    """One ticket."""

    versioned = True

    @extend_schema(operation_id="ticket_read", responses=TicketSeen)
    def get(self, request: Request, public_id: UUID) -> Response:
        """Show a ticket: its clocks, its refund, and the verbs that you may use on it now."""
        body = dict(TicketSeen(self.ticket(), context={"by": self.by}).data)
        return self.tagged(200, body)
