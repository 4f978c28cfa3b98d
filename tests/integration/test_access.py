"""The access matrix: every address, method and role, for what is own, foreign and nowhere."""

import logging
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.db import transaction
from django.test import override_settings
from django.urls import path

from feedback.querysets import ResponseQuerySet
from orders.querysets import OrderQuerySet, ProductQuerySet
from tests.integration.access.knock import Prober
from tests.integration.access.rows import ROWS
from tests.integration.access.table import Row
from tests.integration.access.walk import routes
from tests.integration.access.world import make_world
from tickets.querysets import TicketQuerySet
from tickets.web import session
from training.querysets import AssignmentQuerySet

QUICK = {
    "PASSWORD_HASHERS": ["django.contrib.auth.hashers.MD5PasswordHasher"],
    "CACHES": {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}},
    "MIDDLEWARE": [name for name in settings.MIDDLEWARE if "structlog" not in name],
}
FORMS = [row for row in ROWS if row.post and row.writes and not row.is_api]
CHANGE = "<path:object_id>/change/"
# A filter of each kind, and an address that must notice when it is gone: pages and lists.
FILTERS = [
    (TicketQuerySet, "admin/tickets/ticket/" + CHANGE),
    (TicketQuerySet, "admin/tickets/ticket/"),
    (OrderQuerySet, "admin/orders/order/" + CHANGE),
    (OrderQuerySet, "admin/tickets/ticket/link/<int:pk>/"),
    (ProductQuerySet, "admin/orders/product/"),
    (ResponseQuerySet, "admin/feedback/response/" + CHANGE),
    (AssignmentQuerySet, "admin/training/assignment/" + CHANGE),
]
HOW = (
    "These addresses are not in the access matrix. Say who may do what: add a Row for each to "
    "tests/integration/access/rows.py, whose first lines explain how."
)


def undeclared(found: set[str]) -> set[str]:
    """Return the addresses that no row speaks of."""
    return found - {row.route for row in ROWS}


@pytest.fixture(scope="module")
def prober(django_db_setup: None, django_db_blocker) -> Iterator[Prober]:
    """Make the shops once for all rows; every try is taken back, and in the end all of it."""
    logging.disable(logging.CRITICAL)
    with django_db_blocker.unblock(), override_settings(**QUICK), transaction.atomic():
        yield Prober(make_world())
        transaction.set_rollback(True)
    logging.disable(logging.NOTSET)


def test_every_address_is_declared():
    assert not (missing := undeclared(set(routes()))), f"{HOW}\n" + "\n".join(sorted(missing))


def test_no_row_speaks_of_an_address_that_is_gone():
    assert not {row.route for row in ROWS} - set(routes())


def test_an_undeclared_address_is_noticed():
    new = [path("export/everything/", lambda request: None)]

    assert undeclared(set(routes(new))) == {"export/everything/"}


def rows_of(route: str) -> list[Row]:
    """Return what is declared of an address."""
    return [row for row in ROWS if row.route == route]


@pytest.mark.django_db
@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.route or "/")
def test_address_gives_everybody_what_is_declared(prober: Prober, row: Row):
    assert not (faults := prober.faults(row)), "\n" + "\n".join(faults)


@pytest.mark.django_db
@pytest.mark.parametrize("row", FORMS, ids=lambda row: row.route)
def test_form_of_another_site_changes_nothing(prober: Prober, row: Row):
    answer, changed = prober.forged(row)

    assert (answer.status_code, changed) == (403, False)


@pytest.mark.django_db
@pytest.mark.parametrize(("rows", "route"), FILTERS, ids=lambda given: str(given))
def test_matrix_fails_without_a_filter(prober: Prober, monkeypatch, rows: type, route: str):
    monkeypatch.setattr(rows, "visible_to", lambda everything, user: everything)

    assert any(prober.faults(row) for row in rows_of(route))


@pytest.mark.django_db
def test_matrix_fails_when_every_browser_may_see_every_request(prober: Prober, monkeypatch):
    monkeypatch.setattr(session, "may_see_request", lambda request, buyer_request: True)

    assert any(prober.faults(row) for row in rows_of("requests/<uuid:public_id>/"))
