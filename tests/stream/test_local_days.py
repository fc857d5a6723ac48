"""The lake's local day and hour are those of a clock on the shop's wall, also in nights when clocks change."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from regulars.base.clock import from_us, to_us
from regulars.stream.lake.columns import local_days

ZONES = (
    "UTC", "Asia/Shanghai", "Europe/Berlin", "America/New_York", "America/Sao_Paulo", "Asia/Kathmandu",
    "Australia/Lord_Howe", "Pacific/Apia", "Africa/Casablanca", "Africa/Monrovia", "America/St_Johns", "Asia/Tehran",
)  # fmt: skip


def told(zone: str, *instants: datetime) -> list[tuple[date, int]]:
    days, hours = local_days(np.array([to_us(at) for at in instants], dtype=np.int64), ZoneInfo(zone))
    assert (days.dtype, hours.dtype) == (np.int32, np.int8)
    return [(date(1970, 1, 1) + timedelta(days=int(d)), int(h)) for d, h in zip(days, hours, strict=True)]


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "instant", "day", "hour"),
    [
        # Clocks go forward: 02:00 to 03:00 does not exist.
        ("Europe/Berlin", "2026-03-29T00:59:59.999999", "2026-03-29", 1),
        ("Europe/Berlin", "2026-03-29T01:00:00", "2026-03-29", 3),
        # Clocks go back: 02:30 comes twice.
        ("Europe/Berlin", "2026-10-25T00:30:00", "2026-10-25", 2),
        ("Europe/Berlin", "2026-10-25T01:30:00", "2026-10-25", 2),
        ("Europe/Berlin", "2026-10-25T22:59:59.999999", "2026-10-25", 23),
        ("Europe/Berlin", "2026-10-25T23:00:00", "2026-10-26", 0),
        ("America/New_York", "2026-03-08T06:59:59", "2026-03-08", 1),
        ("America/New_York", "2026-03-08T07:00:00", "2026-03-08", 3),
        ("America/New_York", "2026-11-01T06:00:00", "2026-11-01", 1),
        # Midnight itself is skipped.
        ("America/Sao_Paulo", "2018-11-04T02:59:59", "2018-11-03", 23),
        ("America/Sao_Paulo", "2018-11-04T03:00:00", "2018-11-04", 1),
        # Half an hour of summer time, and offsets that are no whole hours.
        ("Australia/Lord_Howe", "2026-04-04T14:59:59", "2026-04-05", 1),
        ("Australia/Lord_Howe", "2026-04-04T15:00:00", "2026-04-05", 1),
        ("Asia/Kathmandu", "2026-01-01T18:14:59", "2026-01-01", 23),
        ("Asia/Kathmandu", "2026-01-01T18:15:00", "2026-01-02", 0),
        # Samoa had no 30 December 2011.
        ("Pacific/Apia", "2011-12-30T09:59:59", "2011-12-29", 23),
        ("Pacific/Apia", "2011-12-30T10:00:00", "2011-12-31", 0),
        # Liberia moved by 44 minutes and 30 seconds, at half a minute.
        ("Africa/Monrovia", "1972-01-07T00:44:29", "1972-01-06", 23),
        ("Africa/Monrovia", "1972-01-07T00:44:30", "1972-01-07", 0),
        ("UTC", "1969-12-31T23:59:59.999999", "1969-12-31", 23),
    ],
)
def test_the_nights_when_clocks_change(zone: str, instant: str, day: str, hour: int) -> None:
    assert told(zone, utc(instant)) == [(date.fromisoformat(day), hour)]


@given(
    zone=st.sampled_from(ZONES),
    # 1970 to 2059: later ones follow rules, earlier ones are before any shop.
    microseconds=st.lists(st.integers(0, 90 * 365 * 86_400_000_000), max_size=40),
)
def test_as_python_says(zone: str, microseconds: list[int]) -> None:
    instants = [from_us(us) for us in microseconds]
    local = [at.astimezone(ZoneInfo(zone)) for at in instants]
    assert told(zone, *instants) == [(at.date(), at.hour) for at in local]


@pytest.mark.parametrize("zone", ZONES)
def test_each_quarter_of_an_hour_of_three_years(zone: str) -> None:
    first = to_us(datetime(2024, 1, 1, tzinfo=UTC))
    every = np.arange(first, first + 3 * 365 * 86_400_000_000, 3 * 900_000_000 - 1, dtype=np.int64)
    days, hours = local_days(every, ZoneInfo(zone))
    local = [from_us(int(us)).astimezone(ZoneInfo(zone)) for us in every]
    assert hours.tolist() == [at.hour for at in local]
    assert days.tolist() == [(at.date() - date(1970, 1, 1)).days for at in local]


def test_the_ends_of_the_calendar_are_no_error() -> None:
    found = told("Asia/Shanghai", datetime(1, 1, 3, tzinfo=UTC), datetime(9999, 12, 30, tzinfo=UTC))
    assert [day.year for day, _ in found] == [1, 9999]
