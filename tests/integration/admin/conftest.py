"""The admin as somebody sees it."""

import pytest
from django.test import Client
from django.urls import reverse

QUEUE = "/admin/tickets/ticket/"


@pytest.fixture(autouse=True)
def _english(settings):
    """Read the pages in English: words in the tests are the source's."""
    settings.LANGUAGE_CODE = "en"


@pytest.fixture
def sign_in():
    """Return a client for a person."""

    def as_person(user) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return as_person


@pytest.fixture
def page_of():
    """Return the address of a ticket's page."""
    return lambda ticket: reverse("admin:tickets_ticket_change", args=[ticket.pk])


@pytest.fixture
def do_url():
    """Return the address of a verb on a ticket."""
    return lambda ticket, verb: reverse("admin:tickets_ticket_do", args=[ticket.pk, verb])
