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


# The oldest transaction that this snapshot does not see the end of, and how many ended since it was taken. Transactions
# of the server's other databases have no rows here and hold nobody up; of one that ended meanwhile nobody can tell any
# more whose it was, so it is waited for: a second look will do.
BELOW = """WITH taken AS (SELECT pg_current_snapshot() AS shot),
going AS (SELECT xid::text::bigint AS tx, (
    SELECT bool_or(datname = current_database()) FROM pg_locks JOIN pg_stat_activity USING (pid)
    WHERE locktype = 'transactionid' AND mode = 'ExclusiveLock' AND granted AND transactionid = xid::xid) AS is_ours
    FROM taken, pg_snapshot_xip(shot) AS xid)
SELECT coalesce(min(tx) FILTER (WHERE is_ours IS NOT FALSE), (SELECT pg_snapshot_xmax(shot)::text::bigint FROM taken)),
    count(*) FILTER (WHERE is_ours IS NULL) FROM going"""
LOOKS = 8


def _below(cursor: Any) -> int:
    """Return the transaction below which everything has ended; looks again while others end just now."""
    below = ended = 0
    for _look in range(LOOKS):
        cursor.execute(BELOW)
        below, ended = cursor.fetchone()
        if not ended:
            break
    return int(below)


def piece(kinds: Sequence[str], after: Cursor, *, columns: Sequence[str], limit: int) -> Piece:
    """Return at most ``limit`` activities of ``kinds`` behind ``after`` with these columns of the table.

    The end is looked up first: on SQLite commits follow ids, and on PostgreSQL everything below the oldest open
    transaction has ended, so what is read afterwards holds all of it.
    """
    marks, names = ", ".join(["%s"] * len(kinds)), ", ".join(f'"{c}"' for c in columns)
    with connection.cursor() as cursor:
        if bulk.on_postgres():
            below = _below(cursor)
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
