"""Two rates compared: so many events in so much exposure before, and after, with an interval that is never too narrow.

Given how many events there were in all, how many of them came after is binomial (Przyborowski and Wilenski 1940,
Biometrika 31, 313-323). The exact interval of that share (Clopper and Pearson 1934, Biometrika 26, 404-413) is the
exact interval of the ratio. It holds with few events and with none on one side, where a normal one would lie.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf, sqrt


@dataclass(frozen=True, slots=True)
class Count:
    """So many events in so much exposure (orders, days): the exposure is above zero."""

    events: int
    exposure: float

    @property
    def rate(self) -> float:
        """Return events by unit of exposure."""
        return self.events / self.exposure

    def per(self, units: float) -> float:
        """Return events by so many units, as in "per 1,000 orders"."""
        return self.rate * units


@dataclass(frozen=True, slots=True)
class Comparison:
    """The rate after, as a multiple of the rate before. ``ratio`` None: there was nothing before to compare with."""

    ratio: float | None
    low: float
    high: float

    @property
    def is_less(self) -> bool:
        """Return whether it is surely less often than before."""
        return self.high < 1

    @property
    def is_more(self) -> bool:
        """Return whether it is surely more often than before."""
        return self.low > 1


def compare(before: Count, after: Count, *, alpha: float = 0.05) -> Comparison:
    """Compare two rates; the interval holds the true ratio in at least 1 - ``alpha`` of all cases."""
    n = before.events + after.events
    if min(before.exposure, after.exposure) <= 0:
        raise ValueError("a rate needs an exposure above zero")
    if n == 0:
        return Comparison(None, 0.0, inf)
    low, high = clopper_pearson(after.events, n, alpha=alpha)
    scale = before.exposure / after.exposure
    return Comparison(
        after.rate / before.rate if before.events else None,
        low / (1 - low) * scale,
        high / (1 - high) * scale if high < 1 else inf,
    )


def clopper_pearson(k: int, n: int, *, alpha: float = 0.05) -> tuple[float, float]:
    """Return the exact interval of a share of ``k`` of ``n``."""
    # Loaded when it is asked for the first time: most processes never compare anything.
    from scipy.special import betaincinv

    low = 0.0 if k == 0 else float(betaincinv(k, n - k + 1, alpha / 2))
    high = 1.0 if k == n else float(betaincinv(k + 1, n - k, 1 - alpha / 2))
    return low, high


Z95 = 1.959963984540054


def wilson(k: int, n: int, *, z: float = Z95) -> tuple[float, float]:
    """Return the score interval of a share of ``k`` of ``n`` (Wilson 1927, JASA 22, 209-212); all of it for nothing."""
    if n == 0:
        return 0.0, 1.0
    centre = (k + z * z / 2) / (n + z * z)
    reach = z / (n + z * z) * sqrt(k * (n - k) / n + z * z / 4)
    return max(0.0, centre - reach), min(1.0, centre + reach)
