"""What the figures of a product and the state of a lot mean: pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from math import sqrt

# With fewer than this a share is not shown, and is grey below the second.
LEAST = 5
GREY = 30
Z = 1.959964


@dataclass(frozen=True, slots=True)
class Share:
    """``count`` of ``of``, with its interval at 95 % (Wilson 1927). Below ``LEAST`` it is too few to say."""

    count: int
    of: int

    @property
    def is_shown(self) -> bool:
        """Return whether there is enough to show a share at all."""
        return self.of >= LEAST

    @property
    def is_grey(self) -> bool:
        """Return whether the share is little more than a hint."""
        return self.of < GREY

    @property
    def share(self) -> float:
        """Return the plain share."""
        return self.count / self.of if self.of else 0.0

    @property
    def low(self) -> float:
        """Return the lower end of its interval; 0 of nothing."""
        return self._ends()[0]

    @property
    def high(self) -> float:
        """Return the upper end of its interval; 1 of nothing."""
        return self._ends()[1]

    def _ends(self) -> tuple[float, float]:
        if self.of == 0:
            return 0.0, 1.0
        n, p = self.of, min(self.count, self.of) / self.of
        middle, spread = p + Z * Z / (2 * n), Z * sqrt(p * (1 - p) / n + Z * Z / (4 * n * n))
        return max(0.0, (middle - spread) / (1 + Z * Z / n)), min(1.0, (middle + spread) / (1 + Z * Z / n))


@dataclass(frozen=True, slots=True)
class Suspicion:
    """Why somebody should look at a lot, and since when; ``is_failing``: the test says so, else a check failed."""

    is_failing: bool
    since: datetime


def suspicion(
    *, named_at: datetime | None, failed_check_at: datetime | None, decided_at: datetime | None, is_stopped: bool
) -> Suspicion | None:
    """Return what waits for a person's decision about a lot, or None.

    A failed check needs no statistics: somebody saw it. A decision stands until something newer is found.
    """
    if is_stopped:
        return None
    found = [Suspicion(flag, at) for flag, at in ((True, named_at), (False, failed_check_at)) if at is not None]
    new = [each for each in found if decided_at is None or each.since > decided_at]
    return min(new, key=lambda each: (not each.is_failing, each.since)) if new else None
