"""Append-only and frozen tables refuse changes on this database, whatever migrations did since."""

import pytest
from django.apps import apps
from django.db import connection, transaction
from django.db.utils import DatabaseError

APPEND_ONLY = ("common_event", "orders_stockentry", "orders_refundattempt",
               "orders_directsettlement")  # fmt: skip
FROZEN = ("common_calendarversion", "tickets_slapolicyversion", "tickets_decisionpolicyversion",
          "tickets_cannedresponseversion", "feedback_surveyversion",
          "training_courseversion")  # fmt: skip


def triggers() -> set[str]:
    """Return the names of the triggers there are."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal")
        else:
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        return {name for (name,) in cursor.fetchall()}


@pytest.mark.parametrize("table", APPEND_ONLY + FROZEN)
def test_table_has_its_triggers(db, table):
    assert {f"{table}_no_update", f"{table}_no_delete"} <= triggers()


@pytest.mark.parametrize("label", ["tickets.SLAPolicyVersion", "tickets.DecisionPolicyVersion",
                                   "common.CalendarVersion"])  # fmt: skip
def test_a_published_version_cannot_change(db, label):
    rows = apps.get_model(label).objects.filter(published_at__isnull=False)
    assert rows.exists()
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        rows.update(number=99)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        rows.first().delete()
