"""`manage.py export_claims`: a JSON list of every request for money back."""

import io
import json

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation

from common import deliveries
from common.domain.actors import Actor
from orders import executor
from orders.models import Refund
from tests.factories.cast import staff
from tests.factories.rows import MONDAY
from tickets.actions import decisions, desk, opening
from tickets.actions.opening import Contact

pytestmark = pytest.mark.django_db


def export(path, slug):
    out = io.StringIO()
    with translation.override("en"):
        call_command("export_claims", str(path), store=slug, stdout=out)
    return out.getvalue()


def test_export_writes_one_object_per_ticket_that_asks_for_money(cast, tmp_path):
    refunded = cast.ticket(quantity=1)
    decisions.approve(ticket_id=refunded.pk, by=staff(cast.agent), at=MONDAY)
    executor.execute(Refund.objects.get(), at=MONDAY)
    deliveries.deliver_all()
    withdrawn = cast.ticket(quantity=1)
    desk.withdraw(ticket_id=withdrawn.pk, by=Actor.buyer(), at=MONDAY)
    cast.ticket(quantity=2)
    opening.open_inquiry(
        order=cast.order, subject="?", body="언제 오나요?", contact=Contact(), by=Actor.buyer(),
        at=MONDAY,
    )  # fmt: skip

    assert export(tmp_path / "claims.json", "mapo") == "3 claims written.\n"

    line = {"channel_line_id": "L1", "channel_claim_id": None}
    undecided = {"refund_state": None, "decided_at": None}
    assert json.loads((tmp_path / "claims.json").read_text()) == [
        line | {
            "ticket_status": "REFUNDED", "refund_state": "CONFIRMED", "amount": 3333,
            "quantity": 1, "decided_at": "2026-11-09T01:00:00Z",
        },
        # What approving would give back: 10,000 won for 3 units, one of them paid back.
        line | undecided | {"ticket_status": "WITHDRAWN", "amount": 3333, "quantity": 1},
        line | undecided | {"ticket_status": "RECEIVED", "amount": 6667, "quantity": 2},
    ]  # fmt: skip


def test_export_of_a_shop_without_claims_is_an_empty_list(cast, tmp_path):
    cast.ticket()
    export(tmp_path / "none.json", cast.other_store.slug)

    assert json.loads((tmp_path / "none.json").read_text()) == []


def test_export_asks_as_many_questions_for_many_claims_as_for_one(
    cast, tmp_path, django_assert_num_queries
):
    cast.ticket(quantity=1)
    with django_assert_num_queries(2):
        export(tmp_path / "one.json", "mapo")
    cast.ticket(quantity=1)
    cast.ticket(quantity=1)
    with django_assert_num_queries(2):
        export(tmp_path / "three.json", "mapo")


def test_export_refuses_an_unknown_store_and_leaves_the_file(cast, tmp_path):
    target = tmp_path / "claims.json"
    target.write_text("mine")
    with pytest.raises(CommandError, match="There is no store nowhere"):
        export(target, "nowhere")
    assert target.read_text() == "mine"


def test_export_that_breaks_leaves_the_old_file_and_no_rest(cast, tmp_path, monkeypatch):
    cast.ticket()
    target = tmp_path / "claims.json"
    target.write_text("mine")
    monkeypatch.setattr("json.dump", lambda *args, **kwargs: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        export(target, "mapo")
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {"claims.json": "mine"}


def test_export_refuses_a_folder_that_is_not_there(cast, tmp_path):
    with pytest.raises(CommandError, match="cannot be written"):
        export(tmp_path / "no" / "claims.json", "mapo")
