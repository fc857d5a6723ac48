"""The needs in their order: what is dangerous first, then by how badly, to whom, and how lately it was said."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import Q

from regulars.base import bulk
from regulars.desks.voice.needs.models import Deed, Need, Voice
from regulars.desks.voice.needs.names import is_safety, name_of, severity_of
from regulars.desks.voice.needs.rules import Trend, root_of, trend
from regulars.desks.voice.opinions.models import Pondering
from regulars.insight.rates import Count, wilson
from regulars.shop.models import CustomerSummary, Product

HALF_LIFE = timedelta(days=30)
STEPS = 10


@dataclass(frozen=True, slots=True)
class Period:
    """The last so many days until an instant; ``days`` None: everything."""

    days: int | None
    until: datetime

    @property
    def since(self) -> datetime | None:
        return self.until - timedelta(days=self.days) if self.days else None

    @property
    def before(self) -> datetime | None:
        """Return where the window before begins, which is as long."""
        return self.until - 2 * timedelta(days=self.days) if self.days else None


@dataclass(frozen=True, slots=True)
class Line:
    """A need in the list. ``share``: of the opinions decided in the period, with its interval."""

    need: Need
    name: str
    n: int
    people: frozenset[int]
    share: float
    low: float
    high: float
    trend: Trend
    value_minor: int
    score: float
    severity: int
    is_safety: bool
    products: Sequence[tuple[int, int]]
    since_at: datetime  # when it was first said in the period
    deed: Deed | None = None

    @property
    def is_single(self) -> bool:
        return self.n == 1


@dataclass(slots=True)
class _Tally:
    opinions: set[int] = field(default_factory=set)
    people: set[int] = field(default_factory=set)
    products: Counter[int] = field(default_factory=Counter)
    score: float = 0.0
    was: int = 0
    since_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Ranking:
    """All that the page of needs shows. ``decided``: how many opinions were decided in the period."""

    lines: Sequence[Line]
    decided: int

    @property
    def singles(self) -> list[Line]:
        """Return what was said once. It is part of the report: the first voice of a great need was a single one."""
        return [line for line in self.lines if line.is_single and not line.is_safety]

    @property
    def main(self) -> list[Line]:
        return [line for line in self.lines if not line.is_single or line.is_safety]


def ranking(period: Period, *, product: int | None = None, among: Collection[int] | None = None) -> Ranking:
    """Return the needs named in a period, of a product or by some people only, in their order."""
    needs = Need.objects.in_bulk()
    parents = {pk: need.merged_into_id for pk, need in needs.items()}
    tallies: dict[int, _Tally] = {}
    rows = _voices(period.before, period.until, product)
    if among is not None:
        rows = [row for row in rows if row[3] in among]
    worth = _worth({row[3] for row in rows if row[3] is not None})
    for need, opinion, said_at, person, of_product in rows:
        root = root_of(parents, need)
        tally = tallies.setdefault(root, _Tally())
        if opinion in tally.opinions:
            continue  # it names two needs that were found to be one
        if period.since is not None and said_at < period.since:
            tally.was += 1
            continue
        tally.opinions.add(opinion)
        tally.since_at = min(said_at, tally.since_at or said_at)
        age = max(period.until - said_at, timedelta())
        weight = worth[person][0] if person in worth else 1.0
        tally.score += severity_of(needs[root]) * weight * 0.5 ** (age / HALF_LIFE)
        if person is not None:
            tally.people.add(person)
        if of_product is not None:
            tally.products[of_product] += 1
    decided = _decided(period.since, period.until, product, among)
    was = _decided(period.before, period.since, product, among) if period.since else 0
    deeds = latest_deeds(parents)
    lines = [
        _line(needs[root], tally, decided, was, worth, deeds.get(root))
        for root, tally in tallies.items()
        if tally.opinions
    ]
    return Ranking(sorted(lines, key=lambda line: (not line.is_safety, -line.score, line.need.pk)), decided)


def _line(
    need: Need, tally: _Tally, decided: int, was: int, worth: Mapping[int, tuple[float, int]], deed: Deed | None
) -> Line:
    n = len(tally.opinions)
    assert tally.since_at is not None
    low, high = wilson(n, max(decided, n))
    return Line(
        need, name_of(need), n, frozenset(tally.people), n / max(decided, n), low, high,
        trend(Count(tally.was, was), Count(n, decided)), sum(worth[p][1] for p in tally.people if p in worth),
        tally.score, severity_of(need), is_safety(need), tally.products.most_common(3), tally.since_at, deed,
    )  # fmt: skip


Row = tuple[int, int, datetime, int | None, int | None]


def _voices(since: datetime | None, until: datetime, product: int | None) -> list[Row]:
    found = Voice.objects.filter(confirmed_at__isnull=False, opinion__taken_back_at=None, opinion__said_at__lt=until)
    if since is not None:
        found = found.filter(opinion__said_at__gte=since)
    if product is not None:
        found = found.filter(opinion__product_id=product)
    return list(
        found.values_list(
            "need_id", "opinion_id", "opinion__said_at", "opinion__customer__root_id", "opinion__product_id"
        )
    )


def _decided(
    since: datetime | None, until: datetime | None, product: int | None, among: Collection[int] | None = None
) -> int:  # fmt: skip
    said = Q(opinion__taken_back_at=None, opinion__said_at__lt=until)
    if since is not None:
        said &= Q(opinion__said_at__gte=since)
    if product is not None:
        said &= Q(opinion__product_id=product)
    if among is not None:
        said &= Q(opinion__customer__root_id__in=among)
    return Pondering.objects.filter(said).count()


def _worth(people: Iterable[int]) -> dict[int, tuple[float, int]]:
    """Return for each person (her weight from 1 to 2, what she paid so far)."""
    steps = value_steps()
    sql = "SELECT customer_id, revenue_minor FROM shop_customersummary WHERE orders > 0 AND customer_id IN ({})"
    return {
        root: (1.0 + bisect_right(steps, revenue) / STEPS if steps else 1.0, revenue)
        for root, revenue in bulk.select_in(sql, people)
    }


def value_steps() -> list[int]:
    """Return what the tenths of the buyers have paid at most: whoever paid more than all of them weighs double."""
    buyers = CustomerSummary.objects.filter(orders__gt=0).order_by("revenue_minor")
    n = buyers.count()
    if n < STEPS:
        return []
    places = [n * step // STEPS for step in range(1, STEPS)]
    values = buyers.values_list("revenue_minor", flat=True)
    return [values[place] for place in places] + [values[n - 1]]


def latest_deeds(parents: Mapping[int, int | None]) -> dict[int, Deed]:
    """Return by root need its latest deed that was not given up."""
    deeds = Deed.objects.filter(dropped_at=None).order_by("planned_at", "pk")
    return {root_of(parents, deed.need_id): deed for deed in deeds}


def without_deed(lines: Iterable[Line]) -> list[Line]:
    """Return the needs that nobody does anything about: above the line, and without a deed that is under way or helped.

    The line: it is dangerous, or at least three have said it.
    """
    return [
        line
        for line in lines
        if (line.is_safety or line.n >= 3) and (line.deed is None or line.deed.verdict == "failed")
    ]


def products_of(lines: Iterable[Line]) -> dict[int, Product]:
    """Return the products that a list names."""
    return Product.objects.in_bulk({pk for line in lines for pk, _n in line.products})
