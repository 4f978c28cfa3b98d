"""What every model must have asked the database for, and declared of its columns."""

import pytest
from django.apps import apps
from django.db import models

APPS = ("common", "orders", "tickets", "feedback", "training")
MODELS = [model for app in APPS for model in apps.get_app_config(app).get_models()]
# A member of staff who leaves is deactivated; these links only hold tickets and rows together.
MAY_CASCADE = {"ApiToken", "ApiToken_stores", "User_groups", "User_user_permissions"}


@pytest.mark.parametrize("model", MODELS, ids=lambda m: m._meta.label)
def test_every_column_is_declared_personal_or_not(model):
    declared = set(model.Privacy.erase) | set(model.Privacy.keep)
    assert declared == {field.name for field in model._meta.concrete_fields}
    assert not set(model.Privacy.erase) & set(model.Privacy.keep)


@pytest.mark.parametrize("model", MODELS, ids=lambda m: m._meta.label)
def test_no_deletion_takes_other_rows_along(model):
    if model.__name__ in MAY_CASCADE:
        return
    links = [f for f in model._meta.concrete_fields if isinstance(f, models.ForeignKey)]
    assert [f.name for f in links if f.remote_field.on_delete is models.CASCADE] == []


@pytest.mark.parametrize("model", MODELS, ids=lambda m: m._meta.label)
def test_moments_and_days_are_named_so(model):
    for field in model._meta.concrete_fields:
        if isinstance(field, models.DateTimeField):
            assert field.name.endswith("_at") or field.name in KNOWN_MOMENTS, field.name
        elif isinstance(field, models.DateField):
            assert field.name.endswith("_on") or field.name == "on", field.name


# Django's and knox's own names, windows of time, and rows that are a moment themselves.
KNOWN_MOMENTS = {
    "at", "created", "date_joined", "expiry", "last_login", "lease_until", "window",
    "valid_until",
}  # fmt: skip


@pytest.mark.parametrize("model", MODELS, ids=lambda m: m._meta.label)
def test_money_is_whole(model):
    wrong = (models.FloatField, models.DecimalField)
    assert [f.name for f in model._meta.concrete_fields if isinstance(f, wrong)] == []


def test_constraints_are_named_once_and_say_what_they_promise():
    names = [c.name for model in MODELS for c in model._meta.constraints]
    assert len(names) == len(set(names))
    assert all("_" in name and not name.startswith("constraint") for name in names)
