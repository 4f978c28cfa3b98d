"""Orders and stores for staff and integrations, read only."""

from django.db.models import Prefetch
from django_filters.rest_framework import DjangoFilterBackend
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from common.keyset import KeysetPagination
from orders.models import Order, OrderLine, Store
from tickets.api.base import StaffView
from tickets.api.filters import OrderFilter
from tickets.api.permissions import visible
from tickets.api.serializers.orders import OrderSeen, StoreSeen


class Orders(StaffView):
    """What was sold."""

    pagination_class = KeysetPagination
    keyset = ("-ordered_at", "-id")
    filter_backends = [DjangoFilterBackend]
    filterset_class = OrderFilter
    queryset = Order.objects.none()
    tag = "orders"

    @extend_schema(operation_id="order_list", responses=OrderSeen(many=True))
    def get(self, request: Request) -> Response:
        """List the orders you may see, newest first; `store` and `number` together name one."""
        lines = OrderLine.objects.select_related("product").order_by("id")
        orders = Order.objects.select_related("store").prefetch_related(Prefetch("lines", lines))
        page = self.paginate_queryset(self.filter_queryset(visible(orders, request)))
        return self.get_paginated_response(OrderSeen(page, many=True).data)


class Stores(StaffView):
    """The shops."""

    pagination_class = KeysetPagination
    keyset = ("slug",)
    queryset = Store.objects.none()
    tag = "orders"

    @extend_schema(operation_id="store_list", responses=StoreSeen(many=True))
    def get(self, request: Request) -> Response:
        """List the stores you may see with this token."""
        page = self.paginate_queryset(visible(Store.objects.all(), request))
        return self.get_paginated_response(StoreSeen(page, many=True).data)
