"""What the receiver knows while it reads a request: keys, who is not to be followed, and where it came from. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any


@dataclass(frozen=True, slots=True)
class Key:
    """What the receiver knows of a write key. ``scope``: of the accounts of its store."""

    id: int
    store: int
    scope: str
    country: str
    is_browser: bool = True


@dataclass(frozen=True, slots=True)
class Rules:
    """What events are weighed against; read anew every few seconds.

    out_*: who asked not to be followed, as visitors and as digests of identifiers. junk_*: ids that so many gave that
    they are nobody's. salt: today's, of the ids of visitors without a lasting one; "" before there is one.
    """

    keys: dict[str, Key] = field(default_factory=dict)
    salt: bytes = b""
    out_visitors: frozenset[str] = frozenset()
    out_digests: frozenset[bytes] = frozenset()
    junk_visitors: frozenset[str] = frozenset()
    junk_digests: frozenset[bytes] = frozenset()


NO_RULES = Rules()


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a request came from, as far as it may be known: never the address itself.

    daily: the id of a visitor who has given no consent, good for one day. agent: the browser's user agent.
    """

    daily: str = ""
    agent: str = ""
    place: str = ""
    is_datacentre: bool = False
    is_own: bool = False


NOWHERE = Origin()


def daily_id(salt: bytes, key: int, address: str, agent: str) -> str:
    """Return the pseudonym of a visitor for a day: the salt goes with the day, and with it the way back."""
    said = f"{key}\x1f{address}\x1f{agent}".encode()
    return f"d:{blake2b(said, digest_size=16, key=salt).hexdigest()}"


@dataclass(slots=True)
class Taken:
    """What a request came to.

    rows: of ``stream.operations.COLUMNS``. links: (visitor, digest, kind). orders: (visitor, number). persons:
    (visitor, customer), by a personal link. leaving: visitors who asked not to be followed. refused: (reason, type,
    name).
    """

    key: Key
    rules: Rules = NO_RULES
    origin: Origin = NOWHERE
    rows: list[tuple[Any, ...]] = field(default_factory=list)
    links: list[tuple[str, bytes, str]] = field(default_factory=list)
    orders: list[tuple[str, str]] = field(default_factory=list)
    persons: list[tuple[str, int]] = field(default_factory=list)
    leaving: list[str] = field(default_factory=list)
    refused: list[tuple[str, str, str]] = field(default_factory=list)
