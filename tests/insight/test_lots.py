"""A bad lot is named early; a good one is left alone, however often one looks."""

from __future__ import annotations

from dataclasses import replace
from math import inf

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from regulars.insight.lots import ALPHA, LEAST, WINDOW, Reading, Sent, Verdict, read

TOLD = [Verdict.TOO_EARLY, Verdict.FINE, Verdict.WATCH, Verdict.FAILING]


def sent(rng: np.random.Generator, count: int, first: int, rate: float, a_day: int = 10) -> list[Sent]:
    """Return orders of which ``rate`` go wrong, some days after they left."""
    ages, bad = rng.gamma(2, 5, count).astype(int), rng.random(count) < rate
    days = first + np.arange(count) // a_day
    return [Sent(int(d), int(d + a) if b else None) for d, a, b in zip(days, ages, bad, strict=True)]


def shop(seed: int, rate: float, size: int = 300) -> tuple[list[Sent], list[Sent], int]:
    """Return a lot of this rate, the others of 2 %, and a day a month after the last order left."""
    rng = np.random.default_rng(seed)
    return sent(rng, size, 100, rate), sent(rng, 1_000, 0, 0.02), 100 + size // 10 + 30


def test_good_lots_are_named_no_oftener_than_said() -> None:
    runs = 400
    alarms = sum(read(*shop(seed, 0.02)[:2], today=160, quantity=300).failing_since is not None for seed in range(runs))
    # Three standard errors above the stated rate would be bad luck of one in a thousand.
    assert alarms / runs <= ALPHA + 3 * (ALPHA * (1 - ALPHA) / runs) ** 0.5
    assert alarms / runs <= ALPHA, "with these seeds"


def test_bad_lots_are_named_while_they_are_being_sent() -> None:
    found = [read(*shop(seed, 0.10)[:2], today=160, quantity=300).failing_since for seed in range(60)]
    days = [inf if day is None else day - 100 for day in found]
    assert np.median(days) <= 20
    assert sum(day < inf for day in days) >= 57


def test_looking_daily_tells_what_looking_once_at_the_end_tells() -> None:
    for seed in range(4):
        lot, others, end = shop(seed, 0.12)
        last = read(lot, others, today=end, quantity=300)
        first = next(
            (day for day in range(101, end + 1) if read(lot, others, today=day, quantity=300).verdict == "failing"),
            None,
        )
        assert last.failing_since is not None
        assert first == last.failing_since + 1


def test_a_young_lot_is_compared_at_equal_ages() -> None:
    # Nothing goes wrong in the first ten days: 200 orders of a week prove nothing, neither for nor against the lot.
    others = [Sent(n // 10, n // 10 + 20 if n % 20 == 0 else None) for n in range(2_000)]
    young = read([Sent(300 + n // 40) for n in range(200)], others, today=307)
    assert (young.verdict, young.bad, young.usual, young.ratio) == (Verdict.FINE, 0, 0.0, None)
    assert (young.low, young.high) == (0.0, inf)
    old = read([Sent(300 + n // 40) for n in range(200)], others, today=400)
    assert old.usual == pytest.approx(10, rel=0.1)
    assert old.ratio is not None
    assert old.ratio < 0.5


def test_an_order_that_goes_wrong_late_or_today_does_not_count_yet() -> None:
    others = [Sent(0) for _ in range(300)]
    lot = [Sent(10) for _ in range(50)]
    today = [replace(s, bad_day=30) for s in lot[:10]] + lot[10:]
    assert read(today, others, today=30).bad == 0
    assert read(today, others, today=31).bad == 10
    late = [replace(s, bad_day=10 + WINDOW) for s in lot]
    assert read(late, others, today=200).verdict == Verdict.FINE


def test_too_little_says_so() -> None:
    few = [Sent(5) for _ in range(LEAST - 1)]
    assert read(few, [Sent(0)] * 100, today=50).verdict == Verdict.TOO_EARLY
    assert read([Sent(5)] * 100, [], today=50).verdict == Verdict.TOO_EARLY
    assert read([], [], today=50).needed is None
    later = read([Sent(5)] * 100, [Sent(6)] * 100, today=50)
    assert (later.verdict, later.beside) == (Verdict.TOO_EARLY, 0), "nothing left before it to compare it with"


def test_the_odds_of_one_pair_are_those_of_the_paper() -> None:
    # One order of ours and one of theirs, one of them goes wrong, ours: r / ((r + 1) / 2), averaged over five r.
    ratios = [2 ** (n / 8) for n in (5, 8, 13, 18, 24)]
    one = read([Sent(1, 3)], [Sent(0)], today=9)
    assert one.evidence == pytest.approx(sum(2 * r / (1 + r) for r in ratios) / 5)
    two = read([Sent(1, 3)], [Sent(1), Sent(1), Sent(1, 6)], today=9, quantity=1)
    assert two.beside == 1, "the lot may fill more orders, so this one gets one of the others beside it"


def test_it_says_how_many_orders_more_would_tell() -> None:
    lot, others, _end = shop(3, 0.02, 60)
    reading = read(lot, others, today=110, quantity=300)
    assert reading.verdict == Verdict.FINE
    assert reading.needed is not None
    assert 100 < reading.needed < 3_000


orders = st.lists(st.tuples(st.integers(0, 30), st.none() | st.integers(0, 25)), min_size=1, max_size=40)


def _sent(drawn: list[tuple[int, int | None]], shift: int = 0) -> list[Sent]:
    return [Sent(day + shift, None if age is None else day + shift + age) for day, age in drawn]


def _rank(reading: Reading) -> tuple[int, float]:
    return TOLD.index(reading.verdict), reading.evidence


@settings(max_examples=150, deadline=None)
@given(orders, orders, st.data())
def test_one_more_bad_order_never_makes_a_lot_look_better(
    ours: list[tuple[int, int | None]], theirs: list[tuple[int, int | None]], data: st.DataObject
) -> None:
    lot, others = _sent(ours, 10), _sent(theirs)
    today = 80
    well = [n for n, s in enumerate(lot) if s.bad_day is None]
    if not well:
        return
    place = data.draw(st.sampled_from(well))
    age = data.draw(st.integers(0, 25))
    worse = [*lot[:place], Sent(lot[place].day, lot[place].day + age), *lot[place + 1 :]]
    before, after = read(lot, others, today=today), read(worse, others, today=today)
    assert TOLD.index(after.verdict) >= TOLD.index(before.verdict)
    assert after.evidence >= before.evidence * (1 - 1e-9)
    assert after.low >= before.low * (1 - 1e-9)
    assert after.bad == before.bad + 1


@settings(max_examples=60, deadline=None)
@given(orders, orders)
def test_the_order_of_the_rows_says_nothing(
    ours: list[tuple[int, int | None]], theirs: list[tuple[int, int | None]]
) -> None:
    lot = _sent(ours, 10)
    one = read(lot, _sent(theirs), today=60)
    assert one.orders == len(lot)
    assert 0 <= one.low <= one.high
