"""Pieces of SQL that words share. Every value is a parameter."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from regulars.decisions.audiences import Asked, Compare, Fragment, Texts, When
from regulars.shop.queries.text import contains, pattern

ROOT = "f.root_id"


def between(column: str, when: When | None, asked: Asked) -> Fragment:
    """Return the condition that an instant lies in a time; always true without one."""
    if when is None:
        return Fragment("1 = 1")
    low, high = when.bounds(asked.now, asked.zone)
    parts = [f"{column} {sign} %s" for sign, border in ((">=", low), ("<", high)) if border is not None]
    return Fragment(" AND ".join(parts), tuple(border for border in (low, high) if border is not None))


def one_of(column: str, values: Sequence[Any]) -> Fragment:
    """Return the condition that a column is one of the values."""
    return Fragment(f"{column} IN ({', '.join(['%s'] * len(values))})", tuple(values))


def like(column: str, texts: Texts) -> Fragment:
    """Return the condition that a text is, or contains, one of the texts."""
    if texts.op not in {"contains", "containing"}:
        return one_of(column, texts.values)
    parts = [contains(column)] * len(texts.values)
    return Fragment(f"({' OR '.join(parts)})", tuple(pattern(value) for value in texts.values))


def people_of(source: str, where: Sequence[Fragment], id: str = ROOT) -> Fragment:
    """Return everybody of whom ``source`` has a row where all conditions hold; ``id`` is the column of her root."""
    sql = " AND ".join(part.sql for part in where)
    params = tuple(value for part in where for value in part.params)
    return Fragment(f"SELECT {id} FROM {source} WHERE {sql}", params, is_set=True)  # noqa: S608 - texts of ours


def counted(
    source: str,
    where: Sequence[Fragment],
    compare: Compare | None,
    *,
    what: str = "count(*)",
    id: str = ROOT,
    unit: Any = int,
) -> Fragment:
    """Return everybody whose rows of ``source`` come to what is compared; without a comparison, who has any.

    Who has no row counts as none: where that is meant too, the answer is everybody but those who have another number.
    """
    if compare is None:
        return people_of(source, where, id)
    found = people_of(source, where, id)
    condition, values = compare.having(what, unit)
    grouped = f"{found.sql} GROUP BY {id} HAVING"
    if compare.takes(Decimal(0)):
        return Fragment(f"c.id NOT IN ({grouped} NOT ({condition}))", (*found.params, *values))
    return Fragment(f"{grouped} {condition}", (*found.params, *values), is_set=True)
