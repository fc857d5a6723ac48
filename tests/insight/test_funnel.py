"""Funnels: chains in time, begun again, cut by their limit, and the same as trying every chain one by one."""

from __future__ import annotations

import itertools
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from regulars.insight.visits import funnel, people_of_funnel, step_of
from tests.insight.sites import Did, at, event, open_site, visit

MARCH = (date(2026, 3, 1), date(2026, 3, 31))
STEPS = ["product_viewed", "product_added", "order_hinted"]

EVENTS = [
    # a goes straight through, in 30 seconds and a minute.
    event("product_viewed", "a", "2026-03-01 10:00:00"),
    event("product_added", "a", "2026-03-01 10:00:30"),
    event("order_hinted", "a", "2026-03-01 10:01:30"),
    # b needs exactly the hour; c a second more.
    event("product_viewed", "b", "2026-03-02 10:00:00"),
    event("product_added", "b", "2026-03-02 11:00:00"),
    event("product_viewed", "c", "2026-03-02 10:00:00"),
    event("product_added", "c", "2026-03-02 11:00:01"),
    # d begins again, and only the second chain comes to its end in time.
    event("product_viewed", "d:1", "2026-03-03 10:00:00"),
    event("product_added", "d:1", "2026-03-03 10:10:00"),
    event("product_viewed", "d:1", "2026-03-03 11:30:00"),
    event("product_added", "d:1", "2026-03-03 11:40:00"),
    event("order_hinted", "d:1", "2026-03-03 12:20:00"),
    # e adds first and looks then.
    event("product_added", "e", "2026-03-04 10:00:00"),
    event("product_viewed", "e", "2026-03-04 10:01:00"),
    # f orders too late after looking, though soon after adding.
    event("product_viewed", "f", "2026-03-05 10:00:00"),
    event("product_added", "f", "2026-03-05 10:50:00"),
    event("order_hinted", "f", "2026-03-05 11:10:00"),
    # g begins on the window's last evening and goes on after it; h begins after it.
    event("product_viewed", "g", "2026-03-31 23:50:00", store=2),
    event("product_added", "g", "2026-04-01 00:10:00", store=2),
    event("product_viewed", "h", "2026-04-01 00:00:00"),
    event("product_added", "h", "2026-04-01 00:01:00"),
    # A machine, somebody of the shop, and nobody.
    event("product_viewed", "robot", "2026-03-06 10:00:00", is_bot=True),
    event("product_viewed", "olive", "2026-03-06 10:00:00"),
    event("product_added", "olive", "2026-03-06 10:00:30"),
    visit("olive", "2026-03-06 10:00", agent="staff"),
    event("product_viewed", None, "2026-03-06 10:00:00"),
]
LINKS = {"a": 1, "b": 2, "f": 22, "g": 3, "d:1": 9}


def test_steps_in_order_and_in_time(tmp_path: Path) -> None:
    lake = open_site(tmp_path, EVENTS, links=LINKS, merged={22: 2})
    found = funnel(lake, STEPS, *MARCH, within_hours=1)
    assert [s.visitors for s in found] == [7, 5, 2]
    assert [s.share for s in found] == [1, pytest.approx(5 / 7), pytest.approx(2 / 7)]
    # To the basket: a 30 s, b an hour, d ten minutes, f fifty, g twenty. To the order: a 60 s, d forty minutes.
    assert [s.seconds for s in found] == [None, 1200, (60 + 2400) / 2]
    assert [s.visitors for s in funnel(lake, STEPS, *MARCH, within_hours=1, store=2)] == [1, 1, 0]
    assert [s.visitors for s in funnel(lake, STEPS, *MARCH)] == [7, 6, 3]


def test_the_customers_who_came_so_far(tmp_path: Path) -> None:
    lake = open_site(tmp_path, EVENTS, links=LINKS, merged={22: 2})
    assert people_of_funnel(lake, STEPS, *MARCH, reached=1, within_hours=1) == [1, 2, 3]
    assert people_of_funnel(lake, STEPS, *MARCH, reached=1, within_hours=1, limit=1, offset=1) == [2]
    assert people_of_funnel(lake, STEPS, *MARCH, reached=2, is_last=True, within_hours=1) == [2, 3]
    # With two hours f orders too, and f is b.
    assert people_of_funnel(lake, STEPS, *MARCH, reached=2, is_last=True, within_hours=2) == [3]


def test_pages_by_the_beginning_of_their_path(tmp_path: Path) -> None:
    lake = open_site(
        tmp_path,
        [
            event("page_viewed", "a", "2026-03-01 10:00", path="/sale/o'neill"),
            event("page_viewed", "a", "2026-03-01 10:01", path="/checkout"),
            event("page_viewed", "b", "2026-03-01 10:00", path="/checkout"),
        ],
    )
    assert [s.visitors for s in funnel(lake, ["page_viewed:/sale/o'", "page_viewed:/check"], *MARCH)] == [1, 1]
    # One page is not two steps, though it is of either kind.
    assert [s.visitors for s in funnel(lake, ["page_viewed:/", "page_viewed:/check"], *MARCH)] == [2, 1]


def test_steps_of_other_names_are_refused(tmp_path: Path) -> None:
    lake = open_site(tmp_path, EVENTS)
    for steps in (["product_viewed"], ["product_viewed"] * 7, ["product_viewed", "bought"]):
        with pytest.raises(ValueError, match="step"):
            funnel(lake, steps, *MARCH)
    with pytest.raises(ValueError, match="path"):
        step_of("product_added:/x")


def tried_one_by_one(done: list[Did], steps: list[str], hours: float) -> list[int]:
    """Return how many visitors reached each step, by trying every chain of a visitor's events."""
    reached: dict[str | None, int] = {}
    for visitor in {d.visitor for d in done}:
        own = sorted((d.at, number, d.kind) for number, d in enumerate(done) if d.visitor == visitor)
        for length in range(1, len(steps) + 1):
            for chain in itertools.combinations(own, length):
                is_in_time = chain[-1][0] - chain[0][0] <= timedelta(hours=hours)
                is_begun = MARCH[0] <= chain[0][0].date() <= MARCH[1]
                if is_in_time and is_begun and [kind for _, _, kind in chain] == steps[:length]:
                    reached[visitor] = length
    return [sum(length >= number for length in reached.values()) for number in range(1, len(steps) + 1)]


happenings = st.lists(
    st.tuples(
        st.sampled_from(["product_viewed", "product_added", "checkout_started", "order_hinted"]),
        st.sampled_from(["a", "b", "d:c"]),
        st.integers(0, 40),
    ),
    min_size=1,
    max_size=18,
)


@settings(max_examples=60, deadline=None)
@given(
    rows=happenings,
    steps=st.lists(
        st.sampled_from(["product_viewed", "product_added", "checkout_started", "order_hinted"]),
        min_size=2,
        max_size=4,
    ),
    minutes=st.integers(10, 200),
)
def test_every_chain_tried_gives_the_same(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str, int]], steps: list[str], minutes: int
) -> None:
    begin = at("2026-03-31 21:00")  # so that chains cross the window's end
    done = [Did(kind, who, begin + timedelta(minutes=10 * tens), {"is_bot": False}) for kind, who, tens in rows]
    lake = open_site(tmp_path_factory.mktemp("lake"), done)
    found = funnel(lake, steps, *MARCH, within_hours=minutes / 60)
    assert [s.visitors for s in found] == tried_one_by_one(done, steps, minutes / 60)
