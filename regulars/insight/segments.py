"""Classes of customers: by recency and frequency, and by whether they keep their rhythm."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from regulars.insight.catalogue import LEAST_ORDERS, metric_of
from regulars.insight.lake import Lake
from regulars.insight.measure import reporting_currency
from regulars.insight.questions import Question, ask, extent
from regulars.insight.results import Rfm, Rhythm, Segment, caveat
from regulars.insight.text import N_

# name, title, meaning; the fields of the recency-frequency grid are dealt out by segment_of.
SEGMENTS = (
    ("champions", N_("Champions"), N_("Bought lately and buy often.")),
    ("loyal", N_("Loyal"), N_("Buy often, the last time a while ago.")),
    ("promising", N_("Promising"), N_("Bought lately, and more than once or twice.")),
    ("new", N_("New"), N_("Bought lately, as seldom as most.")),
    ("wavering", N_("Wavering"), N_("Bought a few times, the last time a while ago.")),
    ("drifting", N_("Drifting off"), N_("Bought as seldom as most, the last time a while ago.")),
    ("at_risk", N_("At risk"), N_("Bought often, but not for long.")),
    ("missed", N_("Missed"), N_("Were among the best and have not come for the longest time.")),
    ("asleep", N_("Asleep"), N_("Bought a few times, long ago.")),
    ("lost", N_("Lost"), N_("Bought as seldom as most, long ago.")),
)


def segment_of(recency: int, frequency: int) -> str:
    """Return the name of the segment of a field; classes run from 1 (longest ago, fewest) to 5."""
    often, some = frequency >= 4, frequency >= 2
    if recency >= 4:
        return "champions" if often else "promising" if some else "new"
    if recency == 3:
        return "loyal" if often else "wavering" if some else "drifting"
    if often:
        return "missed" if recency == 1 and frequency == 5 else "at_risk"
    return "asleep" if some else "lost"


def rfm(
    lake: Lake,
    start: date | None = None,
    end: date | None = None,
    *,
    currency: str | None = None,
    store: int | None = None,
) -> Rfm:
    """Return the customers of the window by named segment and by field of the grid, revenue in minor units."""
    metric = replace(metric_of("rfm"), has_money=True)  # the number of customers needs no amounts, the classes do
    currency = reporting_currency(lake, metric, currency)
    span = extent(lake, store)
    if span is None:
        return Rfm((), {}, 0, currency, None, False, (caveat("no_data"),))
    question = Question(start or span.first, end or span.known_until, currency, store)
    records = ask(lake, "rfm/grid", metric, question).records()
    sums: dict[str, list[int]] = {name: [0, 0, 0] for name, _, _ in SEGMENTS}
    for r in records:
        total = sums[segment_of(r["recency"], r["frequency"])]
        for place, column in enumerate(("customers", "orders", "revenue")):
            total[place] += int(r[column])
    n = sum(r["customers"] for r in records)
    missing = int(sum(r["missing"] for r in records))
    caveats = [caveat("unconverted", count=missing)] if missing else []
    if n < metric.least:
        caveats.append(caveat("too_little", n=n, least=metric.least, what=metric.counted))
    return Rfm(
        segments=tuple(Segment(name, title, text, *sums[name]) for name, title, text in SEGMENTS),
        grid={(r["recency"], r["frequency"]): r["customers"] for r in records},
        customers=n,
        currency=currency,
        as_of=question.end,
        enough=n >= metric.least,
        caveats=tuple(caveats),
    )


def customers_in_segment(
    lake: Lake,
    segment: str,
    start: date | None = None,
    end: date | None = None,
    *,
    store: int | None = None,
    limit: int | None = None,
    offset: int = 0,
) -> list[int]:
    """Return the root ids of the customers in ``segment``, ascending; raise ValueError for an unknown name."""
    if segment not in {name for name, _, _ in SEGMENTS}:
        raise ValueError(f"there is no segment {segment!r}")
    span = extent(lake, store)
    if span is None:
        return []
    fields = [(r, f) for r in range(1, 6) for f in range(1, 6) if segment_of(r, f) == segment]
    chosen = ", ".join(f"({r}, {f})" for r, f in fields)
    page = f" LIMIT {int(limit)}" if limit is not None else ""
    outer = f"SELECT root FROM ({{}}) AS b WHERE (recency, frequency) IN ({chosen}) ORDER BY root{page} OFFSET {int(offset)}"  # noqa: S608,E501
    question = Question(start or span.first, end or span.known_until, None, store)
    return [row[0] for row in ask(lake, "rfm/behind", metric_of("rfm"), question, outer=outer).rows]


def rhythms(
    lake: Lake,
    as_of: date | None = None,
    *,
    state: str | None = None,
    least_orders: int = LEAST_ORDERS,
    store: int | None = None,
    limit: int | None = None,
) -> list[Rhythm]:
    """Return everybody with at least ``least_orders`` paid orders and how she keeps her rhythm at ``as_of``.

    state: only ``regular``, ``lapsing`` or ``lapsed``. Who left the rhythm last comes first: nearest to being kept.
    as_of: a shop-local day; None is the last day with an order.
    """
    if state not in (None, "regular", "lapsing", "lapsed"):
        raise ValueError(f"there is no state {state!r}; it is regular, lapsing or lapsed")
    span = extent(lake, store)
    if span is None:
        return []
    question = Question(span.first, as_of or span.known_until, store=store, least_orders=least_orders)
    where = f"WHERE state = '{state}' " if state else ""
    page = f" LIMIT {int(limit)}" if limit is not None else ""
    columns = "root, orders, last_date, since_days, usual_days, state"
    order = "ORDER BY since_days / usual_days, root"
    outer = f"SELECT {columns} FROM ({{}}) AS b {where}{order}{page}"  # noqa: S608
    answer = ask(lake, "rhythm/list", metric_of("regulars"), question, outer=outer)
    return [Rhythm(**record | {"orders": int(record["orders"])}) for record in answer.records()]
