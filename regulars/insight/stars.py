"""Stars: how to order things by few marks without being fooled by one of them. Pure.

The mean is what people are shown, with how many marks it is of. What comes first is another question: five perfect
marks of a newcomer must not stand above fifty proven ones, so the order is by what a thing surely is.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt

BEST = 5
# What a shop usually gets, as marks of one to five that are already there: few enough to be outweighed soon.
USUAL = (1.0, 1.0, 2.0, 4.0, 8.0)
WEIGHT = 20.0
ONE_SIDED_95 = 1.65


def mean(counts: Sequence[int]) -> float | None:
    """Return the plain mean of ``counts`` marks of 1, 2, …; None of none."""
    total = sum(counts)
    return sum(star * count for star, count in enumerate(counts, 1)) / total if total else None


def pulled_mean(counts: Sequence[int], *, usual: float, weight: float = WEIGHT) -> float:
    """Return the mean pulled to the ``usual`` one as by ``weight`` marks: the posterior mean of a normal model."""
    said = sum(star * count for star, count in enumerate(counts, 1))
    return (weight * usual + said) / (weight + sum(counts))


def lower_bound(counts: Sequence[int], *, prior: Sequence[float] = USUAL, z: float = ONE_SIDED_95) -> float:
    """Return what the mean surely is: of a Dirichlet posterior, the mean less ``z`` standard deviations.

    ``counts`` and ``prior`` have an entry for each mark, from 1. Raises ValueError where they do not fit.
    """
    if len(counts) != len(prior) or min(counts) < 0 or min(prior) <= 0:
        raise ValueError("a count and a prior weight for each mark")
    weights = [count + before for count, before in zip(counts, prior, strict=True)]
    total = sum(weights)
    first = sum(star * weight for star, weight in enumerate(weights, 1)) / total
    second = sum(star * star * weight for star, weight in enumerate(weights, 1)) / total
    return first - z * sqrt((second - first * first) / (total + 1))
