"""Following the stream: what is new of some kinds since the last time, in pieces, nothing left out or told twice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from regulars.base import bulk


@dataclass(frozen=True, slots=True, order=True)
class Cursor:
    """How far a reader has come: (transaction, id) on PostgreSQL, (0, id) on SQLite."""

    tx: int = 0
    id: int = 0


@dataclass(frozen=True, slots=True)
class Piece:
    """Activities in the order of the stream, and the cursor behind them."""

    rows: Sequence[tuple[Any, ...]]
    upto: Cursor
    is_last: bool


# The oldest transaction that this snapshot does not see the end of. Transactions of the server's other databases have
# no rows here and hold nobody up; one that ended meanwhile cannot be told from ours any more and is waited for.
BELOW = """WITH taken AS (SELECT pg_current_snapshot() AS shot)
SELECT coalesce(min(open::text::bigint), (SELECT pg_snapshot_xmax(shot)::text::bigint FROM taken))
FROM taken, pg_snapshot_xip(shot) AS open WHERE NOT EXISTS (
    SELECT 1 FROM pg_locks JOIN pg_stat_activity USING (pid)
    WHERE locktype = 'transactionid' AND mode = 'ExclusiveLock' AND granted
      AND transactionid = open::xid AND datname <> current_database())"""


def piece(kinds: Sequence[str], after: Cursor, *, columns: Sequence[str], limit: int) -> Piece:
    """Return at most ``limit`` activities of ``kinds`` behind ``after`` with these columns of the table.

    The end is looked up first: on SQLite commits follow ids, and on PostgreSQL everything below the oldest open
    transaction has ended, so what is read afterwards holds all of it.
    """
    marks, names = ", ".join(["%s"] * len(kinds)), ", ".join(f'"{c}"' for c in columns)
    with connection.cursor() as cursor:
        if bulk.on_postgres():
            cursor.execute(BELOW)
            below = int(cursor.fetchone()[0])
            cursor.execute(
                "SELECT tx, id FROM stream_activity WHERE tx < %s AND (tx, id) > (%s, %s) "
                "ORDER BY tx DESC, id DESC LIMIT 1",
                [below, after.tx, after.id],
            )
            end = Cursor(*(cursor.fetchone() or (after.tx, after.id)))
            where, values = "(tx, id) > (%s, %s) AND (tx, id) <= (%s, %s)", [after.tx, after.id, end.tx, end.id]
            order = "tx, id"
        else:
            cursor.execute("SELECT max(id) FROM stream_activity")
            end = Cursor(0, max(cursor.fetchone()[0] or 0, after.id))
            where, values, order = "id > %s AND id <= %s", [after.id, end.id], "id"
        if end == after:
            return Piece((), after, True)
        # The sign keeps the planner from the index of kinds, which is not in the order of the stream.
        kind = "kind" if bulk.on_postgres() else "+kind"
        cursor.execute(
            f"SELECT {names}, tx, id FROM stream_activity WHERE {where} AND {kind} IN ({marks}) "  # noqa: S608
            f"ORDER BY {order} LIMIT %s",
            [*values, *kinds, limit],
        )
        rows = cursor.fetchall()
    is_last = len(rows) < limit
    upto = end if is_last else Cursor(rows[-1][-2], rows[-1][-1])
    return Piece(rows, upto, is_last)
