"""Clients of the API, and a look at every row that a refusal must leave as it was."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.utils import timezone
from rest_framework.test import APIClient

from common.models import IdempotencyKey, Rate, User
from orders.models import Order, Store
from tests.factories.cast import Cast, make_cast
from tickets.actions import api_tokens, proving
from tickets.models import BuyerToken

# Counters and sessions are no business rows: a refused try is counted all the same.
TECHNICAL = {Rate, IdempotencyKey}


def staff_client(
    user: User, *stores: Store, scopes: tuple[str, ...] = api_tokens.SCOPES
) -> APIClient:
    """Return a client with a fresh token of the person."""
    token = api_tokens.make(
        user=user, stores=stores, scopes=scopes, name="test",
        expires_at=timezone.now() + timedelta(days=1),
    )  # fmt: skip
    return with_header(f"Token {token}")


def buyer_client(order: Order) -> APIClient:
    """Return a client with a key to the order."""
    proof = proving._key(order, BuyerToken.Purpose.ORDER, timezone.now() + timedelta(hours=1))
    return with_header(f"Buyer {proof.token}")


def with_header(value: str) -> APIClient:
    """Return a client that sends this Authorization, and reads English."""
    client = APIClient(raise_request_exception=True)
    client.credentials(HTTP_AUTHORIZATION=value, HTTP_ACCEPT_LANGUAGE="en")
    return client


@pytest.fixture
def agent(cast: Cast) -> APIClient:
    """The shop's agent."""
    return staff_client(cast.agent, cast.store)


@pytest.fixture
def lead(cast: Cast) -> APIClient:
    """The shop's lead."""
    return staff_client(cast.lead, cast.store)


@pytest.fixture
def stranger(cast: Cast) -> APIClient:
    """The agent of another shop."""
    return staff_client(cast.other_agent, cast.other_store)


@pytest.fixture
def buyer(cast: Cast) -> APIClient:
    """The buyer of the order."""
    return buyer_client(cast.order)


@pytest.fixture
def other_buyer(cast: Cast) -> APIClient:
    """The buyer of the other shop's order."""
    return buyer_client(cast.other_order)


def all_rows() -> dict[str, list[tuple]]:
    """Return every row of every table of ours."""
    ours = ("common", "orders", "tickets", "feedback", "training")
    models = [m for m in apps.get_models() if m._meta.app_label in ours and m not in TECHNICAL]
    return {m._meta.label: sorted(m.objects.values_list(), key=repr) for m in models}


@pytest.fixture
def nothing_changes(db: None) -> Callable[[Callable[[], Any]], Any]:
    """Do something and assert that every row is as it was."""

    def check(work: Callable[[], Any]) -> Any:
        before = all_rows()
        answer = work()
        assert all_rows() == before
        return answer

    return check


@pytest.fixture
def real_cast(transactional_db: None) -> Cast:
    """The cast in committed rows, for threads."""
    return make_cast()


def problem(answer: Any, status: int, code: str | None = None) -> dict[str, Any]:
    """Assert a problem+json answer and return it."""
    assert answer.status_code == status, answer.content
    assert answer["Content-Type"] == "application/problem+json"
    body = answer.json()
    assert body["status"] == status
    assert body["type"] == f"urn:chwiso:problem:{body['code']}"
    if code is not None:
        assert body["code"] == code
    return body
