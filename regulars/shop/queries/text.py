"""Searching text in the database, alike on both engines."""

from __future__ import annotations

from regulars.base import bulk


def contains(column: str) -> str:
    """Return the condition that ``column`` contains a pattern made by ``pattern``, whatever the case."""
    # SQLite's LIKE ignores the case of A to Z as it is; PostgreSQL has ILIKE for it.
    return rf"{column} {'ILIKE' if bulk.on_postgres() else 'LIKE'} %s ESCAPE '\'"


def pattern(text: str) -> str:
    """Return the value for ``contains``: anything with ``text`` in it, its signs taken literally."""
    plain = text.replace("\0", "")
    for sign in ("\\", "%", "_"):
        plain = plain.replace(sign, "\\" + sign)
    return f"%{plain}%"


def spellings(number: str) -> list[str]:
    """Return the ways an order number may be stored: with and without a leading ``#``."""
    bare = number.replace("\0", "").strip().lstrip("#")
    return [bare, f"#{bare}"] if bare else []
