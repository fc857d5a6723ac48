"""How well the sorter does on what people of this shop confirmed, and how well they agree; with how many that is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from regulars.desks.voice.needs.models import Sorter
from regulars.desks.voice.needs.queries.sorting import answered_checks
from regulars.insight.rates import wilson
from regulars.insight.themes.quality import Agreement, agreement

FEWEST = 50  # confirmed voices, below which a share says nothing
FEWEST_CHECKS = 20


@dataclass(frozen=True, slots=True)
class Share:
    """A share with its interval (Wilson, 95 %) and of how many."""

    value: float
    low: float
    high: float
    n: int


@dataclass(frozen=True, slots=True)
class Printed:
    """What the page prints; None where there is too little to say."""

    n: int
    trained_at: datetime | None
    accuracy: Share | None
    coverage: Share | None  # how many could be sorted by the machine alone and be right 95 times in 100
    checks: int
    agreement: Agreement | None


def printed(*, at: datetime) -> Printed:
    """Return the figures as they stand."""
    latest = Sorter.objects.order_by("-trained_at", "-pk").first()
    measured: Mapping[str, Any] = latest.quality if latest else {}
    pairs = answered_checks(at=at)
    return Printed(
        latest.n if latest else 0,
        latest.trained_at if latest else None,
        _share(measured, "accuracy"),
        _share(measured, "coverage"),
        len(pairs),
        _agreement(pairs) if len(pairs) >= FEWEST_CHECKS else None,
    )


def _agreement(pairs: Sequence[tuple[Sequence[int], Sequence[int]]]) -> Agreement:
    # A set of needs is one answer.
    return agreement([tuple(sorted(first)) for first, _ in pairs], [tuple(sorted(second)) for _, second in pairs])


def _share(measured: Mapping[str, Any], name: str) -> Share | None:
    n = int(measured.get("n", 0))
    if n < FEWEST or name not in measured:
        return None
    k = round(measured[name] * n)
    return Share(k / n, *wilson(k, n), n)
