"""What a message changed: two groups that chance made, compared by what they did, with an interval to look at daily.

Everybody who would have been written to counts in her group, whatever became of the message (intention to treat).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, erfc, log, sqrt

ALPHA = 0.05
# Chance should have split the groups as planned; below this something else did, and no comparison is to be believed.
MISMATCH = 0.001
# With fewer than this many in the smaller group an interval says nothing.
LEAST = 20


@dataclass(frozen=True, slots=True)
class Arm:
    """A group: how many people, the sum over them of an outcome, and the sum of its squares."""

    people: int
    total: float
    squares: float

    @property
    def mean(self) -> float:
        return self.total / self.people if self.people else 0.0

    @property
    def variance(self) -> float:
        """Return the unbiased variance of the outcome between people."""
        if self.people < 2:
            return 0.0
        return max(0.0, (self.squares - self.total * self.mean) / (self.people - 1))


@dataclass(frozen=True, slots=True)
class Lift:
    """What one person's outcome changed by, on average, with its interval at 95 % however often it is looked at.

    ``needed``: about how many people more would tell, None if it tells already or never will at this rate.
    """

    estimate: float
    error: float
    low: float
    high: float
    base: float  # the outcome of a person who was not written to
    treated: int
    control: int
    needed: int | None

    @property
    def tells(self) -> bool:
        """Return whether the interval leaves no doubt about the direction."""
        return self.low > 0 or self.high < 0

    @property
    def relative(self) -> float | None:
        """Return the change as a share of what happens anyway."""
        return self.estimate / self.base if self.base > 0 else None

    @property
    def total(self) -> float:
        """Return what the treated group did more, in all."""
        return self.estimate * self.treated


def lift(treated: Arm, control: Arm, *, elapsed: float = 1.0) -> Lift | None:
    """Compare two groups; None if there is too little to compare. ``elapsed``: share of the window that is over.

    Difference of means with the unequal-variance standard error (Welch), widened to Robbins' normal-mixture boundary
    (Robbins 1970; Howard et al. 2021, equation 14), so that looking daily and stopping when it pleases keeps the 5 %.
    The mixture is narrowest at the end of the window.
    """
    if min(treated.people, control.people) < LEAST:
        return None
    error = sqrt(treated.variance / treated.people + control.variance / control.people)
    if error == 0:
        return None
    estimate = treated.mean - control.mean
    margin = error * _width(elapsed)
    tells = abs(estimate) > margin
    people = treated.people + control.people
    # The error shrinks with the root of the number of people, so the margin meets the estimate at this multiple.
    needed = None if tells or estimate == 0 else ceil(people * ((margin / estimate) ** 2 - 1))
    if needed is not None and needed > 1000 * people:
        needed = None
    return Lift(
        estimate, error, estimate - margin, estimate + margin, control.mean, treated.people, control.people, needed
    )


def _width(elapsed: float) -> float:
    """Return by how many standard errors an interval that is looked at daily reaches to each side."""
    best = -2 * log(ALPHA) + log(-2 * log(ALPHA) + 1)
    information = best * min(max(elapsed, 0.02), 1.0)
    return sqrt((information + 1) / information * log((information + 1) / ALPHA**2))


def is_split_as_planned(treated: int, control: int, holdout_share: float) -> bool:
    """Return whether the groups are as large as chance makes them (chi-square with one degree of freedom)."""
    people = treated + control
    if people == 0 or not 0 < holdout_share < 1:
        return True
    wanted = people * holdout_share
    statistic = (control - wanted) ** 2 / wanted + (control - wanted) ** 2 / (people - wanted)
    return erfc(sqrt(statistic / 2)) >= MISMATCH
