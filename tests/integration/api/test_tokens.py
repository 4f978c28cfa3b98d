"""manage.py make_api_token."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from tests.factories.rows import MembershipFactory
from tests.integration.api.conftest import with_header
from tickets.models import ApiToken


def make(*args):
    out, err = StringIO(), StringIO()
    call_command("make_api_token", *args, stdout=out, stderr=err)
    return out.getvalue().strip()


def test_token_is_printed_once_and_kept_as_a_digest(cast):
    token = make("agent@example.com", "--store", "mapo", "--name", "shop site", "--days", "30")
    row = ApiToken.objects.get()
    assert token not in str(ApiToken.objects.values_list())
    assert (row.scopes, row.name) == (["tickets:read"], "shop site")
    assert [store.slug for store in row.stores.all()] == ["mapo"]
    assert abs(row.expiry - timezone.now() - timedelta(days=30)) < timedelta(minutes=1)
    assert with_header(f"Token {token}").get("/api/v1/tickets/").status_code == 200


def test_token_takes_several_stores_and_scopes(cast):
    MembershipFactory(user=cast.agent, store=cast.other_store)
    make("AGENT@example.com", "--store", "mapo", "--store", "haeundae",
         "--scope", "tickets:read", "--scope", "tickets:write")  # fmt: skip
    row = ApiToken.objects.get()
    assert row.stores.count() == 2
    assert row.scopes == ["tickets:read", "tickets:write"]


@pytest.mark.parametrize(
    ("_case", "args"),
    [
        ("unknown person", ["nobody@example.com", "--store", "mapo"]),
        ("unknown store", ["agent@example.com", "--store", "mapo", "--store", "nowhere"]),
        ("foreign store", ["agent@example.com", "--store", "haeundae"]),
        ("one of two is foreign", ["agent@example.com", "--store", "mapo", "--store", "haeundae"]),
        ("a trainer sees no ticket", ["trainer@example.com", "--store", "mapo"]),
        ("no store", ["agent@example.com"]),
        ("unknown scope", ["agent@example.com", "--store", "mapo", "--scope", "admin"]),
        ("no day", ["agent@example.com", "--store", "mapo", "--days", "0"]),
        ("for ever", ["agent@example.com", "--store", "mapo", "--days", "9999"]),
    ],
)
def test_token_is_refused(_case, args, cast):
    with pytest.raises(CommandError):
        make(*args)
    assert not ApiToken.objects.exists()


def test_token_is_refused_to_somebody_who_left(cast):
    cast.agent.is_active = False
    cast.agent.save(update_fields=["is_active"])
    with pytest.raises(CommandError):
        make("agent@example.com", "--store", "mapo")
    assert not ApiToken.objects.exists()
