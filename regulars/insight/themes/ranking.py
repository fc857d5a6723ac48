"""From voices to the critical few: which need comes first, how sure its share is, and whether it grows.

A need's score is the sum over its voices of severity x value x 0.5^(age / 30 days). What may harm somebody or breaks
a law comes before all else, however few say it, and what one person said is told apart but never dropped.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import comb, exp, log

from regulars.insight.rates import wilson

HALF_LIFE_DAYS = 30
PERIOD_DAYS = 30
FEWEST = 5  # voices in both periods together, below which a direction is not worth a word
ALPHA = 0.05
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Voice:
    """One customer's opinion that speaks of some needs. ``needs``: need -> severity, 1 to 5.

    value: what hearing this customer weighs, 1 (anybody) to 2 (the most valuable). times: how often she said the same
    (near-duplicates), for the count that is shown; a voice weighs once. sales_minor: what she bought, to name the money
    behind a need.
    """

    opinion: str
    at: datetime
    needs: Mapping[str, int]
    value: float = 1.0
    times: int = 1
    sales_minor: int = 0

    def __post_init__(self) -> None:
        if not 1 <= self.value <= 2:
            raise ValueError("a voice's value is 1 to 2")
        if any(not 1 <= severity <= 5 for severity in self.needs.values()):
            raise ValueError("severity is 1 to 5")


@dataclass(frozen=True, slots=True)
class Trend:
    """A need in the last period beside the one before: ``more``, ``less``, ``same`` (within noise), "" too few.

    was, now: voices; was_of, now_of: voices of any kind in that period. p: chance of so great a difference if nothing
    had changed.
    """

    was: int
    was_of: int
    now: int
    now_of: int
    p: float
    state: str


@dataclass(frozen=True, slots=True)
class Need:
    """A ranked need. share: of all voices, with its Wilson interval at 95 %. severity: mean of its voices'.

    n: voices; said: with repetitions. sales_minor: of the customers behind it. quotes: opinions to read first, those
    that weigh most. is_first: safety or law. is_single: said once.
    """

    key: str
    score: float
    n: int
    said: int
    share: float
    low: float
    high: float
    severity: float
    sales_minor: int
    trend: Trend
    quotes: tuple[str, ...]
    is_first: bool

    @property
    def is_single(self) -> bool:
        """Return whether one voice only speaks of it."""
        return self.n == 1


@dataclass(frozen=True, slots=True)
class Ranking:
    """Needs in the order to act on them, then the tail: what was said once. Together they hold every need."""

    voices: int
    needs: tuple[Need, ...]
    said_once: tuple[Need, ...]


def weight(voice: Voice, key: str, at: datetime) -> float:
    """Return what a voice adds to the score of a need; one from the future weighs as if said now."""
    age_days = max(0.0, (at - voice.at) / _DAY)
    return float(voice.needs[key] * voice.value * 0.5 ** (age_days / HALF_LIFE_DAYS))


def rank(voices: Iterable[Voice], *, at: datetime, first: Iterable[str] = (), quotes: int = 3) -> Ranking:
    """Rank the needs of voices as they stand at ``at``. first: needs of safety and law.

    A safety need that was said once stands among the first, not in the tail. The order of voices does not matter.
    """
    heard = sorted(voices, key=lambda voice: (voice.at, voice.opinion))
    urgent = frozenset(first)
    behind: dict[str, list[Voice]] = {}
    for voice in heard:
        for key in voice.needs:
            behind.setdefault(key, []).append(voice)
    periods = _periods(heard, at)
    needs = [_need(key, own, len(heard), periods, at, key in urgent, quotes) for key, own in behind.items()]
    needs.sort(key=lambda need: (not need.is_first, -need.score, need.key))
    tail = tuple(need for need in needs if need.is_single and not need.is_first)
    return Ranking(len(heard), tuple(need for need in needs if need.is_first or not need.is_single), tail)


def _need(
    key: str,
    voices: Sequence[Voice],
    of: int,
    periods: tuple[int, int],
    at: datetime,
    is_first: bool,
    quotes: int,
) -> Need:
    # Summed from the smallest, so that adding a voice cannot lower the sum by rounding.
    weights = sorted(weight(voice, key, at) for voice in voices)
    loudest = sorted(voices, key=lambda voice: (-weight(voice, key, at), voice.opinion))
    low, high = wilson(len(voices), of)
    was, now = _periods(voices, at)
    return Need(
        key,
        sum(weights),
        len(voices),
        sum(voice.times for voice in voices),
        len(voices) / of,
        low,
        high,
        sum(voice.needs[key] for voice in voices) / len(voices),
        sum(voice.sales_minor for voice in voices),
        trend(was, periods[0], now, periods[1]),
        tuple(voice.opinion for voice in loudest[:quotes]),
        is_first,
    )


def _periods(voices: Iterable[Voice], at: datetime) -> tuple[int, int]:
    """Return how many were heard in the period before the last, and in the last that ends at ``at``."""
    was = now = 0
    for voice in voices:
        ago = (at - voice.at) / _DAY
        was += PERIOD_DAYS <= ago < 2 * PERIOD_DAYS
        now += ago < PERIOD_DAYS
    return was, now


def trend(was: int, was_of: int, now: int, now_of: int) -> Trend:
    """Say whether a larger share of those who spoke spoke of it: Fisher's exact test at 5 %, two-sided."""
    if was + now < FEWEST or not was_of or not now_of:
        return Trend(was, was_of, now, now_of, 1.0, "")
    p = fisher(was, was_of - was, now, now_of - now)
    changed = "more" if now * was_of > was * now_of else "less"
    return Trend(was, was_of, now, now_of, p, changed if p < ALPHA else "same")


def fisher(a: int, b: int, c: int, d: int) -> float:
    """Return the two-sided p of a table with the rows (a, b) and (c, d): of all no likelier than it (Fisher 1935)."""
    row, column, total = a + b, a + c, a + b + c + d
    whole = log(comb(total, column))

    def likely(k: int) -> float:
        return log(comb(row, k)) + log(comb(total - row, column - k)) - whole

    seen = likely(a)
    reach = range(max(0, column - (total - row)), min(row, column) + 1)
    # A hair's breadth for tables that are equally likely but for rounding.
    return min(1.0, sum(exp(chance) for k in reach if (chance := likely(k)) <= seen + 1e-7))
