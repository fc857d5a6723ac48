"""Taking back what an import made known of people, when it is undone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from django.db import connection, transaction

from regulars.base import bulk
from regulars.base.actor import Actor
from regulars.base.clock import to_us
from regulars.stream.operations import record_rows, retract

# Other rooms that keep rows per customer register here: an SQL condition on ``people_customer.id`` that holds while
# they still need the record, and a function that removes their derived rows of records about to go.
STILL_NEEDED: list[str] = []
ON_FORGET: list[Callable[[Sequence[int]], None]] = []

_OWN_CONDITIONS = (
    "root_id <> id",
    "EXISTS (SELECT 1 FROM people_customer x WHERE x.root_id = people_customer.id AND x.id <> people_customer.id)",
    "EXISTS (SELECT 1 FROM people_consent x WHERE x.customer_id = people_customer.id)",
    "EXISTS (SELECT 1 FROM people_identifier x WHERE x.customer_id = people_customer.id"
    " AND x.batch IS DISTINCT FROM people_customer.batch)",
)

_TOLD_OF = "customer_id = %s"


def forget_batch(batch: int, *, before: Sequence[tuple[int, dict[str, str]]], by: Actor, at: datetime) -> int:
    """Take back what an import told of people; return how many customers are gone.

    Names it completed are empty again, identifiers and consents it brought go, and so does every customer it made,
    unless she is needed elsewhere: by another room, by a merge, by a consent or an identifier from another source.
    A withdrawal stays for ever. Part of ``shop.operations.undo_batch``, inside its transaction.
    """
    first: dict[int, dict[str, str]] = {}
    for customer, values in before:
        first.setdefault(customer, values)
    bulk.update(
        "UPDATE people_customer SET name = %s, country = %s, region = %s, city = %s "
        "WHERE id = %s AND erased_at IS NULL",
        [(v["name"], v["country"], v["region"], v["city"], customer) for customer, v in first.items()],
    )
    needed = " OR ".join((*_OWN_CONDITIONS, *STILL_NEEDED))
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM people_consent WHERE batch = %s AND state = 'granted'", [batch])
        cursor.execute("DELETE FROM people_mergesuggestion WHERE batch = %s AND state = 'open'", [batch])
        cursor.execute(
            "DELETE FROM people_identifier WHERE batch = %s AND customer_id IN "
            "(SELECT id FROM people_customer WHERE batch IS DISTINCT FROM %s)",
            [batch, batch],
        )
        cursor.execute(f"SELECT id, created_at FROM people_customer WHERE batch = %s AND ({needed})", [batch])  # noqa: S608
        stay = cursor.fetchall()
        cursor.execute(f"SELECT id FROM people_customer WHERE batch = %s AND NOT ({needed})", [batch])  # noqa: S608
        gone = [row[0] for row in cursor.fetchall()]
    _retell(stay, by=by, at=at)
    _delete(gone)
    return len(gone)


def forget_unneeded(customer: int, *, reason: str, by: Actor, at: datetime) -> bool:
    """Remove the record of somebody of whom only an address is known. False if anything else is."""
    conditions = " OR ".join((*_OWN_CONDITIONS, *STILL_NEEDED))
    told = f"{_TOLD_OF} AND kind NOT IN ('customer.created', 'suppression.added')"
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SELECT id FROM people_customer WHERE id = %s AND NOT ({conditions})", [customer])  # noqa: S608
        if cursor.fetchone() is None:
            return False
        cursor.execute(f"SELECT 1 FROM stream_activity WHERE {told} LIMIT 1", [customer])  # noqa: S608
        if cursor.fetchone() is not None:
            return False
        # That an address is dead stays known, by its digest; whose it was does not.
        cursor.execute(f"SELECT id FROM stream_activity WHERE {_TOLD_OF}", [customer])  # noqa: S608
        retract([row[0] for row in cursor.fetchall()], reason=reason, by=by, at=at)
        _delete([customer])
    return True


def _retell(stay: Sequence[tuple[int, int]], *, by: Actor, at: datetime) -> None:
    """Record again that those who stay became known: the undone import's word for it was taken back."""
    rows = [
        (
            f"customer.created:{pk}", "customer.created", pk, None, None, None, None, None, since, to_us(at), str(by),
            None,
         '{"source":""}')
        for pk, since in stay
    ]  # fmt: skip
    record_rows(rows)
    bulk.update("UPDATE people_customer SET batch = NULL WHERE id = %s", [(pk,) for pk, _ in stay])


def _delete(gone: Sequence[int]) -> None:
    for listener in ON_FORGET:
        listener(gone)
    for table, column in (
        ("people_identifier", "customer_id"),
        ("people_merge", "kept_id"),
        ("people_merge", "folded_id"),
        ("people_mergesuggestion", "low_id"),
        ("people_mergesuggestion", "high_id"),
        ("people_customer", "id"),
    ):
        bulk.update(f"DELETE FROM {table} WHERE {column} = %s", [(pk,) for pk in gone])  # noqa: S608 - our own tables
