"""Reading the stream as it stands at one moment, in pieces that fit in memory.

Everything is read on Django's own connection. ADBC is faster on SQLite, but it brings a second copy of the SQLite
library into the process, and closing a file there drops the POSIX locks that the first copy holds on it
(sqlite.org/howtocorrupt.html, 2.2.1): a way to lose the database for the sake of a copy of it.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.csv
from django.db import connection, transaction

from regulars.base import bulk
from regulars.stream.follow import BELOW, LOOKS, Cursor

PIECE = 200_000  # rows read at a time
FETCHED = 2_000  # rows that are Python objects at a time: more leave the processor's cache and take twice as long

ACTIVITY: dict[str, pa.DataType] = {
    "id": pa.int64(),
    "tx": pa.int64(),
    "kind": pa.string(),
    "customer_id": pa.int64(),
    "visitor": pa.string(),
    "store_id": pa.int32(),
    "subject": pa.string(),
    "amount_minor": pa.int64(),
    "currency": pa.string(),
    "occurred_at": pa.int64(),
    "recorded_at": pa.int64(),
    "by": pa.string(),
    "batch": pa.int64(),
    "body": pa.string(),
}
RETRACTION: dict[str, pa.DataType] = {
    "id": pa.int64(),
    "tx": pa.int64(),
    "kind": pa.string(),
    "activity_id": pa.int64(),
}
_ALL = 2**63 - 1
TABLES = {"stream_activity": ACTIVITY, "stream_retraction": RETRACTION}


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The stream at one moment. ``below``: on PostgreSQL the oldest transaction that was still open, else None.

    Rows of that transaction and of later ones are left for the next time, also those that are visible already:
    stepping over an open transaction would lose what it commits later under smaller numbers.
    """

    below: int | None

    def read(self, table: str, after: Cursor, upto: Cursor | None = None) -> Iterator[pa.Table]:
        """Yield the rows of ``table`` behind ``after`` (not behind ``upto``) with the columns of TABLES, unordered."""
        return self._select(table, self._where(after, upto))

    def read_visible(self, table: str, after: Cursor) -> Iterator[pa.Table]:
        """Yield all rows behind ``after`` that can be seen, also those that are not to be followed yet."""
        return self._select(table, Snapshot(_ALL if self.below is not None else None)._where(after, None))

    def _select(self, table: str, where: str) -> Iterator[pa.Table]:
        names = ", ".join(f'"{name}"' for name in TABLES[table])
        sql = f"SELECT {names} FROM {table} WHERE {where}"  # noqa: S608 - names and integers of ours
        return (_copy if self.below is not None else _fetch)(sql, TABLES[table])

    def has_rows(self, table: str, after: Cursor) -> bool:
        """Return whether there are rows behind ``after``; by an index."""
        return bool(_one(f"SELECT EXISTS (SELECT 1 FROM {table} WHERE {self._where(after, None)})"))  # noqa: S608

    def _where(self, after: Cursor, upto: Cursor | None) -> str:
        if self.below is None:
            return f"id > {after.id}" + (f" AND id <= {upto.id}" if upto else "")
        where = f"(tx, id) > ({after.tx}, {after.id}) AND tx < {self.below}"
        return where + (f" AND (tx, id) <= ({upto.tx}, {upto.id})" if upto else "")

    def highest_id(self) -> int:
        """Return the highest id that an activity ever had, also one that was taken back since."""
        if self.below is None:
            number = "SELECT seq FROM sqlite_sequence WHERE name = 'stream_activity'"
        else:
            number = "SELECT last_value FROM stream_activity_id_seq WHERE is_called"
        return max(int(_one(number) or 0), int(_one("SELECT max(id) FROM stream_activity") or 0))

    def is_of_another_server(self) -> bool:
        """Return whether rows carry transactions that this server has not had yet: the database was restored here."""
        if self.below is None:
            return False
        return any(_one(f"SELECT EXISTS (SELECT 1 FROM {table} WHERE tx >= {_NEXT})") for table in TABLES)  # noqa: S608


_NEXT = "(SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint)"


def forget_transactions() -> None:
    """Make rows that came from another server visible to readers here, as the oldest of all."""
    with transaction.atomic(), connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"UPDATE {table} SET tx = 0 WHERE tx >= {_NEXT}")  # noqa: S608 - constant text


@contextmanager
def take() -> Iterator[Snapshot]:
    """Hold the database still, for reading only, on this thread's connection; writers go on."""
    if connection.in_atomic_block:
        yield _look()
    elif bulk.on_postgres():
        for look in range(1, LOOKS + 1):
            with transaction.atomic():
                with connection.cursor() as cursor:
                    cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
                    cursor.execute(BELOW)
                    below, ended = cursor.fetchone()
                if not ended or look == LOOKS:
                    yield Snapshot(int(below))
                    return
    else:
        # Django would begin IMMEDIATE and lock writers out for as long as the reading takes.
        connection.ensure_connection()
        connection.connection.execute("BEGIN DEFERRED")
        try:
            yield _look()
        finally:
            connection.connection.execute("ROLLBACK")


def _look() -> Snapshot:
    if not bulk.on_postgres():
        _one("SELECT max(id) FROM stream_activity")  # the first read is what begins the snapshot
        return Snapshot(None)
    return Snapshot(int(_one(BELOW)))


def _one(sql: str) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        row = cursor.fetchone()
    return row[0] if row else None


def _fetch(sql: str, columns: dict[str, pa.DataType]) -> Iterator[pa.Table]:
    cursor = connection.connection.execute(sql)
    schema = pa.schema(list(columns.items()))
    held: list[pa.RecordBatch] = []
    while rows := cursor.fetchmany(FETCHED):
        values = zip(zip(*rows, strict=True), schema, strict=True)
        held.append(pa.record_batch([pa.array(v, type=f.type) for v, f in values], schema=schema))
        if len(held) * FETCHED >= PIECE:
            yield pa.Table.from_batches(held).combine_chunks()
            held = []
    if held:
        yield pa.Table.from_batches(held).combine_chunks()


def _copy(sql: str, columns: dict[str, pa.DataType]) -> Iterator[pa.Table]:
    """COPY as CSV: an empty field is NULL, an empty text is quoted, and each message is one whole row."""
    with connection.cursor() as cursor, cursor.copy(f"COPY ({sql}) TO STDOUT (FORMAT csv)") as copy:
        held: list[bytes] = []
        for row in copy:
            held.append(bytes(row))
            if len(held) >= PIECE:
                yield _parse(held, columns)
                held = []
        if held:
            yield _parse(held, columns)


def _parse(rows: list[bytes], columns: dict[str, pa.DataType]) -> pa.Table:
    text = b"".join(rows)
    return pyarrow.csv.read_csv(
        io.BytesIO(text),
        # One block: a row that lies across two of them would have to be found again.
        read_options=pyarrow.csv.ReadOptions(column_names=list(columns), block_size=len(text) + 1),
        parse_options=pyarrow.csv.ParseOptions(newlines_in_values=True),
        convert_options=pyarrow.csv.ConvertOptions(
            column_types=columns, null_values=[""], strings_can_be_null=True, quoted_strings_can_be_null=False
        ),
    )
