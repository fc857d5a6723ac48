"""Writing who visitors said they are, in the transaction of the events that said it."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection

from regulars.base import bulk
from regulars.base.clock import now, to_us
from regulars.sources.tracker.rules import Taken


def put(group: Sequence[Taken]) -> None:
    """Keep the links, opt-outs included, of these requests; those that are known already change nothing."""
    if not any(t.links or t.orders or t.persons or t.leaving for t in group):
        return
    at = to_us(now())
    said = {(v, d): (v, d, kind, t.key.id, at) for t in group for v, d, kind in t.links}
    _insert("tracker_link", ["visitor", "digest", "kind", "key_id", "at"], list(said.values()), "visitor, digest")
    orders = {(v, t.key.store, n): (v, t.key.store, n, t.key.id, at) for t in group for v, n in t.orders}
    columns = ["visitor", "store_id", "number", "key_id", "at"]
    _insert("tracker_orderlink", columns, list(orders.values()), "visitor, store_id, number")
    for visitor, customer, key in {(v, c, t.key.id) for t in group for v, c in t.persons}:
        _put_person(visitor, customer, key, at)
    for visitor in {v for t in group for v in t.leaving}:
        _put_leaving(visitor, at)


def _insert(table: str, columns: list[str], rows: list[tuple[object, ...]], once: str) -> None:
    if rows:
        bulk.insert(table, columns, rows, skip_conflicts_on=once)


def _put_person(visitor: str, customer: int, key: int, at: int) -> None:
    """A link outlives the customer it was made for: one who is gone, or erased, is not brought back by it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO tracker_personallink (visitor, customer_id, key_id, at) "
            "SELECT %s, id, %s, %s FROM people_customer WHERE id = %s AND erased_at IS NULL "
            "ON CONFLICT (visitor, customer_id) DO NOTHING",
            [visitor, key, at, customer],
        )


def _put_leaving(visitor: str, at: int) -> None:
    """The visitor is not followed any more, and what she said she is is forgotten."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO tracker_optout (visitor, at, \"by\", lifted_by) VALUES (%s, %s, 'visitor', '') "
            "ON CONFLICT (visitor) WHERE customer_id IS NULL AND lifted_at IS NULL DO NOTHING",
            [visitor, at],
        )
        for table in ("tracker_link", "tracker_orderlink", "tracker_personallink"):
            cursor.execute(f"DELETE FROM {table} WHERE visitor = %s", [visitor])  # noqa: S608 - our own tables
