"""Rows with valid defaults; a test states only what it is about."""

from datetime import UTC, datetime, timedelta

import factory
from factory.django import DjangoModelFactory

from common.models import Calendar, User
from orders.actions import proofs
from orders.models import Membership, Order, OrderLine, Product, Role, Store

# A Monday morning in Seoul, ten o'clock, with no holiday that week.
MONDAY = datetime(2026, 11, 9, 1, 0, tzinfo=UTC)


class UserFactory(DjangoModelFactory):
    class Meta:
        model = User
        skip_postgeneration_save = True

    email = factory.Sequence(lambda n: f"staff{n}@example.com")
    name = factory.Sequence(lambda n: f"직원{n}")
    is_staff = True
    password = factory.django.Password("correct horse")


class StoreFactory(DjangoModelFactory):
    class Meta:
        model = Store

    slug = factory.Sequence(lambda n: f"shop{n}")
    name = factory.Sequence(lambda n: f"가게 {n}")
    calendar = factory.LazyFunction(lambda: Calendar.objects.get(code="default"))


class MembershipFactory(DjangoModelFactory):
    class Meta:
        model = Membership

    user = factory.SubFactory(UserFactory)
    store = factory.SubFactory(StoreFactory)
    role = Role.AGENT


class ProductFactory(DjangoModelFactory):
    class Meta:
        model = Product

    store = factory.SubFactory(StoreFactory)
    sku = factory.Sequence(lambda n: f"SKU-{n}")
    name = factory.Sequence(lambda n: f"무선 마우스 {n}")


class OrderFactory(DjangoModelFactory):
    class Meta:
        model = Order

    store = factory.SubFactory(StoreFactory)
    number = factory.Sequence(lambda n: f"20261109{n:08d}")
    buyer_name = "홍길동"
    phone = "010-1234-5678"
    email = "buyer@example.com"
    address = "서울특별시 마포구 월드컵로 12, 101동 202호"
    phone_tail_hmac = factory.LazyAttribute(lambda order: proofs.tail_digest(order.phone))
    ordered_at = MONDAY - timedelta(days=1)
    paid_at = MONDAY - timedelta(days=1)


class OrderLineFactory(DjangoModelFactory):
    class Meta:
        model = OrderLine

    order = factory.SubFactory(OrderFactory)
    line_key = factory.Sequence(str)
    product = factory.SubFactory(ProductFactory, store=factory.SelfAttribute("..order.store"))
    quantity = 1
    paid = 10_000
