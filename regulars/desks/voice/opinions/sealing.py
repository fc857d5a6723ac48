"""Words at rest: sealed under the key of who said them, or under one of their own where nobody is known."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import NamedTuple

from regulars.base import secrets
from regulars.base.text import plain
from regulars.desks.voice.opinions.models import Earlier, Opinion
from regulars.people.models import Customer

MOST = 20_000  # characters of an opinion; what is beyond is cut


class Words(NamedTuple):
    """What an opinion says."""

    text: str
    title: str = ""


def tidy(words: Words) -> Words:
    """Return words as they are kept: no NUL (PostgreSQL takes none), no spaces around, not beyond what is kept."""
    return Words(words.text.replace("\0", "").strip()[:MOST], plain(words.title.replace("\0", ""))[:300])


def seal(words: Words, customer: Customer | None) -> tuple[bytes, bytes]:
    """Return (wrapped key, sealed words); the first is empty where the customer's key is used."""
    key, wrapped = (secrets.unwrap(bytes(customer.wrapped_key)), b"") if customer else secrets.new_key()
    return wrapped, seal_with(key, words)


def seal_with(key: bytes, words: Words) -> bytes:
    """Return words sealed under ``key``."""
    return secrets.seal(key, json.dumps({"title": words.title, "text": words.text}, ensure_ascii=False))


def words_of(opinions: Iterable[Opinion]) -> dict[int, Words]:
    """Return what these opinions say, by id. Those taken back, and those of erased people, are left out."""
    rows = [opinion for opinion in opinions if opinion.sealed]
    theirs = {row.customer_id for row in rows if not row.wrapped_key and row.customer_id is not None}
    keys = dict(Customer.objects.filter(pk__in=theirs).values_list("pk", "wrapped_key"))
    unwrapped: dict[int, bytes] = {}
    found: dict[int, Words] = {}
    for row in rows:
        try:
            if row.wrapped_key:
                key = secrets.unwrap(bytes(row.wrapped_key))
            else:
                owner = row.customer_id or 0
                key = unwrapped.get(owner) or secrets.unwrap(bytes(keys.get(owner, b"")))
                unwrapped[owner] = key
            found[row.pk] = _open(key, bytes(row.sealed))
        except secrets.Unreadable:
            continue
    return found


def earlier_words(opinion: Opinion) -> list[tuple[Earlier, Words]]:
    """Return what an opinion said before, oldest first."""
    wrapped = bytes(opinion.wrapped_key) or bytes(opinion.customer.wrapped_key if opinion.customer else b"")
    try:
        key = secrets.unwrap(wrapped)
        return [(row, _open(key, bytes(row.sealed))) for row in opinion.earlier_set.order_by("at", "pk")]
    except secrets.Unreadable:
        return []


def fingerprint(words: Words) -> bytes:
    """Return what tells equal words apart from others, without being readable; b"" of no words."""
    comparable = "".join(sign for sign in plain(words.text).casefold() if sign.isalnum())
    return secrets.digest("opinion", "", comparable) if comparable else b""


def _open(key: bytes, sealed: bytes) -> Words:
    kept = json.loads(secrets.unseal(key, sealed))
    return Words(kept["text"], kept.get("title", ""))
