"""Two rates compared, beside published figures."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regulars.insight.rates import Count, clopper_pearson, compare, wilson


def test_the_ratio_of_two_rates_is_that_of_r() -> None:
    """R's manual of ``poisson.test``: breast cancer with and without X-rays, after Rothman and Greenland."""
    found = compare(Count(21, 3_011), Count(11, 800))
    assert found.ratio == pytest.approx(1.971488, abs=1e-6)
    assert (found.low, found.high) == (pytest.approx(0.8584264, abs=1e-6), pytest.approx(4.2772659, abs=1e-6))
    assert not found.is_more
    assert not found.is_less


@pytest.mark.parametrize(
    ("k", "n", "low"),
    [
        (1, 1, 0.207),
        (2, 2, 0.342),
        (5, 5, 0.566),
        (10, 10, 0.722),
        (19, 20, 0.764),
        (45, 50, 0.786),
        (940, 1000, 0.924),
    ],
)
def test_wilson_beside_the_reference(k: int, n: int, low: float) -> None:
    assert wilson(k, n)[0] == pytest.approx(low, abs=5e-4)


def test_clopper_pearson_beside_the_textbook() -> None:
    """None of n: the upper end is 1 - (alpha/2)^(1/n)."""
    assert clopper_pearson(0, 10) == (0.0, pytest.approx(1 - 0.025**0.1))
    assert clopper_pearson(10, 10) == (pytest.approx(0.025**0.1), 1.0)


def test_nothing_on_one_side_tells_what_can_be_told() -> None:
    assert compare(Count(0, 100), Count(0, 100)) == compare(Count(0, 5), Count(0, 900))
    gone = compare(Count(30, 1_000), Count(0, 1_000))
    assert gone.is_less
    new = compare(Count(0, 1_000), Count(30, 1_000))
    assert (new.ratio, new.high) == (None, math.inf)
    assert new.is_more
    with pytest.raises(ValueError, match="exposure"):
        compare(Count(1, 0), Count(1, 10))


@given(st.integers(0, 200), st.integers(0, 200), st.floats(1, 1e6), st.floats(1, 1e6))
def test_both_ways_round_say_the_same(before: int, after: int, first: float, second: float) -> None:
    there, back = (
        compare(Count(before, first), Count(after, second)),
        compare(Count(after, second), Count(before, first)),
    )
    assert there.is_less == back.is_more
    if there.ratio is not None:
        assert there.low <= there.ratio * (1 + 1e-9)
        assert there.ratio <= there.high * (1 + 1e-9)
