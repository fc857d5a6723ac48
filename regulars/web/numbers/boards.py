"""What is worked out ahead: plain values for JSON, from the lake. Words come later, in the reader's language."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from regulars.base.clock import now, to_us
from regulars.base.installation import ShopSettings
from regulars.desks.voice.needs.queries.work import idle_work
from regulars.insight import CATALOGUE, compare, customers_behind, retention, rfm, rhythms, series, value
from regulars.insight.results import Caveat, Comparison, Point, Reading, Retention, Rhythm
from regulars.shop.queries.rates import without_rate
from regulars.web.numbers import periods
from regulars.web.numbers.engine import Known, engine
from regulars.web.numbers.periods import Window
from regulars.web.numbers.shelf import Board

# The seven numbers of Today, on the two legs.
GOODS = ("revenue", "orders", "average_order_value")
PEOPLE = ("own_share", "new_customers", "repeat_rate", "regulars")
# Numbers of a person's rhythm are listed by who is nearest to being kept.
RHYTHMS = {"regulars": "regular", "lapsing": "lapsing", "lapsed": "lapsed"}
HORIZONS = (30, 90, 180, 365)
PAGE = 25
LISTED_AT_ONCE = 200


def _options(shop: ShopSettings, store: int | None) -> dict[str, Any]:
    return {
        "currency": shop.currency, "store": store, "week_start": shop.week_start, "least_orders": shop.regular_orders,
    }  # fmt: skip


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _caveats(caveats: tuple[Caveat, ...]) -> list[Any]:
    return [[c.code, c.text, dict(c.values)] for c in caveats]


def _point(point: Point) -> list[Any]:
    return [point.start.isoformat(), point.end.isoformat(), point.value, point.n, point.enough]


def _reading(reading: Reading) -> Board:
    return {
        "value": reading.value, "n": reading.n, "enough": reading.enough, "low": reading.low, "high": reading.high,
        "start": _day(reading.start), "end": _day(reading.end), "currency": reading.currency,
        "caveats": _caveats(reading.caveats),
    }  # fmt: skip


def _comparison(found: Comparison) -> Board:
    return {
        "now": _reading(found.now), "before": _reading(found.before), "year": _reading(found.year_before),
        "change": found.change, "change_on_year": found.change_on_year,
    }  # fmt: skip


def compared(name: str, window: Window, shop: ShopSettings, store: int | None) -> Board:
    """Return metric ``name`` in ``window`` beside the two windows it is compared with."""
    found = compare(engine(), name, window.start, window.end, before=window.before, **_options(shop, store))
    return _comparison(found)


def course(name: str, shop: ShopSettings, known: Known) -> Board:
    """Return metric ``name`` month by month, up to the last day shown; for a state, asked for each month, a year."""
    start, end = periods.chart_days(known.end, periods.months_shown(CATALOGUE[name]))
    found = series(engine(), name, start, end, by="month", **_options(shop, known.store))
    return {"rows": [_point(p) for p in found.rows], "currency": found.currency}


def today(period: str, shop: ShopSettings, known: Known) -> Board:
    """Return the numbers of Today for ``period``, each with its course over the last full months."""
    window = periods.window_of(period, known.end, CATALOGUE["revenue"])
    return {
        "period": period, "start": _day(window.start), "end": _day(window.end), "today": _day(known.today),
        "first": _day(known.first), "last": _day(known.last),
        "figures": [_figure(name, period, shop, known) for name in (*GOODS, *PEOPLE)],
    }  # fmt: skip


def _figure(name: str, period: str, shop: ShopSettings, known: Known) -> Board:
    metric = CATALOGUE[name]
    window = periods.window_of(periods.RIPE if metric.looks_on else period, known.end, metric)
    return {"name": name, "spark": _spark(name, shop, known), **compared(name, window, shop, known.store)}


def _spark(name: str, shop: ShopSettings, known: Known) -> list[float]:
    """Return the values of the last full months; a month without a value, or not over, is left out."""
    rows = course(name, shop, known)["rows"][-periods.SPARK_MONTHS - 1 :]
    full = rows[:-1] if known.end + timedelta(days=1) != _next_month(known.end) else rows
    return [amount for _, _, amount, _, is_enough in full if amount is not None and is_enough]


def _next_month(day: date) -> date:
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1)


def number(name: str, window: Window, shop: ShopSettings, known: Known) -> Board:
    """Return a number in full: compared, and the first page of the customers behind it."""
    behind = behind_page(name, window.start, window.end, shop, known.store, 1)
    return {**compared(name, window, shop, known.store), "behind": behind}


def behind_page(name: str, start: date, end: date, shop: ShopSettings, store: int | None, page: int) -> list[Any]:
    """Return a page of the people behind a number, and one more if there are more: ids, or rhythms with their ids."""
    low, high = PAGE * (page - 1), PAGE * page + 1
    if name in RHYTHMS:
        return [_rhythm(r) for r in kept_rhythms(name, end, shop, store, limit=high)[low:]]
    return [
        {"root": root}
        for root in customers_behind(
            engine(), name, start, end, store=store, least_orders=shop.regular_orders, limit=PAGE + 1, offset=low
        )
    ]


def kept_rhythms(
    name: str, end: date, shop: ShopSettings, store: int | None, *, limit: int | None = None
) -> list[Rhythm]:
    """Return who is a regular, lapsing or lapsed at ``end``, who left the rhythm last first."""
    return rhythms(
        engine(), end, state=RHYTHMS[name], least_orders=shop.regular_orders, store=store, limit=limit
    )  # fmt: skip


def _rhythm(found: Rhythm) -> Board:
    return {
        "root": found.root, "last": found.last_date.isoformat(), "since": found.since_days, "usual": found.usual_days,
    }  # fmt: skip


def retention_board(shop: ShopSettings, store: int | None) -> Board:
    """Return cohorts, repeat rates by horizon, the time between orders and the classes of customers."""
    found = retention(engine(), store=store)
    return {
        "last": _day(found.last_date), "is_partial": found.is_last_month_partial, "enough": found.enough,
        "cohorts": [[c.month.isoformat(), c.size, list(c.active)] for c in found.cohorts],
        "average": list(found.average()),
        "repeat": {str(days): _repeat(days, found, store) for days in HORIZONS},
        "gaps": _reading(value(engine(), "time_between_orders", store=store)),
        "rfm": _classes(shop, store),
    }  # fmt: skip


def _repeat(days: int, found: Retention, store: int | None) -> list[Any]:
    if not found.cohorts:
        return []
    return [_point(p) for p in series(engine(), "repeat_rate", by="month", store=store, horizon_days=days).rows]


def _classes(shop: ShopSettings, store: int | None) -> Board:
    found = rfm(engine(), currency=shop.currency, store=store)
    return {
        "segments": [[s.name, s.title, s.meaning, s.customers, s.orders, s.revenue_minor] for s in found.segments],
        "customers": found.customers, "enough": found.enough, "as_of": _day(found.as_of), "currency": found.currency,
        "caveats": _caveats(found.caveats),
    }  # fmt: skip


def work(shop: ShopSettings, known: Known) -> Board:
    """Return what the work list needs and a page should not search for: lapsing regulars, idle needs, rates."""
    lapsing = kept_rhythms("lapsing", known.end, shop, None)
    begun = [r.last_date + timedelta(days=int(2 * r.usual_days)) for r in lapsing]
    missing = without_rate()
    return {
        "lapsing": {
            "count": len(lapsing), "since": _day(min(begun, default=None)),
            "first": [_rhythm(r) for r in lapsing[:LISTED_AT_ONCE]],
        },
        "needs": idle_work(until=now(), zone=shop.zone),
        "without_rate": {
            "count": missing.count, "currencies": list(missing.currencies),
            "since_us": to_us(missing.oldest_at) if missing.oldest_at else None,
        },
    }  # fmt: skip
