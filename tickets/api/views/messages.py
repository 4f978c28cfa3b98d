"""The conversation of a ticket, with the notes."""

from typing import Any
from uuid import UUID

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from common.keyset import KeysetPagination
from tickets.actions import conversation
from tickets.api.serializers.messages import MessageSeen
from tickets.api.serializers.writing import NewMessage
from tickets.api.views.tickets import TicketView
from tickets.models import Message


class Messages(TicketView):
    """What was said on a ticket."""

    pagination_class = KeysetPagination
    keyset = ("id",)
    queryset = Message.objects.none()

    @extend_schema(operation_id="ticket_messages", responses=MessageSeen(many=True))
    def get(self, request: Request, public_id: UUID) -> Response:
        """List replies and notes, oldest first."""
        page = self.paginate_queryset(self.ticket().messages.select_related("user"))
        return self.get_paginated_response(MessageSeen(page, many=True).data)

    @extend_schema(operation_id="ticket_write", request=NewMessage, responses={201: MessageSeen})
    def post(self, request: Request, public_id: UUID) -> Response:
        """Reply to the buyer (PUBLIC), or leave a note (NOTE) that only staff see."""
        given, ticket_id = self.given(NewMessage), self.ticket().pk
        status, body = self.do_once(lambda: (201, self._write(ticket_id, given)))
        return Response(body, status=status)

    def _write(self, ticket_id: int, given: dict[str, Any]) -> dict[str, Any]:
        is_public = given["visibility"] == Message.Visibility.PUBLIC
        write = conversation.reply if is_public else conversation.note
        written = write(ticket_id=ticket_id, body=given["body"], by=self.by, at=timezone.now())
        return dict(MessageSeen(written).data)
