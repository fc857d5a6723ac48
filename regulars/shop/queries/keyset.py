"""Lists read in pages by where the last one ended: page 900 costs what page 1 costs, and rows never come twice."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from django.db import connection

from regulars.base import bulk

# Counting stops here; a longer list says "10,000+".
COUNT_LIMIT = 10_000
COSTLY_COUNT_LIMIT = 1_000
VERY_COSTLY_COUNT_LIMIT = 250
# A filter that keeps fewer rows than this is better read through its own index than along the sort's.
FEW = 10_000

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class SortKey:
    """What a list is sorted by. ``missing``: the condition of rows that have no value; they come last either way."""

    sql: str
    has_value: str = ""
    missing: str = ""
    is_text: bool = False

    def without_index(self) -> SortKey:
        """Return the key so that SQLite does not use its index: a plus makes an expression of a column."""
        return SortKey(
            f"+{self.sql}", self.has_value and f"+{self.has_value}", self.missing and f"+{self.missing}", self.is_text
        )

    def takes(self, value: Any) -> bool:
        """Return whether ``value``, read from a URL, can be compared with this key."""
        if self.is_text:
            return isinstance(value, str) and "\0" not in value
        return _is_bigint(value)


@dataclass(slots=True)
class Listing(Generic[Row]):
    """A question for rows. The first selected column is the sort value (added here), the second the row's id."""

    columns: str
    source: str
    id: str
    make: Callable[[Sequence[Any]], Row]
    where: list[str] = field(default_factory=list)
    values: list[Any] = field(default_factory=list)
    count_source: str = ""
    count_limit: int = COUNT_LIMIT
    is_few: bool = False  # a filter leaves fewer than FEW rows: read these and sort them, not along the sort's index
    impossible: set[str] = field(default_factory=set)  # conditions of sort keys that no row found can meet

    def only(self, condition: str, *values: Any) -> None:
        """Keep only rows that meet ``condition`` too."""
        self.where.append(condition)
        self.values += values


@dataclass(frozen=True, slots=True)
class Window(Generic[Row]):
    """Some rows of a list, and the token of where the next ones begin (empty at the end)."""

    rows: list[Row]
    after: str


def window(listing: Listing[Row], key: SortKey, *, descending: bool, after: str = "", size: int = 50) -> Window[Row]:
    """Return ``size`` rows from the place ``after`` on. A token that cannot be read means the beginning."""
    value, last_id = _read_token(after)
    impossible = key.missing in listing.impossible
    if listing.is_few and not bulk.on_postgres():
        key = key.without_index()
    if value is not None and not key.takes(value) or (value is None and not key.missing):
        value = last_id = None
    rows: list[Sequence[Any]] = []
    if not (key.missing and last_id is not None and value is None):
        place = None if last_id is None else (value, last_id)
        rows = _read(listing, key, key.has_value, place, descending, size + 1)
        last_id = None
    if key.missing and len(rows) <= size and not impossible:
        place = None if last_id is None else (None, last_id)
        rows += _read(listing, SortKey("NULL"), key.missing, place, descending, size + 1 - len(rows))
    more = len(rows) > size
    rows = rows[:size]
    return Window([listing.make(row[2:]) for row in rows], _token(rows[-1][0], rows[-1][1]) if more else "")


def every_row(listing: Listing[Row], key: SortKey, *, descending: bool, size: int = 2000) -> Iterator[Row]:
    """Yield all rows in order, read in pages, so that a long download holds neither memory nor a transaction."""
    after = ""
    while True:
        part = window(listing, key, descending=descending, after=after, size=size)
        yield from part.rows
        after = part.after
        if not after:
            return


def count_up_to(listing: Listing[Row], limit: int | None = None) -> tuple[int, bool]:
    """Return how many rows there are, and whether that is all: counting stops at ``limit``, else the listing's."""
    limit = listing.count_limit if limit is None else limit
    where = f" WHERE {' AND '.join(listing.where)}" if listing.where else ""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT count(*) FROM (SELECT 1 FROM {listing.count_source or listing.source}{where} LIMIT %s) AS counted",  # noqa: S608
            [*listing.values, limit + 1],
        )
        found = int(cursor.fetchone()[0])
    return min(found, limit), found <= limit


def _read(
    listing: Listing[Row],
    key: SortKey,
    condition: str,
    place: tuple[Any, int] | None,
    descending: bool,
    size: int,
) -> list[Sequence[Any]]:
    where, values = list(listing.where), list(listing.values)
    if condition:
        where.append(condition)
    sign, direction = ("<", "DESC") if descending else (">", "ASC")
    if key.sql == "NULL":
        order = f"{listing.id} {direction}"
        if place is not None:
            where.append(f"{listing.id} {sign} %s")
            values.append(place[1])
    else:
        order = f"{key.sql} {direction}, {listing.id} {direction}"
        if place is not None:
            where.append(f"({key.sql}, {listing.id}) {sign} (%s, %s)")
            values += place
    clause = f" WHERE {' AND '.join(where)}" if where else ""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {key.sql}, {listing.id}, {listing.columns} "  # noqa: S608 - our own columns and conditions
            f"FROM {listing.source}{clause} ORDER BY {order} LIMIT %s",
            [*values, size],
        )
        return list(cursor.fetchall())


def _token(value: Any, row_id: int) -> str:
    return base64.urlsafe_b64encode(json.dumps([value, row_id]).encode()).decode().rstrip("=")


def _read_token(token: str) -> tuple[Any, int | None]:
    try:
        value, row_id = json.loads(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
    except (ValueError, TypeError, binascii.Error):
        return None, None
    return (value, row_id) if _is_bigint(row_id) else (None, None)


def _is_bigint(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**63
