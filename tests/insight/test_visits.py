"""Visits: the catalogue's numbers and the reports, on small sites whose figures were worked out by hand."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from regulars.insight import Lake, compare, customers_behind, value
from regulars.insight.visits import (
    Tally,
    breakdown,
    came_back_after,
    course,
    funnel,
    paths,
    people_of,
    people_who_came_back,
    product_interest,
    totals,
)
from tests.insight.shops import sale
from tests.insight.sites import Did, at, event, open_site, visit

MARCH = (date(2026, 3, 1), date(2026, 3, 31))
NAMES = ("visits", "visit_conversion", "known_visits", "return_visits")

# Ada (customer 1) and Ben (2, later merged into 1) are known; c is not; d:x is a pseudonym of one day.
VISITS = [
    visit("a", "2026-03-01 00:00", first="new", channel="search", orders=1, added=1, engaged_seconds=30),
    visit("a", "2026-03-31 00:00", channel="email", orders=2),  # exactly thirty days later
    visit("b", "2026-03-02 12:00", first="new", channel="search", pages=1, engaged_seconds=4),
    visit("b", "2026-04-01 12:01", channel="direct"),  # a minute too late, and in April
    visit("c", "2026-03-03 09:00", first="new", channel="o'brien", store=2),
    visit("c", "2026-03-03 15:00", channel="o'brien", store=2),
    visit("d:x", "2026-03-04 09:00", first="unknown", orders=1),
    visit("d:x", "2026-03-04 11:00", first="unknown", customer=7),
    visit("robot", "2026-03-05 09:00", first="new", agent="bot", orders=9),
    visit("olive", "2026-03-05 10:00", first="new", agent="staff"),
    visit("late", "2026-05-30 10:00"),  # the record goes on until then
]
LINKS = {"a": 1, "b": 2, "d:x": 3, "olive": 4}


@pytest.fixture
def site(tmp_path: Path) -> Lake:
    return open_site(tmp_path, VISITS, links=LINKS)


def test_the_four_numbers_of_march(site: Lake) -> None:
    found = {name: value(site, name, *MARCH) for name in NAMES}
    assert found["visits"].value == 7
    assert found["visit_conversion"].value == pytest.approx(3 / 7)
    assert found["known_visits"].value == pytest.approx(3 / 7)
    assert (found["return_visits"].value, found["return_visits"].n) == (pytest.approx(2 / 3), 3)
    assert {name: found[name].enough for name in NAMES} == dict.fromkeys(NAMES, False) | {"visits": True}


def test_the_people_behind_them(site: Lake, tmp_path: Path) -> None:
    behind = {name: customers_behind(site, name, *MARCH) for name in NAMES}
    assert behind == {"visits": [1, 2], "visit_conversion": [1], "known_visits": [1, 2], "return_visits": [1]}
    merged = open_site(tmp_path / "merged", VISITS, links=LINKS, merged={2: 1})
    assert customers_behind(merged, "visits", *MARCH) == [1]
    nobody = open_site(tmp_path / "nobody", VISITS)
    assert customers_behind(nobody, "visits", *MARCH) == []
    assert value(nobody, "known_visits", *MARCH).value == 0


def test_a_visit_recorded_with_its_customer_is_hers_by_itself(tmp_path: Path) -> None:
    lake = open_site(tmp_path, [visit("z", "2026-03-01 10:00", customer=9)], merged={9: 5})
    assert customers_behind(lake, "visits") == [5]


def test_edges_of_window_store_and_horizon(site: Lake) -> None:
    assert value(site, "visits", date(2026, 3, 31), date(2026, 3, 31)).value == 1
    assert value(site, "visits", date(2026, 3, 2), date(2026, 3, 30)).value == 5
    assert value(site, "visits", *MARCH, store=2).value == 2
    assert value(site, "return_visits", *MARCH, horizon_days=31).value == 1
    assert value(site, "return_visits", *MARCH, horizon_days=29).value == pytest.approx(1 / 3)


def test_only_visitors_whose_time_is_over_are_counted(tmp_path: Path) -> None:
    ends = [
        *(visit("x", f"2026-03-{day} 10:00", first=first) for day, first in (("01", "new"), ("02", "returning"))),
        visit("y", "2026-03-10 10:00", first="new"),
        visit("z", "2026-04-09 23:00"),
    ]
    lake = open_site(tmp_path, ends)
    found = value(lake, "return_visits", *MARCH)
    # The tenth's thirty days end on the ninth of April, the record's last day, which may not be over.
    assert (found.n, found.value) == (1, 1)
    assert [c.values["date"] for c in found.caveats if c.code == "not_ripe"] == ["2026-03-09"]


def test_periods_of_visits_add_up(site: Lake) -> None:
    for by in ("day", "week", "month"):
        found = value(site, "visits", by=by)  # type: ignore[arg-type]
        assert sum(p.value or 0 for p in found.rows) == found.value == 9
    by_month = value(site, "return_visits", by="month", horizon_days=31)
    assert [(p.value, p.n) for p in by_month.rows] == [(1, 3), (None, 0), (None, 0)]
    assert compare(site, "visits", date(2026, 4, 1), date(2026, 4, 30)).change == pytest.approx(-6 / 7)
    assert compare(site, "visits", *MARCH).change is None


def test_orders_and_visits_have_spans_of_their_own(tmp_path: Path) -> None:
    only_visits = open_site(tmp_path / "v", VISITS)
    assert value(only_visits, "orders").caveats[0].text == "There are no orders yet."
    assert (value(only_visits, "visits").start, value(only_visits, "visits").end) == (MARCH[0], date(2026, 5, 30))
    only_orders = open_site(tmp_path / "o", [], [sale(1, "2026-01-05")])
    assert value(only_orders, "orders").value == 1
    for name in NAMES:
        found = value(only_orders, name)
        assert (found.n, found.caveats[0].text) == (0, "There are no visits yet.")
        assert customers_behind(only_orders, name) == []
    both = open_site(tmp_path / "b", VISITS, [sale(1, "2026-01-05")])
    assert value(both, "visits").start == MARCH[0]
    assert value(both, "visits", date(2026, 1, 1)).caveats[0].code == "begins_inside"


def test_visits_told_apart(site: Lake) -> None:
    found = breakdown(site, "channel", *MARCH)
    assert [(r.label, r.visits) for r in found.rows] == [("direct", 2), ("o'brien", 2), ("search", 2), ("email", 1)]
    search = Tally("search", 2, 2, new=2, known=2, orders=1, added=1, bounce=1, engaged_seconds=17)
    assert found.rows[2] == search
    assert found.rows[1].visitors_days == 1
    assert found.totals == Tally("", 7, 5, 3, 2, 3, 3, 1, 1, 10)
    assert not found.has_more
    assert breakdown(site, "channel", *MARCH, limit=2).has_more
    assert [r.label for r in breakdown(site, "agent", *MARCH, agent=None).rows] == ["person", "bot", "staff"]
    assert [(r.label, r.visits) for r in breakdown(site, "hour", *MARCH).rows][:2] == [("9", 2), ("0", 2)][::-1]
    assert [(r.label, r.visits) for r in breakdown(site, "store", *MARCH).rows] == [("1", 5), ("2", 2)]


def test_rows_lead_to_their_people_and_filters_are_values(site: Lake) -> None:
    assert people_of(site, *MARCH, where={"channel": "search"}) == [1, 2]
    assert people_of(site, *MARCH, where={"channel": "search"}, limit=1, offset=1) == [2]
    assert people_of(site, *MARCH, where={"channel": "search", "ordered": True}) == [1]
    assert people_of(site, *MARCH, where={"bounced": False, "channel": "search"}) == [1]
    assert totals(site, *MARCH, where={"channel": "o'brien"}).visits == 2
    assert totals(site, *MARCH, where={"store": 2, "hour": "15"}).visits == 1
    assert totals(site, *MARCH, where={"channel": "LAKE_START() {} ' OR 1=1 --"}) == Tally()
    with pytest.raises(ValueError, match="have no"):
        totals(site, *MARCH, where={"1=1) OR (channel": "x"})
    with pytest.raises(ValueError, match="told apart"):
        breakdown(site, "visitor", *MARCH)


def test_the_course_has_every_period(site: Lake) -> None:
    found = course(site, "month", date(2026, 3, 2), date(2026, 5, 31))
    assert [p.tally.visits for p in found] == [6, 1, 1]
    assert (found[0].start, found[0].end) == (date(2026, 3, 2), date(2026, 3, 31))
    days = course(site, "day", *MARCH, where={"channel": "o'brien"})
    assert [(p.start.day, p.tally.visits, p.tally.visitors_days) for p in days if p.tally.visits] == [(3, 2, 1)]


def test_ways_through_the_site(tmp_path: Path) -> None:
    ways = [("/", "/a", "/b"), ("/", "/a", "/b"), ("/", "", ""), ("", "", "")]
    lake = open_site(
        tmp_path,
        [
            visit(str(n), "2026-03-01 10:00", entry=first, second=second, third=third, orders=n)
            for n, (first, second, third) in enumerate(ways)
        ],
    )
    found = paths(lake, *MARCH)
    assert [(w.entry, w.second, w.third, w.visits, w.orders) for w in found] == [
        ("/", "/a", "/b", 2, 1),
        ("/", "", "", 1, 1),
    ]
    assert (found[0].share, found[0].conversion) == (pytest.approx(2 / 3), 0.5)


def test_products_looked_at_and_come_back_to(tmp_path: Path) -> None:
    def looked(visitor: str, when: str, name: str = "Tea", **more: object) -> object:
        return event("product_viewed", visitor, when, product="p1", name=name, **more)

    lake = open_site(
        tmp_path,
        [
            looked("a", "2026-03-01 10:00"),
            looked("a", "2026-03-01 11:00"),
            looked("a", "2026-03-02 10:00", "Green tea"),
            looked("b", "2026-03-01 23:59", ""),
            looked("d:x", "2026-03-01 10:00"),
            looked("d:x", "2026-03-02 10:00"),  # an id that should not last: never somebody who came back
            looked("bot", "2026-03-01 10:00", is_bot=True),
            looked("olive", "2026-03-01 10:00"),
            looked("late", "2026-04-01 00:00", "Black tea"),
            event("product_viewed", "c", "2026-03-03 10:00", product="p2", name="Cup", store=2),
            *(event("product_added", who, "2026-03-01 12:00", product="p1") for who in ("a", "a", "b", "olive")),
            visit("olive", "2026-03-01 10:00", agent="staff"),
        ],  # type: ignore[list-item]
    )
    tea, cup = product_interest(lake, *MARCH)
    assert (tea.product, tea.name, tea.viewers, tea.views, tea.returned_to, tea.carted) == (
        "p1",
        "Green tea",
        3,
        6,
        1,
        2,
    )
    assert (cup.product, cup.viewers, cup.carted) == ("p2", 1, 0)
    assert [p.product for p in product_interest(lake, *MARCH, store=2)] == ["p2"]
    assert [p.product for p in product_interest(lake, *MARCH, order_by="carted", limit=1)] == ["p1"]


def test_who_comes_back_after_the_first_visit(site: Lake) -> None:
    found = came_back_after(site, "first_visit", *MARCH, days=31)
    assert [(r.days, r.people) for r in found.rows] == [(1, 1), (3, 1), (7, 1), (14, 1), (30, 2), (31, 3)]
    assert (found.n, found.rows[-1].share, found.enough) == (3, 1, False)
    assert people_who_came_back(site, "first_visit", *MARCH, days=31) == [1, 2]
    assert people_who_came_back(site, "first_visit", *MARCH, days=31, within_days=30) == [1]
    assert people_who_came_back(site, "first_visit", *MARCH, days=29, has_returned=False) == [1, 2]


def test_who_comes_back_after_the_first_order(tmp_path: Path) -> None:
    sales = [
        sale(1, "2026-02-20"),  # before the window
        *(sale(customer, "2026-03-10") for customer in (1, 2, 3, 4)),
        sale(6, "2026-03-30"),  # too young
    ]
    visits = [
        visit("b", "2026-03-10 11:59", orders=1),  # the visit of the order itself
        visit("b", "2026-03-13 12:00"),  # three days later to the minute
        visit("c", "2026-03-18 12:00"),
        visit("f", "2026-03-31 12:00"),
        visit("?", "2026-04-25 12:00"),
    ]
    lake = open_site(tmp_path, visits, sales, links={"b": 2, "c": 33, "f": 6}, merged={33: 3})
    found = came_back_after(lake, "first_order", *MARCH, days=30)
    assert found.n == 3
    assert [(r.days, r.people) for r in found.rows] == [(1, 0), (3, 1), (7, 1), (14, 2), (30, 2)]
    assert people_who_came_back(lake, "first_order", *MARCH) == [2, 3]
    assert people_who_came_back(lake, "first_order", *MARCH, has_returned=False) == [4]


def test_who_comes_back_after_a_message(tmp_path: Path) -> None:
    def message(customer: int, when: str, *, is_marketing: bool = True) -> Did:
        return Did("message.handed_over", None, at(when), {"is_marketing": is_marketing}, customer=customer)

    done = [
        message(1, "2026-03-01 12:00"),
        message(1, "2026-03-20 12:00"),  # the first counts
        message(22, "2026-03-05 12:00"),  # merged into 2
        message(3, "2026-03-06 12:00", is_marketing=False),  # news of an order
        message(4, "2026-03-06 12:00"),
        visit("a", "2026-03-01 11:00"),  # before it
        visit("a", "2026-03-04 12:00"),
        visit("b", "2026-03-19 12:00"),
        visit("c", "2026-03-07 12:00"),
        visit("?", "2026-06-01 12:00"),
    ]
    lake = open_site(tmp_path, done, links={"a": 1, "b": 2, "c": 3}, merged={22: 2})
    found = came_back_after(lake, "message", *MARCH, days=30)
    assert [(r.days, r.people) for r in found.rows] == [(1, 0), (3, 1), (7, 1), (14, 2), (30, 2)]
    assert found.n == 3
    assert people_who_came_back(lake, "message", *MARCH) == [1, 2]
    assert people_who_came_back(lake, "message", *MARCH, has_returned=False) == [4]


def test_an_empty_lake_answers_every_report(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    assert breakdown(lake, "channel", *MARCH).totals == Tally()
    assert [p.tally.visits for p in course(lake, "week", *MARCH)] == [0] * 6
    assert paths(lake, *MARCH) == ()
    assert product_interest(lake, *MARCH) == ()
    assert people_of(lake, *MARCH) == []
    assert came_back_after(lake, "first_order", *MARCH).caveats[0].code == "no_data"
    assert people_who_came_back(lake, "first_visit", *MARCH) == []
    assert [s.visitors for s in funnel(lake, ["product_viewed", "order_hinted"], *MARCH)] == [0, 0]
    no_visits = open_site(tmp_path / "orders", [], [sale(1, "2026-03-05")], as_of=at("2026-06-01 00:00"))
    assert came_back_after(no_visits, "first_order", *MARCH).n == 0
