"""Asks the catalogue: a number, its course, its comparison and the customers behind it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from regulars.insight import windows
from regulars.insight.catalogue import LEAST_ORDERS, Metric, metric_of
from regulars.insight.lake import Lake
from regulars.insight.questions import Extent, Question, ask, extent, ripe_date
from regulars.insight.results import Caveat, Comparison, Number, Point, Reading, caveat
from regulars.insight.windows import BY, By

Record = dict[str, Any]


def value(
    lake: Lake,
    name: str,
    start: date | None = None,
    end: date | None = None,
    *,
    currency: str | None = None,
    by: By | None = None,
    store: int | None = None,
    week_start: int = 1,
    horizon_days: int | None = None,
    least_orders: int = LEAST_ORDERS,
) -> Reading:
    """Return metric ``name`` over the shop-local days ``start`` to ``end``, both included; None is the first or last.

    currency: money is given in its minor units; it may be left out where the lake has one currency only. by: also one
    point for each day, week or month, the outer ones cut to the window. store: as if only that store's activities
    were. horizon_days: None is the metric's usual one.
    Raise UnknownMetric, and ValueError for a window that ends before it starts or a missing currency.
    """
    metric = metric_of(name)
    span = extent(lake, store, metric.spans)
    currency = reporting_currency(lake, metric, currency)
    if by is not None and by not in BY:
        raise ValueError(f"by is one of {', '.join(BY)}, not {by!r}")
    if start and end and start > end:
        raise ValueError(f"the window ends on {end}, before it starts on {start}")
    if span is None:
        return _nothing(metric, start, end, currency, store, by)
    question = _question(metric, span, start, end, currency, store, week_start, horizon_days, least_orders)
    if question.start > question.end:
        return _nothing(metric, start, end, currency, store, by)
    found = _by_period(lake, metric, question, by) if by else {}
    record = _added_up(metric, list(found.values())) if found else None
    if record is None:
        record = ask(lake, f"{name}/total", metric, question).records()[0]
    reading = _reading(metric, record, question, span, is_start_given=start is not None)
    return replace(reading, by=by, rows=_points(metric, question, span, by, found)) if by else reading


def series(
    lake: Lake, name: str, start: date | None = None, end: date | None = None, *, by: By = "month", **options: Any
) -> Reading:
    """Return the reading of ``value`` with a point for each period in ``rows``; the options are those of ``value``."""
    return value(lake, name, start, end, by=by, **options)


def compare(
    lake: Lake, name: str, start: date, end: date, *, before: tuple[date, date] | None = None, **options: Any
) -> Comparison:
    """Return the metric beside the window before it and the same days a year earlier; options as of ``value``.

    before: the days to compare with, such as the same days of the last month; None is the window just before.
    """
    now = value(lake, name, start, end, **options)
    options = options | {"by": None}
    past = value(lake, name, *(before or windows.previous(start, end)), **options)
    earlier = value(lake, name, *windows.year_earlier(start, end), **options)
    return Comparison(now, past, earlier, _change(now, past), _change(now, earlier))


def customers_behind(
    lake: Lake,
    name: str,
    start: date | None = None,
    end: date | None = None,
    *,
    store: int | None = None,
    horizon_days: int | None = None,
    least_orders: int = LEAST_ORDERS,
    limit: int | None = None,
    offset: int = 0,
) -> list[int]:
    """Return the root ids of the customers behind a number, ascending. For a count of people they are those people.

    For money and orders: who ordered (or got money back). For shares: who is in the upper part, such as those who came
    back. Options as of ``value``; ``limit`` and ``offset`` cut a page out.
    """
    metric = replace(metric_of(name), has_money=False)  # who it was needs no amounts, so no rates either
    span = extent(lake, store, metric.spans)
    if span is None:
        return []
    question = _question(metric, span, start, end, None, store, 1, horizon_days, least_orders)
    if question.start > question.end:
        return []
    page = f" LIMIT {int(limit)}" if limit is not None else ""
    outer = f"SELECT root FROM ({{}}) AS b WHERE root IS NOT NULL ORDER BY root{page} OFFSET {int(offset)}"  # noqa: S608
    return [row[0] for row in ask(lake, f"{name}/behind", metric, question, outer=outer).rows]


def reporting_currency(lake: Lake, metric: Metric, currency: str | None) -> str | None:
    """Return the currency to tell ``metric`` in, None for a metric without money or a lake without orders."""
    if not metric.has_money or currency is not None:
        return currency if metric.has_money else None
    known = lake.manifest.currencies
    if len(known) > 1:
        raise ValueError(f"the orders are in {', '.join(known)}: say in which currency to report")
    return known[0] if known else None


def _question(
    metric: Metric,
    span: Extent,
    start: date | None,
    end: date | None,
    currency: str | None,
    store: int | None,
    week_start: int,
    horizon_days: int | None,
    least_orders: int,
) -> Question:
    if end is None:
        end = span.known_until if metric.is_moment else span.last
    horizon_days = metric.horizon_days if horizon_days is None else horizon_days
    ripe = ripe_date(metric, span.known_until, horizon_days) if metric.looks_on else date.max
    return Question(start or span.first, end, currency, store, week_start, horizon_days, least_orders, ripe)


def _by_period(lake: Lake, metric: Metric, question: Question, by: By) -> dict[int, Record]:
    """Return what the query says of each period, by the period's number; periods without a row may lack."""
    if not metric.is_moment:
        return {r["period"]: r for r in ask(lake, f"{metric.name}/{by}", metric, question).records()}
    return {
        key: ask(lake, f"{metric.name}/total", metric, replace(question, start=first, end=last)).records()[0]
        for key, first, last in windows.periods(question.start, question.end, by, question.week_start)
    }


