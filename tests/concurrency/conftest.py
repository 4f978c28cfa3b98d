"""Races on PostgreSQL, each with a control: the same race with one guard taken out."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest
from django.apps import apps
from django.db import connection, models

from tests.concurrency.race import Race

MODELS = {
    "ticket": "tickets.Ticket",
    "request": "tickets.BuyerRequest",
    "order": "orders.Order",
    "line": "orders.OrderLine",
    "product": "orders.Product",
    "claim": "orders.Claim",
    "refund": "orders.Refund",
}


@pytest.fixture
def race(monkeypatch: pytest.MonkeyPatch, transactional_db: None) -> Race:
    """Threads that meet at a point of the code."""
    return Race(monkeypatch)


@pytest.fixture
def without_lock(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Sabotage: let functions of a `locks` module read rows without holding them."""

    def sabotage(*points: str) -> None:
        for point in points:
            monkeypatch.setattr(point, _reading_only(point))

    return sabotage


def _reading_only(point: str) -> Callable[[int], models.Model]:
    model = apps.get_model(MODELS[point.rpartition("lock_")[2]])
    return lambda pk: model._default_manager.get(pk=pk)


@pytest.fixture
def without_constraint(transactional_db: None) -> Callable[..., AbstractContextManager[None]]:
    """Sabotage: take a constraint out of the database for a while."""

    @contextmanager
    def sabotage(model: type[models.Model], name: str) -> Iterator[None]:
        constraint = next(c for c in model._meta.constraints if c.name == name)
        with connection.schema_editor() as editor:
            editor.remove_constraint(model, constraint)
        try:
            yield
        finally:
            model._default_manager.all().delete()  # what the constraint would refuse
            with connection.schema_editor() as editor:
                editor.add_constraint(model, constraint)

    return sabotage
