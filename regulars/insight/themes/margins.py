"""From margins to words one may believe: the margin at which 19 of 20 are right, and the chance at any margin."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf

import numpy as np

PRECISION = 0.95
_ROUNDS = 30


@dataclass(frozen=True, slots=True)
class Judged:
    """What a test on unseen texts showed.

    n: texts tested. accuracy: share whose likeliest theme was right. threshold: the margin from which on 95 of 100
    were right; coverage: the share of texts above it. slope, offset: of the logistic chance of being right by margin.
    """

    n: int
    accuracy: float
    coverage: float
    threshold: float
    slope: float
    offset: float


def judge(margins: np.ndarray, right: np.ndarray, *, precision: float = PRECISION) -> Judged:
    """Return what margins (n,) and whether each was right (n, bool) say; with few texts nothing is sure."""
    if not len(margins):
        return Judged(0, 0.0, 0.0, inf, 0.0, 0.0)
    order = np.argsort(-margins, kind="stable")
    ahead = np.arange(1, len(order) + 1)
    # One error more than was seen, so that a handful of lucky texts proves nothing. Equal margins stand or fall as one.
    good = np.cumsum(right[order]) / (ahead + 1) >= precision
    good &= np.append(margins[order][:-1] > margins[order][1:], True)
    last = int(np.flatnonzero(good)[-1]) if good.any() else -1
    threshold = float(margins[order][last]) if last >= 0 else inf
    slope, offset = _platt(margins, right)
    return Judged(len(margins), float(right.mean()), (last + 1) / len(margins), threshold, slope, offset)


def _platt(margins: np.ndarray, right: np.ndarray) -> tuple[float, float]:
    """Fit chance = 1 / (1 + exp(-slope x margin - offset)) by Newton's method.

    Targets are drawn in as Platt (1999) has it, so that a perfect test does not claim certainty.
    """
    hits = right.sum()
    target = np.where(right, (hits + 1) / (hits + 2), 1 / (len(right) - hits + 2))
    columns = np.column_stack([margins, np.ones(len(margins))]).astype(np.float64)
    found = np.array([1.0, 0.0])
    for _ in range(_ROUNDS):
        chance = 1 / (1 + np.exp(-np.clip(columns @ found, -30, 30)))
        pull = columns.T @ (target - chance) - 1e-3 * found
        bend = (columns * (chance * (1 - chance))[:, None]).T @ columns + 1e-3 * np.eye(2)
        step = np.linalg.solve(bend, pull)
        found += np.clip(step, -5, 5)
        if np.abs(step).max() < 1e-6:
            break
    return float(max(found[0], 0.0)), float(found[1])


def logistic(judged: Judged, margins: np.ndarray) -> np.ndarray:
    """Return the chance (n,) that the likeliest theme is right at each margin; 0 where nothing is known."""
    if not judged.n:
        return np.zeros(len(margins))
    return np.nan_to_num(1 / (1 + np.exp(-np.clip(judged.slope * margins + judged.offset, -30, 30))))
