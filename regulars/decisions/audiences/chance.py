"""Random shares that stay: a person's place of 10,000, the same on every engine and whenever it is asked.

A hash like SHA-256 is out of reach of SQLite's arithmetic, and asking Python once a row costs a count while typing its
time. A polynomial of degree three over a prime, with coefficients drawn from the salt, places any four persons
independently of each other (Wegman and Carter 1981, New hash functions and their use in authentication and set
equality), and needs nothing but multiplication: below 2^62, so it is exact on both engines.
"""

from __future__ import annotations

import hashlib

PRIME = 2**31 - 1
PLACES = 10_000


def _coefficients(salt: str) -> list[int]:
    digest = hashlib.sha256(salt.encode()).digest()
    drawn = [int.from_bytes(digest[n : n + 8]) % PRIME for n in range(0, 32, 8)]
    return [drawn[0] or 1, *drawn[1:]]


def place(salt: str, root: int) -> int:
    """Return 0 to 9,999: the place of the person ``root`` under ``salt``."""
    value, root = 0, root % PRIME
    for coefficient in _coefficients(salt):
        value = (value * root + coefficient) % PRIME
    return value % PLACES


def place_sql(salt: str, column: str) -> str:
    """Return the same as SQL over ``column``, with percent signs doubled. Holds numbers drawn from the salt only."""
    root = f"({column} %% {PRIME})"
    first, *rest = _coefficients(salt)
    sql = str(first)
    for coefficient in rest:
        sql = f"(({sql} * {root} + {coefficient}) %% {PRIME})"
    return f"({sql} %% {PLACES})"
