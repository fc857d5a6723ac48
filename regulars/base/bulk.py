"""Writing many rows fast: ids handed out ahead, executemany on SQLite, COPY on PostgreSQL.

Django's ORM spends most of an import on building objects; this module is for hot operations only, and is called
inside a transaction that the operation holds.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain
from typing import Any

from django.db import connection, models

AT_ONCE = 100  # rows of a statement on SQLite: well below its 32,766 parameters for tables of our width


def on_postgres() -> bool:
    """Return whether this installation's database is PostgreSQL (else it is SQLite)."""
    return connection.vendor == "postgresql"


def reserve_ids(model: type[models.Model], count: int) -> Sequence[int]:
    """Return ``count`` new ascending ids of ``model`` that nobody else will get.

    On SQLite the caller must hold the write lock (our transactions begin IMMEDIATE) and use the ids before it commits.
    """
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if on_postgres():
            cursor.execute(
                "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)", [table, count]
            )
            return [int(row[0]) for row in cursor.fetchall()]
        cursor.execute(f"SELECT coalesce(max(id), 0) FROM {table}")  # noqa: S608 - our own table's name
        highest = int(cursor.fetchone()[0])
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        row = cursor.fetchone()
        first = max(highest, int(row[0]) if row else 0) + 1
        return range(first, first + count)


def insert(
    table: str,
    columns: Sequence[str],
    rows: Sequence[Sequence[Any]],
    *,
    skip_conflicts_on: str | None = None,
) -> None:
    """Insert ``rows`` (one value per column, already in the database's form) into ``table``.

    With ``skip_conflicts_on`` a row whose value of those columns exists already is left out.
    """
    if not rows:
        return
    names = ", ".join(f'"{column}"' for column in columns)
    with connection.cursor() as cursor:
        if on_postgres() and skip_conflicts_on is None:
            with cursor.copy(f'COPY "{table}" ({names}) FROM STDIN') as copy:
                for row in rows:
                    copy.write_row(row)
            return
        conflict = f" ON CONFLICT ({skip_conflicts_on}) DO NOTHING" if skip_conflicts_on else ""
        if on_postgres():
            values = ", ".join(["%s"] * len(columns))
            cursor.executemany(f'INSERT INTO "{table}" ({names}) VALUES ({values}){conflict}', rows)  # noqa: S608
            return
    _insert_sqlite(f'INSERT INTO "{table}" ({names}) VALUES ', conflict, len(columns), rows)  # noqa: S608


def _insert_sqlite(insert: str, conflict: str, width: int, rows: Sequence[Sequence[Any]]) -> None:
    """Insert many rows with each statement.

    Python gives its lock away and asks for it back with every step of SQLite. With a statement for each row a thread
    that writes beside one that computes waits once a row: a fifteenth of the speed, measured.
    """
    marks = f"({', '.join('?' * width)})"
    connection.ensure_connection()
    for start in range(0, len(rows), AT_ONCE):
        part = rows[start : start + AT_ONCE]
        with connection.wrap_database_errors:
            connection.connection.execute(
                f"{insert}{', '.join([marks] * len(part))}{conflict}", list(chain.from_iterable(part))
            )


def update(sql: str, rows: Iterable[Sequence[Any]]) -> None:
    """Run one parametrised statement for each row (``executemany``)."""
    rows = list(rows)
    if rows:
        with connection.cursor() as cursor:
            cursor.executemany(sql, rows)


def select_in(
    sql: str, values: Iterable[Any], *, before: Sequence[Any] = (), size: int = 900
) -> Iterable[tuple[Any, ...]]:
    """Yield the rows of ``sql`` for ``values``, in pieces; ``{}`` in the statement stands for the list."""
    values = list(values)
    for start in range(0, len(values), size):
        part = values[start : start + size]
        marks = ", ".join(["%s"] * len(part))
        with connection.cursor() as cursor:
            cursor.execute(sql.format(marks), [*before, *part])
            yield from cursor.fetchall()
