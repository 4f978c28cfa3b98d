"""The description of the API, for programs and for people; works without the internet."""

from functools import cache
from typing import Any

from csp.decorators import csp_update
from django.utils import translation
from django.utils.decorators import method_decorator
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.request import Request
from rest_framework.response import Response

# Swagger UI writes styles into its elements; its scripts are files of ours.
SWAGGER_NEEDS = {"style-src": ["'unsafe-inline'"]}


@cache
def description() -> dict[str, Any]:
    """Return the OpenAPI description, made once a process: anybody may ask for it."""
    with translation.override("en"):
        return SpectacularAPIView.generator_class().get_schema(request=None, public=True)


class Schema(SpectacularAPIView):
    """OpenAPI as YAML, or as JSON with `?format=json` or an Accept header."""

    authentication_classes: Any = []

    @extend_schema(exclude=True)
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Return the description."""
        return Response(description())


@method_decorator(csp_update(SWAGGER_NEEDS), name="dispatch")
class Docs(SpectacularSwaggerSplitView):
    """The description to read and to try out."""

    authentication_classes: Any = []
    url_name = "api:schema"
