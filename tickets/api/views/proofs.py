"""A buyer without a password proves to be the buyer: number and digits, then a mailed code."""

from typing import Any

from django.utils import timezone
from django.utils.translation import get_language, gettext
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.status import HTTP_201_CREATED, HTTP_202_ACCEPTED

from common.addresses import address_of
from orders.models import Store
from tickets.actions import proving
from tickets.api.base import ApiView
from tickets.api.serializers.proofs import CodeGiven, KeyGiven, ProofAsked, ProofGiven


class OrderProofs(ApiView):
    """Begin to prove who bought an order."""

    authentication_classes: Any = []
    permission_classes: Any = []
    tag = "buyer"
    refusals = (429,)

    @extend_schema(operation_id="order_proof_ask", request=ProofAsked, responses={202: ProofGiven})
    def post(self, request: Request) -> Response:
        """Ask for a code by mail.

        The answer is the same whether there is such an order or not, and whether the digits are
        right or not. An order without an e-mail gets no code: its buyer needs the seller's link.
        """
        given = self.given(ProofAsked)
        store = Store.objects.filter(slug=given["store"]).first()
        if store is None:
            raise ValidationError({"store": [gettext("There is no such store.")]})
        proof = proving.ask_code(
            store=store,
            number=given["order_number"],
            digits=given["phone_last4"],
            address=address_of(request),
            locale="en" if (get_language() or "ko").startswith("en") else "ko",
            at=timezone.now(),
        )
        body = ProofGiven({"proof": proof.token, "expires_at": proof.expires_at}).data
        return Response(body, status=HTTP_202_ACCEPTED)


class OrderProofCodes(ApiView):
    """Finish the proof."""

    authentication_classes: Any = []
    permission_classes: Any = []
    tag = "buyer"

    @extend_schema(operation_id="order_proof_code", request=CodeGiven, responses={201: KeyGiven})
    def post(self, request: Request) -> Response:
        """Trade the proof and its code for a token that opens the order for an hour.

        A wrong code, an old one and a proof of an order that does not exist look alike; five
        wrong codes end the proof.
        """
        given = self.given(CodeGiven)
        key, _order = proving.give_code(token=given["proof"], code=given["code"], at=timezone.now())
        body = KeyGiven({"token": key.token, "expires_at": key.expires_at}).data
        return Response(body, status=HTTP_201_CREATED)
