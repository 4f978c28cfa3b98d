"""What the tests of the buyer's pages share."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection, models
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from common.domain.actors import Actor
from common.models import Event, OutboundMail
from orders.models import Claim, Order, OrderLine, Refund
from tests.factories.cast import Cast
from tickets.actions import keys, opening, proving
from tickets.actions.opening import Contact, Wish
from tickets.models import BuyerRequest, BuyerToken, Message, Ticket

WATCHED = (BuyerRequest, Ticket, Message, Claim, Refund, OrderLine, Order, Event, OutboundMail)


@pytest.fixture
def open_order(cast: Cast) -> Callable[[Client, Order], Client]:
    """Let a client hold an order, by a link of its seller."""

    def hold(client: Client, order: Order) -> Client:
        agent = cast.agent if order.store_id == cast.store.pk else cast.other_agent
        proof = proving.make_link(order=order, by=Actor.staff(agent.pk), at=timezone.now())
        assert client.get(f"/o/{proof.token}/").status_code == 302
        return client

    return hold


@pytest.fixture
def buyer(client: Client, cast: Cast, open_order) -> Client:
    """A browser, in English, that holds the cast's order."""
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return open_order(client, cast.order)


@pytest.fixture
def ask(cast: Cast) -> Callable[..., BuyerRequest]:
    """Send a request of the cast's buyer, now."""

    def send(*wishes: Wish, order: Order | None = None) -> BuyerRequest:
        return opening.open_request(
            order=order or cast.order,
            wishes=wishes or [Wish(cast.line.pk, 1, "CHANGED_MIND")],
            contact=Contact(locale="en"),
            by=Actor.buyer(),
            at=timezone.now(),
        )

    return send


@pytest.fixture
def holder(ask, client: Client) -> tuple[Client, BuyerRequest]:
    """A browser, in English, that holds a request by its link and nothing else."""
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    request = ask()
    client.get(f"/r/{keys.status_token(request.public_id)}/")
    return client, request


@pytest.fixture
def seen() -> Callable[..., tuple[int, str]]:
    """What a reader can tell of an answer: status and text, without `but` and one-time tokens."""

    def read(answer: HttpResponse, but: str = "") -> tuple[int, str]:
        text = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", answer.text)
        return answer.status_code, text.replace(but, "") if but else text

    return read


@pytest.fixture
def rows() -> Callable[[], dict[str, list]]:
    """Everything a buyer could change, to compare before and after."""

    def read(model: type[models.Model]) -> list:
        return list(model.objects.order_by("pk").values())

    return lambda: {model.__name__: read(model) for model in WATCHED}


@pytest.fixture
def latest_code() -> Callable[[], str]:
    """The one-time code that went out last."""

    def read() -> str:
        row = BuyerToken.objects.filter(purpose="CODE", order__isnull=False).latest("id")
        return keys.code_for(row.digest)

    return read


@pytest.fixture
def an_hour_later(time_machine) -> Callable[[], None]:
    """Move the clock past the time for which an order stays open."""
    return lambda: time_machine.move_to(timezone.now() + timedelta(hours=1, seconds=1))


@pytest.fixture
def count_queries() -> Callable[[Client, str], int]:
    """Return how many statements a page takes, shown once before."""

    def count(client: Client, path: str) -> int:
        client.get(path)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(path).status_code == 200
        return len(queries)

    return count
