"""Recording what happened. Always inside the transaction of the change that it records."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from regulars.base import bulk
from regulars.base.actor import Actor
from regulars.base.clock import to_us
from regulars.stream import kinds

COLUMNS = (
    "key", "kind", "customer_id", "visitor", "store_id", "subject", "amount_minor", "currency",
    "occurred_at", "recorded_at", "by", "batch", "body",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class NewActivity:
    """An activity about to be recorded. ``key`` makes recording it twice harmless."""

    kind: str
    key: str
    occurred_at: datetime
    body: Any
    customer: int | None = None
    visitor: str | None = None
    store: int | None = None
    subject: str | None = None
    amount_minor: int | None = None
    currency: str | None = None


def record(
    kind: str, key: str, body: Any, *, by: Actor, at: datetime, occurred_at: datetime | None = None, **about: Any
) -> bool:
    """Record one activity; return False if its key was recorded before (then nothing changes).

    ``about``: customer, visitor, store, subject, amount_minor, currency, as in NewActivity; batch.
    """
    batch = about.pop("batch", None)
    activity = NewActivity(kind=kind, key=key, occurred_at=occurred_at or at, body=body, **about)
    row = _row(activity, by=by, at=at, batch=batch)
    names = ", ".join(f'"{c}"' for c in COLUMNS)
    marks = ", ".join(["%s"] * len(COLUMNS))
    tx = ', "tx"', ", 0"
    if bulk.on_postgres():
        tx = "", ""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            f'INSERT INTO stream_activity ({names}{tx[0]}) VALUES ({marks}{tx[1]}) ON CONFLICT ("key") DO NOTHING',  # noqa: S608
            row,
        )
        return bool(cursor.rowcount == 1)


def record_rows(rows: Sequence[Sequence[Any]]) -> None:
    """Record many activities given as rows of ``COLUMNS`` in the database's form (instants in microseconds, body JSON).

    For hot operations: kinds and bodies are the caller's word, keys seen before are skipped.
    """
    if bulk.on_postgres():
        _record_rows_postgres(rows)
    else:
        bulk.insert("stream_activity", [*COLUMNS, "tx"], [(*r, 0) for r in rows], skip_conflicts_on='"key"')


def _record_rows_postgres(rows: Sequence[Sequence[Any]]) -> None:
    """COPY into a staging table, then insert what is new: COPY itself knows no ON CONFLICT."""
    names = ", ".join(f'"{c}"' for c in COLUMNS)
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMP TABLE IF NOT EXISTS new_activity ON COMMIT DELETE ROWS AS "  # noqa: S608 - our own columns
            f"SELECT {names} FROM stream_activity LIMIT 0"
        )
        cursor.execute("DELETE FROM new_activity")
        with cursor.copy(f"COPY new_activity ({names}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        cursor.execute(
            f'INSERT INTO stream_activity ({names}) SELECT {names} FROM new_activity ON CONFLICT ("key") DO NOTHING'  # noqa: S608
        )


def _row(a: NewActivity, *, by: Actor, at: datetime, batch: int | None) -> tuple[Any, ...]:
    return (
        a.key, a.kind, a.customer, a.visitor, a.store, a.subject, a.amount_minor, a.currency,
        to_us(a.occurred_at), to_us(at), str(by), batch, kinds.encode(a.kind, a.body),
    )  # fmt: skip


def record_many(activities: Iterable[NewActivity], *, by: Actor, at: datetime, batch: int | None = None) -> None:
    """Record many activities at once; keys seen before are skipped."""
    record_rows([_row(a, by=by, at=at, batch=batch) for a in activities])


def retract_keys(keys: Iterable[str], *, reason: str, by: Actor, at: datetime) -> int:
    """Take back the activities with these keys; return how many there were. The lake follows."""
    ids = [row[0] for row in bulk.select_in('SELECT id FROM stream_activity WHERE "key" IN ({})', keys)]
    return retract(ids, reason=reason, by=by, at=at)


def retract(ids: Sequence[int], *, reason: str, by: Actor, at: datetime) -> int:
    """Take back the activities ``ids``: their rows go, a retraction each stays."""
    done = 0
    for start in range(0, len(ids), 900):
        part = list(ids[start : start + 900])
        done += _retract_where(f"id IN ({', '.join(['%s'] * len(part))})", part, reason=reason, by=by, at=at)
    return done


def retract_batch(batch: int, *, first_id: int, reason: str, by: Actor, at: datetime) -> int:
    """Take back everything the import ``batch`` recorded, from the id ``first_id`` on (which spares an index)."""
    return _retract_where("id >= %s AND batch = %s", [first_id, batch], reason=reason, by=by, at=at)


def _retract_where(where: str, values: list[Any], *, reason: str, by: Actor, at: datetime) -> int:
    tx = ("", "") if bulk.on_postgres() else (", tx", ", 0")
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            f'INSERT INTO stream_retraction (activity_id, kind, reason, at, "by"{tx[0]}) '  # noqa: S608
            f"SELECT id, kind, %s, %s, %s{tx[1]} FROM stream_activity WHERE {where}",
            [reason, to_us(at), str(by), *values],
        )
        cursor.execute(f"DELETE FROM stream_activity WHERE {where}", values)  # noqa: S608
        return int(cursor.rowcount)
