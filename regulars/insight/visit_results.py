"""What reports on the shop's site answer with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from regulars.insight.questions import Step
from regulars.insight.results import Caveat


@dataclass(frozen=True, slots=True)
class Tally:
    """Counts of visits; ``label`` says of which.

    visitors_days: different visitors of each day, added up over days. new, returning: by the visit's own word; visits
    without a lasting id are neither. known: visits of customers the shop knows. orders: visits in which the site told
    of an order. added: visits with something put in the basket. bounce: visits of at most one page. engaged_seconds:
    the median, None without visits.
    """

    label: str = ""
    visits: int = 0
    visitors_days: int = 0
    new: int = 0
    returning: int = 0
    known: int = 0
    orders: int = 0
    added: int = 0
    bounce: int = 0
    engaged_seconds: float | None = None

    @property
    def conversion(self) -> float | None:
        """Return the share of visits with an order, None without visits."""
        return self.orders / self.visits if self.visits else None


@dataclass(frozen=True, slots=True)
class Breakdown:
    """Visits told apart ``by`` a column, most visits first. ``has_more``: there are more rows than the limit."""

    by: str
    start: date
    end: date
    rows: tuple[Tally, ...]
    totals: Tally
    has_more: bool


@dataclass(frozen=True, slots=True)
class Period:
    """The visits of one day, week or month, cut to the window."""

    start: date
    end: date
    tally: Tally


@dataclass(frozen=True, slots=True)
class Way:
    """The first three pages of visits; "" where a visit had fewer. share: of all visits that saw a page."""

    entry: str
    second: str
    third: str
    visits: int
    share: float
    orders: int
    conversion: float


@dataclass(frozen=True, slots=True)
class Stage:
    """A step of a funnel: how many visitors reached it, of how many who took the first step.

    share: of the first step, None where nobody took it. seconds: the median time since the step before, each visitor's
    first arrival counted; None at the first step and where nobody came.
    """

    step: Step
    visitors: int
    share: float | None
    seconds: float | None


@dataclass(frozen=True, slots=True)
class Interest:
    """Interest in a product, by its id on the site; ``name`` is the latest one given.

    viewers: different visitors (one of a day is another the next day). returned_to: visitors with a lasting id who
    looked on two or more days. carted: visitors who put it in the basket.
    """

    product: str
    name: str
    viewers: int
    views: int
    returned_to: int
    carted: int


@dataclass(frozen=True, slots=True)
class Return:
    """How many came back to the site within ``days`` times 24 hours, and which share of all."""

    days: int
    people: int
    share: float


@dataclass(frozen=True, slots=True)
class Returns:
    """Who came back after a first visit or order. n: all whose time was over; ripe: the last day of those.

    ripe is None where the lake has no visits. rows are empty where n is 0.
    """

    since: str
    n: int
    ripe: date | None
    rows: tuple[Return, ...]
    enough: bool
    caveats: tuple[Caveat, ...] = ()
