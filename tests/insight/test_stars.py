"""Stars: the published vectors, and that a newcomer's perfect marks do not pass a proven mean."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regulars.insight.stars import lower_bound, mean, pulled_mean


@pytest.mark.parametrize(
    ("counts", "expected"),
    [((0, 0, 0, 0, 1), 4.33), ((0, 0, 0, 0, 5), 4.44), ((1, 0, 0, 0, 0), 4.14), ((0, 0, 0, 10, 40), 4.66)],
)
def test_the_pulled_mean_meets_the_published_vectors(counts: tuple[int, ...], expected: float) -> None:
    assert pulled_mean(counts, usual=4.3) == pytest.approx(expected, abs=0.006)


@pytest.mark.parametrize(
    ("counts", "expected"),
    [((0, 0, 0, 0, 1), 3.66), ((0, 0, 0, 0, 5), 3.89), ((0, 0, 0, 0, 50), 4.63), ((2, 1, 3, 10, 84), 4.51)],
)
def test_the_lower_bound_meets_the_published_vectors(counts: tuple[int, ...], expected: float) -> None:
    assert lower_bound(counts) == pytest.approx(expected, abs=0.006)


def test_a_newcomer_with_five_perfect_marks_stands_below_a_proven_mean() -> None:
    assert lower_bound((0, 0, 0, 0, 5)) < lower_bound((2, 1, 3, 10, 84))


def test_no_marks_have_no_mean() -> None:
    assert mean((0, 0, 0, 0, 0)) is None


@pytest.mark.parametrize("counts", [(1, 2, 3), (0, 0, 0, 0, -1)])
def test_counts_that_cannot_be_are_refused(counts: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="a count and a prior weight"):
        lower_bound(counts)


COUNTS = st.tuples(*[st.integers(0, 500)] * 5)


@given(COUNTS, st.integers(1, 5))
def test_a_better_mark_in_place_of_a_worse_never_lowers_the_means(counts: tuple[int, ...], star: int) -> None:
    worse, better = list(counts), list(counts)
    worse[0] += 1
    better[star - 1] += 1
    assert pulled_mean(better, usual=4.3) >= pulled_mean(worse, usual=4.3)


@given(COUNTS)
def test_the_bound_is_below_the_pulled_mean_and_on_the_scale(counts: tuple[int, ...]) -> None:
    weights = [c + p for c, p in zip(counts, (1, 1, 2, 4, 8), strict=True)]
    posterior = sum(s * w for s, w in enumerate(weights, 1)) / sum(weights)
    assert 1 < lower_bound(counts) < posterior <= 5