def _added_up(metric: Metric, records: list[Record]) -> Record | None:
    """Return the window's record where its periods' records add up to it, which spares a second query."""
    parts = ["value"] if metric.is_additive else ["top", "bottom"] if "bottom" in records[0] else None
    if parts is None:
        return None
    return {part: sum(r.get(part) or 0 for r in records) for part in (*parts, "n", "missing")}


def _points(metric: Metric, question: Question, span: Extent, by: By, found: dict[int, Record]) -> tuple[Point, ...]:
    points = []
    for key, first, last in windows.periods(question.start, question.end, by, question.week_start):
        record = found.get(key, {})
        n = record.get("n") or 0
        points.append(Point(first, last, _number(metric, record), n, _enough(metric, n, last, span)))
    return tuple(points)


def _number(metric: Metric, record: Record) -> Number:
    if metric.unit in ("count", "money") and "bottom" not in record and metric.name != "average_order_value":
        return int(record.get("value") or 0)
    found = record.get("value")
    if record.get("bottom"):
        found = (record["top"] or 0) / record["bottom"]
    if found is None:
        return None
    return round(found) if metric.unit == "money" else float(found)


def _enough(metric: Metric, n: int, end: date, span: Extent) -> bool:
    return n >= metric.least and end >= span.first


def _reading(metric: Metric, record: Record, question: Question, span: Extent, *, is_start_given: bool) -> Reading:
    n = record["n"] or 0
    return Reading(
        metric=metric.name,
        unit=metric.unit,
        currency=question.currency if metric.unit == "money" else None,
        start=question.start,
        end=question.end,
        store=question.store,
        value=_number(metric, record),
        n=n,
        counted=metric.counted,
        enough=_enough(metric, n, question.end, span),
        caveats=tuple(_caveats(metric, record, question, span, is_start_given)),
        low=record.get("low"),
        high=record.get("high"),
    )


def _caveats(metric: Metric, record: Record, question: Question, span: Extent, is_start_given: bool) -> list[Caveat]:
    found = []
    n = record["n"] or 0
    if n < metric.least:
        found.append(caveat("too_little", metric.spans, n=n, least=metric.least, what=metric.counted))
    if record.get("missing"):
        found.append(caveat("unconverted", count=int(record["missing"])))
    if is_start_given and not metric.is_moment and question.start < span.first <= question.end:
        found.append(caveat("begins_inside", metric.spans, date=span.first.isoformat()))
    if metric.looks_on and question.end > question.ripe:
        found.append(caveat("not_ripe", metric.spans, date=question.ripe.isoformat()))
    return found


def _nothing(
    metric: Metric, start: date | None, end: date | None, currency: str | None, store: int | None, by: str | None
) -> Reading:
    return Reading(
        metric=metric.name,
        unit=metric.unit,
        currency=currency if metric.unit == "money" else None,
        start=start,
        end=end,
        store=store,
        value=_number(metric, {}),
        n=0,
        counted=metric.counted,
        enough=False,
        caveats=(caveat("no_data", metric.spans),),
        by=by,
    )


def _change(now: Reading, before: Reading) -> float | None:
    partial = {"no_data", "begins_inside"} & {c.code for c in before.caveats}
    if now.value is None or before.value is None or partial or not (now.enough and before.enough):
        return None
    if now.unit == "share":
        return now.value - before.value
    return (now.value - before.value) / abs(before.value) if before.value else None
