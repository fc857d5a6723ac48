from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regulars.base import clock


@given(st.integers(-(10**16), 10**17))
def test_microseconds_are_exact_both_ways(us: int) -> None:
    assert clock.to_us(clock.from_us(us)) == us


def test_the_same_instant_from_any_zone_is_the_same_number() -> None:
    there = datetime(2026, 3, 29, 20, tzinfo=timezone(timedelta(hours=8)))
    assert clock.to_us(there) == clock.to_us(datetime(2026, 3, 29, 12, tzinfo=UTC))


def test_a_time_without_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="has no time zone"):
        clock.to_us(datetime(2026, 3, 29))  # noqa: DTZ001


@pytest.mark.parametrize("name", ["Mars/Base", "", "../etc/passwd", "Asia"])
def test_what_is_no_zone_says_what_is(name: str) -> None:
    with pytest.raises(ValueError, match="use a name like Asia/Shanghai"):
        clock.zone(name)


def test_zones_offered_are_places_and_utc() -> None:
    names = clock.zone_names()
    assert {"Asia/Shanghai", "Europe/Berlin", "UTC"} <= set(names)
    assert not [name for name in names if name.startswith("Etc/")]


@pytest.mark.parametrize(
    ("zone", "day", "began"),
    [
        ("Asia/Shanghai", date(2026, 3, 29), "2026-03-28T16:00:00+00:00"),
        # A day of 23 and one of 25 hours.
        ("Europe/Berlin", date(2026, 3, 29), "2026-03-28T23:00:00+00:00"),
        ("Europe/Berlin", date(2026, 3, 30), "2026-03-29T22:00:00+00:00"),
        ("Europe/Berlin", date(2026, 10, 26), "2026-10-25T23:00:00+00:00"),
        # Midnight did not exist: the day began at one o'clock.
        ("America/Sao_Paulo", date(2018, 11, 4), "2018-11-04T03:00:00+00:00"),
    ],
)
def test_when_a_local_day_begins(zone: str, day: date, began: str) -> None:
    assert clock.local_midnight(day, clock.zone(zone)) == datetime.fromisoformat(began)
