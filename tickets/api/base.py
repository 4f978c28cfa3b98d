"""What every view of the API does: bounded JSON in, problem+json on refusal, nothing cached."""

from collections.abc import Callable
from typing import Any, cast

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.generics import GenericAPIView
from rest_framework.permissions import SAFE_METHODS
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer

from common import idempotency
from common.domain.actors import Actor
from common.models import User
from orders.models import Order
from tickets.api import parsing
from tickets.api.auth import BuyerKey, BuyerTokenAuthentication, StaffTokenAuthentication
from tickets.api.permissions import BuyerKeyHeld, StaffScope, WriteThrottle, caller
from tickets.api.schema import DeskSchema

Work = Callable[[], tuple[int, dict[str, Any]]]


class ApiView(GenericAPIView):
    """A view that takes no more than it names: neither in the body nor in the address."""

    parser_classes = [parsing.BoundedJSONParser]
    renderer_classes = [JSONRenderer]
    content_negotiation_class = parsing.JsonAlways
    metadata_class = None
    pagination_class: Any = None
    filter_backends: Any = []
    schema: Any = DeskSchema()
    tag = "tickets"

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Refuse query parameters that nobody reads: a mistyped filter would show everything."""
        super().initial(request, *args, **kwargs)
        known = self._parameters() if request.method in SAFE_METHODS else frozenset()
        wrong = {
            name: [gettext("This parameter is not known, empty or given twice.")]
            for name, values in request.query_params.lists()
            if name not in known or len(values) != 1 or not values[0]
        }
        if wrong:
            raise ValidationError(wrong)

    def finalize_response(
        self, request: Request, response: Response, *args: Any, **kwargs: Any
    ) -> Response:
        """Let nobody between us and the client keep what was said."""
        answer = super().finalize_response(request, response, *args, **kwargs)
        answer.headers.setdefault("Cache-Control", "no-store")
        return answer

    def given(self, serializer: type[BaseSerializer]) -> Any:
        """Return the checked body, or refuse it."""
        body = serializer(data=self.request.data)
        body.is_valid(raise_exception=True)
        return body.validated_data

    def do_once(self, work: Work) -> tuple[int, dict[str, Any]]:
        """Do the work, or return its first answer when the Idempotency-Key was seen before."""
        key = parsing.idempotency_key(self.request)
        if key is None:
            return work()
        return idempotency.once(
            scope=f"api:{caller(self.request)}",
            key=key,
            digest=idempotency.body_hash(self.request.method, self.request.path, self.request.data),
            at=timezone.now(),
            work=work,
        )

    def _parameters(self) -> frozenset[str]:
        pages = self.pagination_class.parameters if self.pagination_class else frozenset()
        filters = getattr(self, "filterset_class", None)
        return pages | frozenset(filters.base_filters if filters else ())


class StaffView(ApiView):
    """For staff and integrations, with a knox token."""

    authentication_classes = [StaffTokenAuthentication]
    permission_classes = [StaffScope]
    throttle_classes = [WriteThrottle]

    @property
    def by(self) -> Actor:
        """Return who acts."""
        return Actor.staff(cast(User, self.request.user).pk)


class BuyerView(ApiView):
    """For whoever proved to be the buyer of one order."""

    authentication_classes = [BuyerTokenAuthentication]
    permission_classes = [BuyerKeyHeld]
    throttle_classes = [WriteThrottle]
    tag = "buyer"

    @property
    def key(self) -> BuyerKey:
        """Return the key that was shown."""
        return cast(BuyerKey, self.request.auth)

    @property
    def order(self) -> Order:
        """Return the order that the key opens."""
        return self.key.order


class NothingHere(ApiView):
    """Any other address below /api/: a 404 for programs, whatever is asked and however."""

    authentication_classes: Any = []
    permission_classes: Any = []
    schema: Any = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Say no before anything is looked at."""
        raise NotFound()


def address_of(name: str, **kwargs: Any) -> str:
    """Return the full address of a view, from the setting, never from the Host header."""
    return f"{settings.SITE_URL}{reverse(name, kwargs=kwargs)}"
