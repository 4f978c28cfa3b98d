"""Races on PostgreSQL, each with a control: the same race with one guard taken out."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest
from django.db import connection, models

from tests.concurrency.race import Race
from tests.concurrency.sabotage import reading_only


@pytest.fixture
def race(monkeypatch: pytest.MonkeyPatch, transactional_db: None) -> Race:
    """Threads that meet at a point of the code."""
    return Race(monkeypatch)


@pytest.fixture
def without_lock(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Sabotage: let functions of a `locks` module read rows without holding them."""

    def sabotage(*points: str) -> None:
        for point in points:
            monkeypatch.setattr(point, reading_only(point))

    return sabotage


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
