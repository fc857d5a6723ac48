"""Laws of the numbers on small shops: merges, currencies, unknown buyers, emptiness."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from regulars.insight import CATALOGUE, Lake, UnknownMetric, customers_behind, retention, rfm, value
from tests.insight.shops import open_lake, sale


def test_an_empty_lake_tells_nothing_and_breaks_nothing(tmp_path: Path) -> None:
    lake = Lake(tmp_path / "nowhere")
    for name in CATALOGUE:
        found = value(lake, name)
        assert not found.enough
        assert not found.value
    assert retention(lake).cohorts == ()
    assert rfm(lake).customers == 0


def test_an_unknown_metric_names_its_neighbours(tmp_path: Path) -> None:
    with pytest.raises(UnknownMetric, match="revenue"):
        value(Lake(tmp_path), "revenu")


def test_records_merged_are_one_person_and_parted_again_two(tmp_path: Path) -> None:
    sales = [sale(1, "2026-01-05"), sale(2, "2026-02-05")]
    apart = open_lake(tmp_path / "a", sales)
    merged = open_lake(tmp_path / "b", sales, merged={2: 1})
    assert (value(apart, "customers").value, value(merged, "customers").value) == (2, 1)
    assert customers_behind(merged, "customers") == [1]
    assert value(apart, "revenue").value == value(merged, "revenue").value


def test_orders_of_nobody_are_revenue_but_not_people_and_not_own(tmp_path: Path) -> None:
    lake = open_lake(tmp_path, [sale(1, "2026-01-05"), sale(None, "2026-01-06"), sale(1, "2026-01-07")])
    assert [value(lake, n).value for n in ("orders", "revenue", "customers")] == [3, 3000, 1]
    assert value(lake, "own_share").value == pytest.approx(1 / 3)


def test_other_currencies_take_the_rate_of_their_day_and_miss_none_silently(tmp_path: Path) -> None:
    sales = [sale(1, "2026-01-05"), sale(1, "2026-01-06", currency="CNY"), sale(1, "2025-12-31", currency="CNY")]
    lake = open_lake(tmp_path, sales, rates=[("USD", "CNY", date(2026, 1, 1), 8.0)])
    found = value(lake, "revenue", currency="USD")
    assert found.value == 1000 + 125
    assert "unconverted" in {c.code for c in found.caveats}
    with pytest.raises(ValueError, match="currency"):
        value(lake, "revenue")


days = st.dates(date(2026, 1, 1), date(2026, 6, 30)).map(str)


@settings(max_examples=15, deadline=None)
@given(orders=st.lists(st.tuples(st.integers(1, 4), days, st.integers(0, 5000)), min_size=1, max_size=12))
def test_new_and_returning_together_are_all(
    tmp_path_factory: pytest.TempPathFactory, orders: list[tuple[int, str, int]]
) -> None:
    lake = open_lake(tmp_path_factory.mktemp("lake"), [sale(c, d, m) for c, d, m in orders])
    start, end = date(2026, 3, 1), date(2026, 4, 30)
    number = {n: value(lake, n, start, end).value for n in ("customers", "new_customers", "returning_customers")}
    assert number["new_customers"] + number["returning_customers"] == number["customers"]
    assert value(lake, "revenue").value == sum(m for _, _, m in orders)
