"""Insert one row by a statement that is written once per model."""

from functools import cache

from django.db import connection, models


def insert(row: models.Model) -> None:
    """Insert a new row and set its id: what `save()` does, for a tenth of the time, no signals.

    For the tables that every action writes to.
    """
    if not connection.features.can_return_columns_from_insert:
        row.save(force_insert=True)
        return
    fields = _fields(type(row))
    values = [field.get_db_prep_save(field.pre_save(row, True), connection) for field in fields]
    with connection.cursor() as cursor:
        cursor.execute(_statement(type(row), connection.vendor), values)
        row.pk = cursor.fetchone()[0]
    row._state.adding, row._state.db = False, connection.alias


@cache
def _fields(model: type[models.Model]) -> "list[models.Field]":
    return [field for field in model._meta.concrete_fields if not field.primary_key]


@cache
def _statement(model: type[models.Model], _vendor: str) -> str:
    quote = connection.ops.quote_name
    fields = _fields(model)
    columns = ", ".join(quote(str(field.column)) for field in fields)
    places = ", ".join(["%s"] * len(fields))
    table, key = quote(model._meta.db_table), quote(str(model._meta.pk.column))
    # Names of the model's own table and columns; values are parameters.
    return f"INSERT INTO {table} ({columns}) VALUES ({places}) RETURNING {key}"  # noqa: S608
