"""A chart says in its table what it shows in its picture."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regulars.ui.charts import Chart, Series, bar_chart, line_chart, spark_points, ticks

MONTHS = ["Jan", "Feb", "Mar", "Apr"]


def pictures(chart: Chart) -> list[ElementTree.Element]:
    return list(ElementTree.fromstring(f"<all>{chart.svg}</all>"))  # noqa: S314 - our own


def test_the_table_holds_the_numbers_of_the_picture() -> None:
    values = [10.0, 40.0, 25.0, 0.0]
    chart = bar_chart(Series("Orders", list(zip(MONTHS, values, strict=True))), title="Orders a month", head="Month")
    assert chart.header == ["Month", "Orders"]
    assert chart.rows == [["Jan", "10.0"], ["Feb", "40.0"], ["Mar", "25.0"], ["Apr", "0.0"]]
    for picture in pictures(chart):
        heights = [float(r.get("height", 0)) for r in picture.iter("rect") if r.get("class") == "chart-bar"]
        assert heights[0] / heights[1] == pytest.approx(10 / 40, abs=0.01)
        assert heights[2] / heights[1] == pytest.approx(25 / 40, abs=0.01)
        hints = [t.text for t in picture.iter("title")]
        assert hints == ["Jan\n10.0", "Feb\n40.0", "Mar\n25.0", "Apr\n0.0"]


def test_each_chart_is_drawn_for_a_wide_and_for_a_narrow_place() -> None:
    wide, narrow = pictures(line_chart([Series("a", [("x", 1), ("y", 2)])], title="T", head="H"))
    assert float(wide.get("viewBox", "").split()[2]) > float(narrow.get("viewBox", "").split()[2])
    assert wide.get("aria-label") == narrow.get("aria-label") == "T"


def test_a_gap_breaks_the_line_and_is_a_dash_in_the_table() -> None:
    chart = line_chart([Series("a", [("1", 1), ("2", 2), ("3", None), ("4", 3), ("5", 4)])], title="T", head="H")
    assert [row[1] for row in chart.rows] == ["1", "2", "–", "3", "4"]
    assert len(list(pictures(chart)[0].iter("polyline"))) == 2


def test_lines_of_different_length_share_their_labels() -> None:
    chart = line_chart([Series("short", [("1", 5)]), Series("long", [("1", 1), ("2", 2)])], title="T", head="H")
    assert chart.rows == [["1", "5", "1"], ["2", "–", "2"]]
    assert chart.keys == [("0", "short"), ("1", "long")]


def test_what_is_below_nothing_hangs() -> None:
    chart = bar_chart(Series("a", [("1", 4), ("2", -4)]), title="T", head="H")
    up, down = [r for r in pictures(chart)[0].iter("rect") if r.get("class") == "chart-bar"]
    assert float(up.get("y", 0)) + float(up.get("height", 0)) == pytest.approx(float(down.get("y", 0)), abs=0.2)


def test_names_are_escaped() -> None:
    series = Series("<script>", [('"><img>', 1), ("b", 2)])
    for chart in (line_chart([series, series], title='"<x>', head="H"), bar_chart(series, title='"<x>', head="H")):
        assert not re.search(r"<(script|img|x)", chart.svg)
        assert pictures(chart)


@pytest.mark.parametrize("series", [[], [Series("a", [])], [Series("a", [("1", None)])], [Series("a", [("1", 0)])]])
def test_nothing_to_show_is_shown_too(series: list[Series]) -> None:
    assert len(pictures(line_chart(series, title="T", head="H"))) == 2


@given(st.lists(st.floats(-1e12, 1e12), min_size=1))
def test_ticks_hold_every_value(values: list[float]) -> None:
    marks = ticks(max(values), min(values))
    slack = (marks[-1] - marks[0]) * 1e-6
    assert marks[0] <= min(values) + slack
    assert marks[-1] >= max(values) - slack
    assert 2 <= len(marks) <= 8


@given(st.lists(st.floats(-1e9, 1e9), min_size=2, max_size=40))
def test_a_sparkline_stays_in_its_box(values: list[float]) -> None:
    points = [tuple(map(float, point.split(","))) for point in spark_points(values).split()]
    assert len(points) == len(values)
    assert all(0 <= x <= 100 and 1.9 <= y <= 22.1 for x, y in points)
