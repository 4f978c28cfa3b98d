"""Two answers at the same moment: one counts, the other is told. Real threads, both databases."""

import threading
import time

import pytest
from django.db import IntegrityError, connection
from django.utils import timezone

from common.domain.actors import Actor
from feedback.actions import responses
from feedback.models import Answer, Invitation, Response
from tests.factories.cast import make_cast
from tests.factories.surveys import invited

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def invitation():
    return invited(make_cast())


@pytest.fixture
def slow(monkeypatch):
    """Hold every answer for a moment between looking for another one and writing."""
    checked = responses.checked_answer

    def dawdle(*args, **kwargs):
        time.sleep(0.2)
        return checked(*args, **kwargs)

    monkeypatch.setattr(responses, "checked_answer", dawdle)


def both_at_once(invitation, ratings=("5", "1")):
    """Answer from two threads; return what each of them got."""
    gate = threading.Barrier(2, timeout=20)
    got = []

    def answer(rating):
        gate.wait()
        try:
            responses.submit(
                invitation_id=invitation.pk,
                answers={1: rating},
                by=Actor.buyer(),
                at=timezone.now(),
            )
            got.append("kept")
        except (responses.AlreadyAnswered, IntegrityError) as error:
            got.append(type(error).__name__)
        finally:
            connection.close()

    threads = [threading.Thread(target=answer, args=(rating,)) for rating in ratings]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(got)


def test_two_at_once_give_one_answer(invitation, slow):
    assert both_at_once(invitation) == ["AlreadyAnswered", "kept"]
    assert (Response.objects.count(), Answer.objects.count()) == (1, 1)


@pytest.mark.postgres
def test_without_the_lock_only_the_constraint_stands_in_the_way(invitation, slow, monkeypatch):
    """The control: this is what the lock is for, and what the constraint still prevents."""
    monkeypatch.setattr(responses, "lock_invitation", lambda pk: Invitation.objects.get(pk=pk))
    assert both_at_once(invitation) == ["IntegrityError", "kept"]
    assert Response.objects.count() == 1
