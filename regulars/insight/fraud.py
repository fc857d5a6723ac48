"""What makes a review suspicious, each with what it rests on. Pure.

A signal is a reason to look, never a verdict: nothing is hidden because of one, and stars are none of them. Five good
marks from one family's network are five good marks.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import exp
from typing import Literal

Code = Literal["burst", "same_place", "same_words", "own_staff", "too_early"]
DAY = timedelta(days=1)
USUAL_DAYS = 90
LEAST_BURST = 5
RARE = 0.001  # how seldom chance alone brings so many within a day
PLACE_WITHIN = timedelta(days=30)
LEAST_OF_PLACE = 3


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a review. ``place`` and ``print`` are digests of where it came from and what it says; b"" of
    none. ``author`` tells people apart; "" of nobody known.
    """

    id: int
    product: int
    at: datetime
    author: str = ""
    place: bytes = b""
    print: bytes = b""
    is_staff: bool = False
    delivered_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Signal:
    """A reason to look. ``count``: how many reviews it rests on, this one among them; ``usual``: of a burst, how many
    a day brings else.
    """

    code: Code
    count: int = 1
    usual: float = 0.0


def signals(reviews: Iterable[Facts]) -> Mapping[int, Sequence[Signal]]:
    """Return for each suspicious review why it is."""
    rows = sorted(reviews, key=lambda row: (row.at, row.id))
    found: defaultdict[int, list[Signal]] = defaultdict(list)
    for row in rows:
        if row.is_staff:
            found[row.id].append(Signal("own_staff"))
        if row.delivered_at is not None and row.at < row.delivered_at:
            found[row.id].append(Signal("too_early"))
    for group in _groups(rows, "print"):
        _together(group, "same_words", 2, None, found)
    for group in _groups(rows, "place"):
        _together(group, "same_place", LEAST_OF_PLACE, PLACE_WITHIN, found)
    for group in _groups(rows, "product"):
        _bursts(group, found)
    return found


def _groups(rows: Sequence[Facts], by: str) -> Iterable[list[Facts]]:
    groups: defaultdict[object, list[Facts]] = defaultdict(list)
    for row in rows:
        if key := getattr(row, by):
            groups[key].append(row)
    return groups.values()


def _together(
    group: Sequence[Facts], code: Code, least: int, within: timedelta | None, found: defaultdict[int, list[Signal]]
) -> None:
    for row in group:
        near = [other for other in group if within is None or abs(other.at - row.at) <= within]
        # Whoever writes of two products from her own sofa is one person.
        people = {other.author or f"#{other.id}" for other in near}
        if len(people) >= least:
            found[row.id].append(Signal(code, len(near)))


def _bursts(group: Sequence[Facts], found: defaultdict[int, list[Signal]]) -> None:
    times = [row.at for row in group]
    first = last = 0
    for at, row in zip(times, group, strict=True):
        while times[first] <= at - DAY:
            first += 1
        while last < len(times) and times[last] < at + DAY:
            last += 1
        # The fullest day around it: the one before it, or the one after it.
        count = max(bisect_right(times, at) - first, last - bisect_left(times, at))
        before = first - bisect_right(times, at - USUAL_DAYS * DAY, 0, first)
        usual = (before + 1) / USUAL_DAYS
        if count >= LEAST_BURST and _at_least(count, usual) <= RARE:
            found[row.id].append(Signal("burst", count, usual))


def _at_least(count: int, usual: float) -> float:
    """Return the chance of ``count`` or more where ``usual`` is what comes on average (Poisson)."""
    term = total = exp(-usual)
    for n in range(1, count):
        term *= usual / n
        total += term
    return max(1.0 - total, 0.0)
