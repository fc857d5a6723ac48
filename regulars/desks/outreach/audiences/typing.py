"""Counting while somebody types: each condition is asked once, and put together with the others in memory.

With every sign only the last condition changes, so the people of the others are kept, as one truth value a person, for
as long as nothing happens: whatever changes is recorded in the stream (and a minute is the longest that they are kept,
since PostgreSQL may show a lower id later). A question for all at once has to ask every condition anew at every sign.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Hashable
from datetime import datetime

import numpy as np
from django.db import connection

from regulars.base.clock import to_us
from regulars.decisions.audiences import All, Asked, Fact, Fragment, Not, Rule, meaning
from regulars.desks.outreach.audiences.base import BASE

People = np.ndarray  # a truth value for each root id from 0
_KEPT_BYTES = 64 * 2**20
_kept: OrderedDict[Hashable, People] = OrderedDict()
_lock = threading.Lock()


def forget() -> None:
    """Keep nothing: for tests and measurements."""
    with _lock:
        _kept.clear()


def minute(at: datetime) -> datetime:
    """Return the beginning of the minute: what was asked in it stays the same question."""
    return at.replace(second=0, microsecond=0)


def people_of(rule: Rule, asked: Asked) -> People:
    """Return whom a rule chooses; the same people as ``decisions.audiences.select`` of it.

    Raises RuleError as that does.
    """
    return _Asking(asked).of(rule, asked)


def pick(people: People, size: int) -> list[int]:
    """Return a few of the people, from all over the place rather than the oldest, and the same ones each time."""
    ids = np.flatnonzero(people)
    # Fibonacci hashing (Knuth, The Art of Computer Programming 3, 6.4) sends neighbours far apart.
    order = np.argsort(ids * 2_654_435_761 % 2**32, kind="stable") if len(ids) > size else np.arange(len(ids))
    return [int(pk) for pk in ids[order[:size]]]


def _stamp() -> tuple[int, int, int, str]:
    """Return what differs once anything was recorded or taken back, and the highest id a person may have."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce((SELECT max(id) FROM stream_activity), 0), "
            "coalesce((SELECT max(id) FROM stream_retraction), 0), coalesce((SELECT max(id) FROM people_customer), 0)"
        )
        last, retracted, highest = cursor.fetchone()
    return int(last), int(retracted), int(highest), str(connection.settings_dict["NAME"])


class _Asking:
    def __init__(self, asked: Asked) -> None:
        stamp = _stamp()
        self.size, self.key = stamp[2] + 1, (stamp, to_us(asked.now))
        self.everybody = self.leaf(Fragment("1 = 1"))

    def of(self, rule: Rule, asked: Asked) -> People:
        if isinstance(rule, Not):
            return np.asarray(self.everybody & ~self.of(rule.part, asked))
        if isinstance(rule, Fact):
            found = meaning(rule, asked)
            if isinstance(found, Fragment):
                return self.leaf(found)
            return _either([self.of(part, inside) for part, inside in found])
        parts = [self.of(part, asked) for part in rule.parts]
        return np.asarray(np.logical_and.reduce(parts)) if isinstance(rule, All) else _either(parts)

    def leaf(self, said: Fragment) -> People:
        key = (self.key, said)
        with _lock:
            if key in _kept:
                _kept.move_to_end(key)
                return _kept[key]
        people = self.ask(said)
        with _lock:
            _kept[key] = people
            while sum(each.nbytes for each in _kept.values()) > _KEPT_BYTES:
                _kept.popitem(last=False)
        return people

    def ask(self, said: Fragment) -> People:
        """Ask the database; of a set it is looked up here who of it is to be counted."""
        sql = f"SELECT {BASE.id} FROM {BASE.source} WHERE {BASE.where} AND {said.sql}"  # noqa: S608 - texts of ours
        with connection.cursor() as cursor:
            cursor.execute(said.sql if said.is_set else sql, list(said.params))
            rows = cursor.fetchall()
        people = np.zeros(self.size, dtype=bool)
        people[np.fromiter((row[0] for row in rows), dtype=np.int64, count=len(rows))] = True
        return np.asarray(people & self.everybody) if said.is_set else people


def _either(parts: list[People]) -> People:
    return np.asarray(np.logical_or.reduce(parts))
