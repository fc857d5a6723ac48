"""How far two people agree on what texts speak of: what a machine can be asked for at most."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from math import sqrt

from regulars.insight.rates import Z95


@dataclass(frozen=True, slots=True)
class Agreement:
    """Two people about the same n texts: the share alike, Cohen's kappa and its 95 % interval (None: undefined)."""

    n: int
    share: float
    kappa: float | None
    low: float | None
    high: float | None


def agreement(first: Sequence[Hashable], second: Sequence[Hashable]) -> Agreement:
    """Return how far two people agree beyond chance.

    Cohen 1960 (Educational and Psychological Measurement 20, 37-46); the standard error is that of Fleiss, Cohen and
    Everitt 1969 (Psychological Bulletin 72, 323-327). Kappa is undefined where both always say one and the same.
    """
    pairs = Counter(zip(first, second, strict=True))
    n = sum(pairs.values())
    if n == 0:
        return Agreement(0, 0.0, None, None, None)
    one, other = Counter[Hashable](), Counter[Hashable]()
    for (a, b), times in pairs.items():
        one[a] += times
        other[b] += times
    alike = sum(times for (a, b), times in pairs.items() if a == b) / n
    chance = sum(one[key] * other[key] for key in one) / n**2
    if chance == 1:
        return Agreement(n, alike, None, None, None)
    kappa = (alike - chance) / (1 - chance)
    on = sum(times / n * (1 - (one[a] + other[a]) / n * (1 - kappa)) ** 2 for (a, b), times in pairs.items() if a == b)
    off = (1 - kappa) ** 2 * sum(
        times / n * ((other[a] + one[b]) / n) ** 2 for (a, b), times in pairs.items() if a != b
    )
    variance = (on + off - (kappa - chance * (1 - kappa)) ** 2) / ((1 - chance) ** 2 * n)
    reach = Z95 * sqrt(max(0.0, variance))
    return Agreement(n, alike, kappa, max(-1.0, kappa - reach), min(1.0, kappa + reach))
