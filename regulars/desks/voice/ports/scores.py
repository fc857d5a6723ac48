"""Marks as figures that say how sure they are. Few answers give no figure; a change within chance is not shown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt

from regulars.desks.voice.ports.rules import SCALES, Question
from regulars.insight.rates import Z95, wilson

FEWEST = 5  # below, no figure
SURE_FROM = 30  # below, a grey one


def nps(promoters: int, detractors: int, n: int) -> tuple[float, float]:
    """Return the net promoter score in points and its 95 % margin, over real answers only."""
    p, d = promoters / n, detractors / n
    return 100 * (p - d), 100 * Z95 * sqrt(max(0.0, p + d - (p - d) ** 2) / n)


@dataclass(frozen=True, slots=True)
class Score:
    """A question's figure. ``value`` and its interval are shares, or points of NPS; None of too few answers."""

    question: Question
    n: int
    value: float | None
    low: float
    high: float
    mean: float | None
    counts: Sequence[tuple[str, int]]  # every possible answer, and how often it was given
    change: float | None = None  # against the answers before, where it is more than chance

    @property
    def is_grey(self) -> bool:
        """Return whether there are too few answers to rely on it."""
        return self.n < SURE_FROM

    @property
    def is_points(self) -> bool:
        """Return whether the value is in points and not a share."""
        return self.question.kind == "nps"


def score(question: Question, answers: Iterable[object], before: Iterable[object] = ()) -> Score:
    """Return a question's figure of ``answers``, beside those ``before``. Skipped questions are no answers.

    Stars and CSAT: the share of 4 and 5; CES: of 5 to 7; NPS: promoters (9, 10) less detractors (0 to 6); yes or no:
    the share of yes.
    """
    tally = Counter(str(answer) for answer in answers if answer is not None)
    earlier = Counter(str(answer) for answer in before if answer is not None)
    value, low, high, margin = _figure(question, tally)
    former, _low, _high, margin_before = _figure(question, earlier)
    change = None
    if value is not None and former is not None:
        difference = value - former
        change = difference if abs(difference) > sqrt(margin**2 + margin_before**2) else None
    counts = [(name, tally[name]) for name in question.values]
    n = sum(number for _name, number in counts)
    mean = None
    if question.kind in SCALES and n >= FEWEST:
        mean = sum(int(name) * number for name, number in counts) / n
    return Score(question, n, value, low, high, mean, counts, change)


def _figure(question: Question, tally: Mapping[str, int]) -> tuple[float | None, float, float, float]:
    """Return (value, low, high, margin); the value is None of too few answers or a question without a figure."""
    n = sum(tally.get(name, 0) for name in question.values)
    if n < FEWEST or question.kind in {"choice", "text", "photo"}:
        return None, 0.0, 0.0, 0.0
    if question.kind == "nps":
        promoters = sum(tally.get(str(mark), 0) for mark in (9, 10))
        value, margin = nps(promoters, sum(tally.get(str(mark), 0) for mark in range(7)), n)
        return value, max(-100.0, value - margin), min(100.0, value + margin), margin
    good = {"stars": ("4", "5"), "csat": ("4", "5"), "ces": ("5", "6", "7"), "yes_no": ("yes",)}[question.kind]
    hits = sum(tally.get(name, 0) for name in good)
    low, high = wilson(hits, n)
    return hits / n, low, high, (high - low) / 2
