"""Is a lot worse than the others of its product? A test that may be looked at every day, and says so early.

Each order that holds the lot is put beside orders of other lots of the product, and all are followed day by day at
equal ages: a lot sent yesterday is compared with what other lots had brought back a day after they left, not with
what they brought back in the end. Whenever something bad happens in such a group, it happened to the lot or to one of
the others.
If the lot is no worse, each of them was equally likely, whatever the product's usual rate is: it drops out.

The odds of what happened under "the lot goes wrong r times as often" over "no worse" are multiplied from day to day,
for several r, and averaged. This is the safe logrank test (Grünwald, Ly, Pérez-Ortiz & ter Schure 2021, section 2, with
the hypergeometric odds of Cox's partial likelihood where several things happen in a day); the average over r is
Robbins' method of mixtures. The product of the odds is a nonnegative martingale if the lot is no worse, so by Ville's
inequality (1939) the chance that it ever reaches 1/alpha is at most alpha: **false alarms are at most alpha per lot,
however often one looks and whenever one stops.**

What it rests on: an order of the lot and one of another lot, of the same product and age, are equally likely to go
wrong if the lots are alike. A season that changes what people send back would look like a lot; therefore the others
are taken from the latest sent. Whoever is beside the lot is settled by days of sending alone, never by outcomes.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import ceil, comb, exp, inf, log

import numpy as np

ALPHA = 0.05
# Odds of one in this many that the lot is worse by chance: worth a look, no alarm.
WATCH = 4.0
# Days after it left during which something bad counts against a lot.
WINDOW = 60
# Orders of others beside each order of the lot, at most: more add little and cost time.
MOST = 10
# With fewer orders than this nothing is said.
LEAST = 20
# Eighths of a doubling: ratios from 1/64 to 64, and the five that are averaged (1.5, 2, 3, 5 and 8 times as often).
_STEP = log(2) / 8
_REACH = 48
_RATIOS = np.array((5, 8, 13, 18, 24))
_EDGE = _REACH + int(_RATIOS.max())
_LOGS = np.arange(-_EDGE, _EDGE + 1) * _STEP


class Verdict(StrEnum):
    """What is to be thought of a lot so far."""

    TOO_EARLY = "too_early"  # too few orders, or none of other lots to compare with
    FINE = "fine"
    WATCH = "watch"
    FAILING = "failing"


@dataclass(frozen=True, slots=True)
class Sent:
    """An order that left on ``day`` (days are numbered), and the day something first went wrong with it, if any."""

    day: int
    bad_day: int | None = None

    @property
    def age(self) -> float:
        """Return how many days after leaving it went wrong; inf if it did not."""
        return inf if self.bad_day is None else max(0, self.bad_day - self.day)


@dataclass(frozen=True, slots=True)
class Reading:
    """What the orders of a lot tell, as of the end of a day.

    ``evidence``: the odds, at its highest so far; ``failing_since``: the day it first reached 1/alpha. ``bad`` of
    ``orders`` went wrong, where ``usual`` would have, had they been of other lots and as old; ``beside`` orders of
    others were compared. ``ratio``: how many times as often the lot goes wrong, between ``low`` and ``high`` (each is
    wrong for at most alpha of lots, however often one looks); None where nothing happened yet. ``needed``: about how
    many more orders would tell a lot that is twice as bad; None where it tells already or never will.
    """

    verdict: Verdict
    orders: int
    bad: int
    usual: float
    beside: int
    evidence: float
    failing_since: int | None
    ratio: float | None
    low: float
    high: float
    needed: int | None


def read(
    lot: Iterable[Sent], others: Iterable[Sent], *, today: int, quantity: int | None = None, alpha: float = ALPHA
) -> Reading:
    """Compare a lot with others of its product by what happened before ``today``, whose own events are not over.

    quantity: how many orders the lot will fill at most, if known; it decides how many others each is put beside, and
    should stay the same from look to look.
    """
    ours = sorted((s for s in lot if s.day < today), key=lambda s: s.day)
    theirs = sorted((s for s in others if s.day < today), key=lambda s: s.day)
    beside = _beside(ours, theirs, quantity)
    gained = _gained(_Group(ours), _Group(beside), today)
    course, total = _course(gained)
    top, since = 0.0, None
    for day, evidence in course:
        top = max(top, evidence)
        if since is None and evidence >= log(1 / alpha):
            since = day
    usual = _usual(ours, theirs, today)
    bad = sum(_is_over(s, today) for s in ours)
    now = course[-1][1] if course else 0.0
    verdict = _verdict(len(ours), len(beside), since is not None, now)
    ratio, low, high = _interval(total, alpha) if gained else (None, 0.0, inf)
    needed = None if since is not None else _needed(now, theirs, len(beside) / max(1, len(ours)), today, alpha)
    return Reading(verdict, len(ours), bad, usual, len(beside), exp(min(top, 700.0)), since, ratio, low, high, needed)


def _verdict(orders: int, beside: int, is_failing: bool, evidence: float) -> Verdict:
    if is_failing:
        return Verdict.FAILING
    if orders < LEAST or not beside:
        return Verdict.TOO_EARLY
    return Verdict.WATCH if evidence >= log(WATCH) else Verdict.FINE


def _is_over(sent: Sent, today: int) -> bool:
    """Return whether an order went wrong within the window, on a day that is over."""
    return sent.age < WINDOW and sent.day + sent.age < today


def _beside(ours: Sequence[Sent], theirs: Sequence[Sent], quantity: int | None) -> list[Sent]:
    """Return the others that are followed beside the lot, each as if it had left on the day of its neighbour.

    Each is used once, the latest sent first, and only if it had left by then, so that it is as old as its neighbour
    whenever one looks. What is left is shared among the orders that the lot may still fill.
    """
    chosen: list[Sent] = []
    waiting: list[Sent] = []
    taken = 0
    for place, sent in enumerate(ours):
        while taken < len(theirs) and theirs[taken].day <= sent.day:
            waiting.append(theirs[taken])
            taken += 1
        left = max((quantity or 0) - place, LEAST)
        for _turn in range(min(MOST, max(1, len(waiting) // left), len(waiting))):
            other = waiting.pop()
            moved = None if other.bad_day is None else sent.day + int(other.age)
            chosen.append(Sent(sent.day, moved))
    return chosen


class _Group:
    """Orders by the day they left, with the ages at which they went wrong."""

    def __init__(self, sent: Sequence[Sent]) -> None:
        self.size = Counter(s.day for s in sent)
        self.ages: dict[int, list[float]] = defaultdict(list)
        for s in sent:
            if s.age < WINDOW:
                self.ages[s.day].append(s.age)
        for ages in self.ages.values():
            ages.sort()

    def at_risk(self, day: int, age: float) -> int:
        """Return how many of those that left on ``day`` had not gone wrong before this age."""
        return self.size[day] - bisect_left(self.ages.get(day, ()), age)


def _gained(ours: _Group, beside: _Group, today: int) -> dict[int, np.ndarray]:
    """Return, by the day it happened, the logarithm of the odds at every ratio of ``_LOGS``."""
    gained: dict[int, np.ndarray] = {}
    for day in ours.size:
        mine, other = Counter(ours.ages.get(day, ())), Counter(beside.ages.get(day, ()))
        for age in mine.keys() | other.keys():
            if day + age >= today:
                continue
            happened = int(day + age)
            m, n = ours.at_risk(day, age), beside.at_risk(day, age)
            value = _odds(mine[age], mine[age] + other[age], m, n)
            gained[happened] = gained.get(happened, np.zeros(len(_LOGS))) + value
    return gained


def _odds(bad: int, all_bad: int, m: int, n: int) -> np.ndarray:
    """Return log of r^bad over its mean if the ``all_bad`` fell among ``m + n`` by chance, for every ratio r."""
    if n == 0:
        return np.zeros(len(_LOGS))
    least, most = max(0, all_bad - n), min(all_bad, m)
    ways = comb(m + n, all_bad)
    logs = np.array([log(comb(m, j)) + log(comb(n, all_bad - j)) - log(ways) for j in range(least, most + 1)])
    terms = logs[:, None] + np.arange(least, most + 1)[:, None] * _LOGS[None, :]
    mean: np.ndarray = np.logaddexp.reduce(terms, axis=0)
    return np.asarray(bad * _LOGS - mean)


def _course(gained: dict[int, np.ndarray]) -> tuple[list[tuple[int, float]], np.ndarray]:
    """Return the logarithm of the averaged odds at the end of each day on which something happened, and the sums."""
    total, course = np.zeros(len(_LOGS)), []
    for day in sorted(gained):
        total = total + gained[day]
        course.append((day, float(_mean(total[_EDGE + _RATIOS]))))
    return course, total


def _mean(logs: np.ndarray) -> np.ndarray:
    """Return the logarithm of the mean of the numbers with these logarithms, along the first axis."""
    return np.asarray(np.logaddexp.reduce(logs, axis=0) - log(len(logs)))


def _interval(total: np.ndarray, alpha: float) -> tuple[float, float, float]:
    """Return the likeliest ratio, and between what it lies: every ratio that the same test does not refuse."""
    asked = np.arange(_EDGE - _REACH, _EDGE + _REACH + 1)
    bar = log(1 / alpha)
    above = _mean(np.array([total[asked + step] for step in _RATIOS])) - total[asked] < bar
    below = _mean(np.array([total[asked - step] for step in _RATIOS])) - total[asked] < bar
    ratios = np.exp(_LOGS[asked])
    low = float(ratios[above][0]) if above.any() else float(ratios[-1])
    high = float(ratios[below][-1]) if below.any() else float(ratios[0])
    likeliest = float(ratios[int(np.argmax(total[asked]))])
    return likeliest, 0.0 if above[0] else low, inf if below[-1] else high


def _hazards(sent: Sequence[Sent], today: int) -> list[float]:
    """Return for each age in days the share of those still well that then went wrong."""
    went = Counter(int(s.age) for s in sent if _is_over(s, today))
    ends = sorted(min(s.age, today - 1 - s.day, WINDOW - 1) for s in sent)
    return [went[a] / followed if (followed := len(ends) - bisect_left(ends, a)) else 0.0 for a in range(WINDOW)]


def _usual(ours: Sequence[Sent], theirs: Sequence[Sent], today: int) -> float:
    """Return how many of the lot would have gone wrong by now if it were like the others."""
    well, share_by = 1.0, [0.0]
    for hazard in _hazards(theirs, today):
        well *= 1 - hazard
        share_by.append(1 - well)
    return sum(share_by[min(today - s.day, WINDOW)] for s in ours)


def _needed(evidence: float, theirs: Sequence[Sent], k: float, today: int, alpha: float) -> int | None:
    """Return about how many more orders would tell a lot that is twice as bad, with ``k`` others beside each."""
    rate = _usual([Sent(today - WINDOW)], theirs, today)
    if rate == 0 or k == 0:
        return None
    # What an order brings to the odds of "twice as often" if it is so: its own bad events, and those beside it.
    growth = rate * (2 * log(2 * (1 + k) / (2 + k)) + k * log((1 + k) / (2 + k)))
    # The other four ratios share the average with the right one.
    return ceil(max(0.0, log(1 / alpha) + log(len(_RATIOS)) - evidence) / growth)
