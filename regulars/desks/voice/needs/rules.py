"""What needs and deeds are judged by. Pure: counts in, verdicts out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from regulars.insight.rates import Comparison, Count, compare

# The effect of a deed is tested when it is so many days old, and never in between: a test that is repeated until it
# pleases finds what is not there. The three together keep 5 % (Bonferroni).
CHECKPOINTS = (30, 60, 90)
ALPHA = 0.05 / len(CHECKPOINTS)
# What is said in the first days is about what was bought before it was done.
SETTLES_DAYS = 7
# A deed is meant to take away at least so much. If even the most favourable reading takes away less, it has failed.
AIM = 0.3


def root_of(parents: Mapping[int, int | None], need: int) -> int:
    """Return the need that stands for ``need``: where it was merged into, and that one, to the end."""
    while (parent := parents.get(need)) is not None:
        need = parent
    return need


@dataclass(frozen=True, slots=True)
class Effect:
    """What a deed changed: voices by 1,000 orders before and after. ``verdict``: worked, failed, "" cannot tell yet.

    ``days``: how long each of the two windows is, 0 before the first test.
    """

    days: int
    before: Count | None
    after: Count | None
    comparison: Comparison
    verdict: str


NOTHING_YET = Comparison(None, 0.0, float("inf"))


def checkpoint(days_since: float) -> int:
    """Return the length of the windows at the latest test that is due; 0 before the first."""
    return max((days for days in CHECKPOINTS if days_since >= days + SETTLES_DAYS), default=0)


def effect(days: int, before: Count | None, after: Count | None) -> Effect:
    """Judge a deed by what was said before and after it; windows without orders tell nothing."""
    if not days or before is None or after is None:
        return Effect(days, before, after, NOTHING_YET, "")
    found = compare(before, after, alpha=ALPHA)
    if found.is_less:
        verdict = "worked"
    elif found.low > 1 - AIM:
        verdict = "failed"
    else:
        verdict = ""
    return Effect(days, before, after, found, verdict)


@dataclass(frozen=True, slots=True)
class Trend:
    """A need now beside the days before: ``more``, ``less`` or ``same`` (no more than noise), "" too little to say."""

    was: int
    now: int
    state: str


FEWEST = 5  # voices in both windows together, below which a direction is not worth a word


def trend(was: Count, now: Count) -> Trend:
    """Say whether a need is named more often by those who speak; a change within the interval is no change."""
    if was.events + now.events < FEWEST or min(was.exposure, now.exposure) <= 0:
        return Trend(was.events, now.events, "")
    found = compare(was, now)
    return Trend(was.events, now.events, "more" if found.is_more else "less" if found.is_less else "same")
