"""Imports write rows by the million and past Django; what points at rows that go follows them here.

Django keeps ``on_delete`` by itself and gives the database no word of it, so a row deleted in plain SQL would leave
others pointing at nothing, and the database refuses that when it commits.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from django.db import connection, models


def _pointing_at(model: type[models.Model], without: Collection[str]) -> Iterator[tuple[str, str, Any]]:
    """Yield table, column and ``on_delete`` of every column that points at ``model``."""
    for relation in model._meta.related_objects:
        other, field = relation.related_model, relation.field
        if isinstance(other, type) and issubclass(other, models.Model) and other._meta.db_table not in without:
            yield other._meta.db_table, str(field.column), relation.on_delete


def let_go(model: type[models.Model], chosen: str, values: list[Any], *, without: Collection[str] = ()) -> None:
    """Do to other rooms' rows what their ``on_delete`` says, before the rows ``chosen`` (SQL, ids) are deleted.

    ``without``: tables that the caller sees to itself.
    """
    with connection.cursor() as cursor:
        for table, column, on_delete in _pointing_at(model, without):
            if on_delete is models.SET_NULL:
                cursor.execute(f"UPDATE {table} SET {column} = NULL WHERE {column} IN ({chosen})", values)  # noqa: S608
            elif on_delete is models.CASCADE:
                cursor.execute(f"DELETE FROM {table} WHERE {column} IN ({chosen})", values)  # noqa: S608


def repoint(model: type[models.Model], moved: Collection[tuple[int, int]], *, without: Collection[str] = ()) -> None:
    """Have what points at the first of each pair point at the second."""
    with connection.cursor() as cursor:
        for table, column, _on_delete in _pointing_at(model, without):
            cursor.executemany(
                f"UPDATE {table} SET {column} = %s WHERE {column} = %s",  # noqa: S608 - our own names
                [(kept, gone) for gone, kept in moved],
            )
