"""Signals: each rests on what it says, none on the stars, and ordinary days give none."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from regulars.insight.fraud import Facts, signals

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


def codes(rows: list[Facts], number: int) -> list[str]:
    return [signal.code for signal in signals(rows).get(number, ())]


def test_a_review_a_week_is_nothing_to_look_at() -> None:
    assert not signals([Facts(n, 1, NOON + 7 * n * DAY, f"c{n}") for n in range(30)])


def test_many_within_a_day_where_few_are_usual_are_a_burst() -> None:
    quiet = [Facts(n, 1, NOON - 10 * (n + 1) * DAY, f"c{n}") for n in range(5)]
    sudden = [Facts(100 + n, 1, NOON + n * HOUR, f"d{n}") for n in range(8)]
    found = signals(quiet + sudden)
    assert set(found) == {row.id for row in sudden}
    assert found[107][0].code == "burst"
    assert found[107][0].count == 8
    assert round(found[107][0].usual, 2) == 0.07


def test_as_many_where_many_are_usual_are_none() -> None:
    usual = [Facts(n, 1, NOON - n * timedelta(hours=4), f"c{n}") for n in range(540)]
    today = [Facts(1000 + n, 1, NOON + n * HOUR, f"d{n}") for n in range(8)]
    assert not set(signals(usual + today)) & {row.id for row in today}


def test_the_first_reviews_of_a_new_product_may_come_together_only_so_far() -> None:
    assert not signals([Facts(n, 1, NOON + n * HOUR, f"c{n}") for n in range(4)])


def test_three_people_from_one_network_are_named_and_one_person_is_not() -> None:
    three = [Facts(n, n, NOON + n * DAY, f"c{n}", place=b"x") for n in (1, 2, 3)]
    assert codes(three, 1) == ["same_place"]
    assert not signals([Facts(n, n, NOON + n * DAY, "c1", place=b"x") for n in (1, 2, 3)])
    assert not signals([Facts(n, n, NOON + 40 * n * DAY, f"c{n}", place=b"x") for n in (1, 2, 3)])


def test_the_same_words_of_two_people_are_named() -> None:
    assert codes([Facts(1, 1, NOON, "c1", print=b"w"), Facts(2, 2, NOON + 300 * DAY, "c2", print=b"w")], 2) == [
        "same_words"
    ]
    assert not signals([Facts(1, 1, NOON, "c1", print=b"w"), Facts(2, 2, NOON, "c1", print=b"w")])
    assert not signals([Facts(1, 1, NOON), Facts(2, 2, NOON)])  # no words, no place, nobody known


def test_staff_and_whoever_writes_before_the_parcel_came_are_named() -> None:
    assert codes([Facts(1, 1, NOON, is_staff=True)], 1) == ["own_staff"]
    assert codes([Facts(1, 1, NOON, delivered_at=NOON + DAY)], 1) == ["too_early"]
    assert codes([Facts(1, 1, NOON, delivered_at=NOON - DAY)], 1) == []


FACTS = st.builds(
    Facts, id=st.integers(0, 10**6), product=st.integers(1, 3), at=st.integers(0, 2000).map(lambda h: NOON + h * HOUR),
    author=st.sampled_from(["", "c1", "c2", "c3", "c4"]), place=st.sampled_from([b"", b"x"]),
)  # fmt: skip


@given(st.lists(FACTS, max_size=40, unique_by=lambda row: row.id))
def test_the_order_in_which_reviews_are_read_changes_nothing(rows: list[Facts]) -> None:
    assert dict(signals(rows)) == dict(signals(reversed(rows)))
