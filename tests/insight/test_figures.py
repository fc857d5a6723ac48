"""Every metric of the catalogue on real shops, recomputed from the raw files in plain Python."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from statistics import median

import pytest

from regulars.insight import CATALOGUE, Lake, customers_behind, retention, rfm, rhythms, value
from tests.insight.shops import Sale, cdnow, olist, open_lake

pytestmark = [pytest.mark.data, pytest.mark.slow]
Shop = tuple[Lake, list[Sale]]


@pytest.fixture(params=["cdnow", "olist"])
def shop(request: pytest.FixtureRequest, data: Callable[[str], Path], tmp_path: Path) -> Shop:
    """Return a real shop as a lake and as plain rows."""
    sales = cdnow(data("cdnow/CDNOW_master.txt")) if request.param == "cdnow" else olist(data("olist"))
    return open_lake(tmp_path, sales), sales


def visits(sales: list[Sale]) -> dict[int, list[date]]:
    """Return the different order days of each customer, ascending."""
    days: dict[int, set[date]] = defaultdict(set)
    for s in sales:
        if s.customer is not None:
            days[s.customer].add(s.day)
    return {customer: sorted(found) for customer, found in days.items()}


def window(sales: list[Sale]) -> tuple[date, date]:
    """Return a quarter in the middle of the shop's life."""
    first, last = min(s.day for s in sales), max(s.day for s in sales)
    start = first + (last - first) / 2
    return start, start + timedelta(days=90)


def test_cdnow_has_its_published_totals(data: Callable[[str], Path], tmp_path: Path) -> None:
    lake = open_lake(tmp_path, cdnow(data("cdnow/CDNOW_master.txt")))
    assert value(lake, "orders").value == 69_659
    assert value(lake, "customers").value == 23_570
    assert value(lake, "revenue").value == 2_500_315_63


def test_money_and_counts_of_a_window(shop: Shop) -> None:
    lake, sales = shop
    start, end = window(sales)
    inside = [s for s in sales if start <= s.day <= end]
    first = {c: min(days) for c, days in visits(sales).items()}
    people = {s.customer for s in inside}
    expected = {
        "revenue": sum(s.minor for s in inside),
        "orders": len(inside),
        "customers": len(people),
        "new_customers": sum(start <= first[c or 0] <= end for c in people),
        "returning_customers": sum(first[c or 0] < start for c in people),
    }
    assert {name: value(lake, name, start, end).value for name in expected} == expected
    revenue = expected["revenue"]
    assert value(lake, "average_order_value", start, end).value == round(revenue / len(inside))
    # Own is what was bought after the first order, also on its day.
    earlier: dict[int | None, tuple[datetime, int]] = {}
    for n, s in enumerate(sales):
        earlier[s.customer] = min(earlier.get(s.customer, (s.at, n)), (s.at, n))
    later = sum(s.minor for n, s in enumerate(sales) if start <= s.day <= end and (s.at, n) > earlier[s.customer])
    assert value(lake, "own_share", start, end).value == pytest.approx(later / revenue, abs=0.002)


@pytest.mark.parametrize("horizon", [30, 90, 180])
def test_repeat_rate_by_horizon(shop: Shop, horizon: int) -> None:
    lake, sales = shop
    last = max(s.day for s in sales)
    orders: dict[int, list[date]] = defaultdict(list)
    for s in sorted(sales, key=lambda s: s.at):
        orders[s.customer or 0].append(s.day)
    ripe = {c: days for c, days in orders.items() if days[0] + timedelta(days=horizon) <= last}
    came_back = [c for c, days in ripe.items() if len(days) > 1 and days[1] <= days[0] + timedelta(days=horizon)]
    found = value(lake, "repeat_rate", horizon_days=horizon)
    assert found.n == len(ripe)
    assert found.value == pytest.approx(len(came_back) / len(ripe))
    assert customers_behind(lake, "repeat_rate", horizon_days=horizon) == sorted(came_back)


def test_time_between_orders_is_the_median_of_pauses(shop: Shop) -> None:
    lake, sales = shop
    pauses = [(b - a).days for days in visits(sales).values() for a, b in zip(days, days[1:], strict=False)]
    found = value(lake, "time_between_orders")
    assert found.n == len(pauses)
    assert found.value == (median(pauses) if found.enough else found.value)


def test_retention_by_monthly_cohort(shop: Shop) -> None:
    lake, sales = shop
    cells: dict[tuple[int, int], set[int]] = defaultdict(set)
    days = visits(sales)
    first = {c: d[0].year * 12 + d[0].month for c, d in days.items()}
    for customer, found in days.items():
        for day in found:
            cells[first[customer], day.year * 12 + day.month - first[customer]].add(customer)
    read = {
        (c.month.year * 12 + c.month.month, age): n
        for c in retention(lake).cohorts
        for age, n in enumerate(c.active)
        if n
    }
    assert read == {key: len(people) for key, people in cells.items()}


def test_who_is_behind_a_number_is_as_many_as_the_number(shop: Shop) -> None:
    lake, sales = shop
    start, end = window(sales)
    for name, metric in CATALOGUE.items():
        if metric.unit == "count" and metric.counted == "customers":
            assert len(customers_behind(lake, name, start, end)) == value(lake, name, start, end).value, name


def test_classes_and_rhythms_leave_nobody_out(shop: Shop) -> None:
    lake, sales = shop
    classes = rfm(lake)
    assert sum(s.customers for s in classes.segments) == len(visits(sales)) == classes.customers
    assert sum(s.revenue_minor for s in classes.segments) == sum(s.minor for s in sales)
    counted: dict[int, int] = defaultdict(int)
    for s in sales:
        counted[s.customer or 0] += 1
    everybody = {r.root for r in rhythms(lake, max(s.day for s in sales))}
    assert everybody == {c for c, n in counted.items() if n >= 3}


@pytest.mark.parametrize("by", ["day", "week", "month"])
def test_periods_add_up_to_the_whole(shop: Shop, by: str) -> None:
    lake, _ = shop
    for name in ("revenue", "orders", "new_customers"):
        found = value(lake, name, by=by)  # type: ignore[arg-type]
        assert sum(point.value or 0 for point in found.rows) == found.value
