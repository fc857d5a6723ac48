"""How good sorting is, in figures one can check: against confirmed themes, and between two people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from math import log, sqrt

from regulars.insight.rates import Z95, wilson


@dataclass(frozen=True, slots=True)
class Quality:
    """Proposals beside what people confirmed. accuracy with its Wilson interval; macro_f1: the mean over themes.

    coverage: share of texts, surest first, that needed no look while 95 of 100 were right.
    """

    n: int
    accuracy: float
    low: float
    high: float
    macro_f1: float
    coverage: float


def quality(proposed: Sequence[str], confirmed: Sequence[str], sure: Sequence[float]) -> Quality:
    """Compare proposals with what was confirmed, text by text. sure: the chance or margin of each proposal.

    Raise ValueError if the three are not of one length.
    """
    right = [p == c for p, c in zip(proposed, confirmed, strict=True)]
    n = len(right)
    if n == 0:
        return Quality(0, 0.0, 0.0, 1.0, 0.0, 0.0)
    low, high = wilson(sum(right), n)
    return Quality(n, sum(right) / n, low, high, macro_f1(proposed, confirmed), coverage(right, sure))


def coverage(right: Sequence[bool], sure: Sequence[float], precision: float = 0.95) -> float:
    """Return the largest share of texts, surest first, of which ``precision`` are right; equals stand as one."""
    order = sorted(range(len(right)), key=lambda n: -sure[n])
    if len(sure) != len(right):
        raise ValueError("one figure of sureness for each text")
    best = hits = 0
    for place, n in enumerate(order, 1):
        hits += right[n]
        is_last = place == len(order) or sure[order[place]] < sure[n]
        if is_last and hits >= precision * place:
            best = place
    return best / len(right) if right else 0.0


def macro_f1(proposed: Sequence[str], confirmed: Sequence[str]) -> float:
    """Return the mean over themes of the harmonic mean of precision and recall."""
    hits = Counter(c for p, c in zip(proposed, confirmed, strict=True) if p == c)
    said, meant = Counter(proposed), Counter(confirmed)
    themes = said.keys() | meant.keys()
    return sum(2 * hits[theme] / (said[theme] + meant[theme]) for theme in themes) / len(themes) if themes else 0.0


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


def purity(groups: Sequence[Hashable], meant: Sequence[Hashable]) -> float:
    """Return the share of texts that are of the commonest theme of their group."""
    best: dict[Hashable, int] = {}
    for (group, _), times in Counter(zip(groups, meant, strict=True)).items():
        best[group] = max(best.get(group, 0), times)
    return sum(best.values()) / len(groups) if groups else 0.0


def nmi(groups: Sequence[Hashable], meant: Sequence[Hashable]) -> float:
    """Return the mutual information of two groupings over the mean of their entropies; 1 where both are one group."""
    n = len(groups)
    both, one, other = Counter(zip(groups, meant, strict=True)), Counter(groups), Counter(meant)
    if n == 0 or len(one) == len(other) == 1:
        return 1.0
    shared = sum(k / n * log(k * n / (one[a] * other[b])) for (a, b), k in both.items())
    entropy = sum(-k / n * log(k / n) for count in (one, other) for k in count.values())
    return max(0.0, 2 * shared / entropy)


def ari(groups: Sequence[Hashable], meant: Sequence[Hashable]) -> float:
    """Return how far two groupings agree on pairs of texts, chance taken off (Hubert and Arabie 1985)."""
    both, one, other = Counter(zip(groups, meant, strict=True)), Counter(groups), Counter(meant)

    def pairs(count: Counter) -> float:
        return sum(k * (k - 1) / 2 for k in count.values())

    every = len(groups) * (len(groups) - 1) / 2
    if every == 0:
        return 1.0
    chance = pairs(one) * pairs(other) / every
    most = (pairs(one) + pairs(other)) / 2
    return (pairs(both) - chance) / (most - chance) if most != chance else 1.0
