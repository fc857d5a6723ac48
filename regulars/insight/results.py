"""What the library answers with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from regulars.insight.activities import PAID, VISITED
from regulars.insight.text import N_

Number = int | float | None


@dataclass(frozen=True, slots=True)
class Caveat:
    """Something to know about a number: a translatable ``text`` with ``%(name)s`` places for ``values``."""

    code: str
    text: str
    values: Mapping[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        """Return the caveat in English."""
        return self.text % dict(self.values)


CAVEATS = {
    "too_little": N_("Too little data to rely on: %(n)s of at least %(least)s %(what)s."),
    "no_data": N_("There are no orders yet."),
    "unconverted": N_("%(count)s amounts are left out, because their currency has no exchange rate for their day."),
    "begins_inside": N_("The shop's orders begin on %(date)s, inside this window."),
    "not_ripe": N_("Only customers who came by %(date)s are counted; the others have not been here long enough."),
}

# The same caveats where visits, not orders, bound what can be told.
CAVEATS_OF_VISITS = CAVEATS | {
    "no_data": N_("There are no visits yet."),
    "begins_inside": N_("The record of visits begins on %(date)s, inside this window."),
    "not_ripe": N_("Only visitors who came by %(date)s are counted; for the others it is too early to tell."),
}


def caveat(code: str, spans: str = PAID, /, **values: object) -> Caveat:
    """Return the caveat ``code`` filled with ``values``; ``spans``: the kind that bounds the number it is about."""
    return Caveat(code, (CAVEATS_OF_VISITS if spans == VISITED else CAVEATS)[code], values)


@dataclass(frozen=True, slots=True)
class Point:
    """A number of one period. ``value`` is None where it cannot be told; ``n`` is what stands behind it."""

    start: date
    end: date
    value: Number
    n: int
    enough: bool


@dataclass(frozen=True, slots=True)
class Reading:
    """A metric over a window of shop-local days, both included.

    value: minor units of ``currency`` (unit money), a count, a share from 0 to 1, or days; None where it cannot be
    told. n: how many ``counted`` (orders, customers, gaps) stand behind it. enough: whether n reaches the metric's
    least. low, high: the quartiles of a metric that is a median. rows: one point a period when asked ``by`` period.
    """

    metric: str
    unit: str
    currency: str | None
    start: date | None
    end: date | None
    store: int | None
    value: Number
    n: int
    counted: str
    enough: bool
    caveats: tuple[Caveat, ...] = ()
    low: Number = None
    high: Number = None
    by: str | None = None
    rows: tuple[Point, ...] = ()


@dataclass(frozen=True, slots=True)
class Comparison:
    """A reading beside the window before it and the same window a year earlier.

    change, change_on_year: the relative change (0.1 is a tenth more) of money, counts and days, the difference of
    shares; None where the earlier window lies wholly or partly before the shop's first order, is zero or too little.
    """

    now: Reading
    before: Reading
    year_before: Reading
    change: float | None
    change_on_year: float | None


@dataclass(frozen=True, slots=True)
class Cohort:
    """Customers of one first month. ``active[k]``: how many of ``size`` ordered k months after it (0: the month)."""

    month: date
    size: int
    active: tuple[int, ...]

    @property
    def shares(self) -> tuple[float, ...]:
        """Return ``active`` as shares of ``size``."""
        return tuple(count / self.size for count in self.active)


@dataclass(frozen=True, slots=True)
class Retention:
    """Cohorts by first month, oldest first. ``is_last_month_partial``: the newest diagonal is still filling."""

    cohorts: tuple[Cohort, ...]
    last_date: date | None
    is_last_month_partial: bool
    enough: bool
    store: int | None = None

    def average(self) -> tuple[float, ...]:
        """Return the share active k months on, over all cohorts old enough to have a complete month k."""
        longest = max((len(c.active) for c in self.cohorts), default=0)
        cut = 1 if self.is_last_month_partial else 0
        shares = []
        for k in range(longest):
            ripe = [c for c in self.cohorts if len(c.active) - cut > k]
            if not ripe:
                break
            shares.append(sum(c.active[k] for c in ripe) / sum(c.size for c in ripe))
        return tuple(shares)


@dataclass(frozen=True, slots=True)
class Segment:
    """A named part of the recency-frequency grid."""

    name: str
    title: str
    meaning: str
    customers: int
    orders: int
    revenue_minor: int


@dataclass(frozen=True, slots=True)
class Rfm:
    """Customers by classes 1 to 5 of recency and frequency. ``grid[(recency, frequency)]`` counts customers."""

    segments: tuple[Segment, ...]
    grid: Mapping[tuple[int, int], int]
    customers: int
    currency: str | None
    as_of: date | None
    enough: bool
    caveats: tuple[Caveat, ...] = ()


@dataclass(frozen=True, slots=True)
class Rhythm:
    """A customer with enough orders to be a regular. ``state``: regular, lapsing or lapsed.

    usual_days: her usual days between orders; since_days: days since her last order, by ``as_of`` of the call.
    """

    root: int
    orders: int
    last_date: date
    since_days: int
    usual_days: float
    state: str
