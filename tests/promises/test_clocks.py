"""Calendars and clocks: the published vectors, both nights on which the clocks change, and what never may happen."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from regulars.promises.calendars import Calendar, NeverOpen, Span, WrongHours, always
from regulars.promises.clocks import Entry, Hold, Matter, first_reply, next_reply, rounds, solution, warn_points

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
BERLIN = ZoneInfo("Europe/Berlin")


def hours(*spans: str) -> tuple[Span, ...]:
    """Return "9:00-17:00" as minutes."""

    def minutes(text: str) -> int:
        hour, minute = text.split(":")
        return int(hour) * 60 + int(minute)

    return tuple((minutes(a), minutes(b)) for a, b in (span.split("-") for span in spans))


def office(*spans: str, days: int = 5, zone: str = "Europe/Berlin", **dates: tuple[Span, ...]) -> Calendar:
    """Return a calendar open on the first ``days`` of the week; dates as ``d2026_05_01=()``."""
    special = {date(*map(int, key[1:].split("_"))): value for key, value in dates.items()}
    return Calendar(zone, (hours(*spans),) * days + ((),) * (7 - days), special)


def local(text: str, zone: ZoneInfo = BERLIN) -> datetime:
    """Return an instant by the wall clock."""
    return datetime.fromisoformat(text).replace(tzinfo=zone)


NINE_TO_FIVE = office("9:00-17:00")

# 2026-06-05 is a Friday.
VECTORS = [
    ("Friday 16:30, one hour, ends on Monday", NINE_TO_FIVE, "2026-06-05T16:30", HOUR, "2026-06-08T09:30"),
    ("an hour before closing, two hours", NINE_TO_FIVE, "2026-06-02T16:00", 2 * HOUR, "2026-06-03T10:00"),
    ("two days of eight hours", NINE_TO_FIVE, "2026-06-02T09:00", 16 * HOUR, "2026-06-03T17:00"),
    ("two days of eight hours, from noon", NINE_TO_FIVE, "2026-06-02T12:00", 16 * HOUR, "2026-06-04T12:00"),
    ("before opening", NINE_TO_FIVE, "2026-06-03T07:00", 2 * HOUR, "2026-06-03T11:00"),
    ("in the lunch break", office("8:00-12:00", "13:30-18:00"), "2026-06-03T12:30", 30 * MINUTE, "2026-06-03T14:00"),
    ("over the lunch break", office("8:00-12:00", "13:30-18:00"), "2026-06-03T11:45", 30 * MINUTE, "2026-06-03T13:45"),
    ("on a holiday", office("9:00-17:00", d2026_05_01=()), "2026-05-01T10:00", HOUR, "2026-05-04T10:00"),
    ("a make-up Saturday", office("9:00-17:00", d2026_10_10=hours("9:00-17:00")), "2026-10-09T16:30", HOUR,
     "2026-10-10T09:30"),
    ("a short day", office("9:00-17:00", d2026_12_24=hours("9:00-12:00")), "2026-12-24T11:30", HOUR,
     "2026-12-25T09:30"),
    ("exactly at closing", NINE_TO_FIVE, "2026-06-02T16:00", HOUR, "2026-06-02T17:00"),
    ("asked at the second of closing", NINE_TO_FIVE, "2026-06-02T17:00", MINUTE, "2026-06-03T09:01"),
    ("around the clock, spring", always("Europe/Berlin"), "2026-03-28T12:00", 24 * HOUR, "2026-03-29T13:00"),
    ("around the clock, autumn", always("Europe/Berlin"), "2026-10-24T12:00", 24 * HOUR, "2026-10-25T11:00"),
    ("a night shift in spring", office("0:00-6:00", days=7), "2026-03-29T00:00", 5 * HOUR, "2026-03-29T06:00"),
    ("a night shift in autumn", office("0:00-6:00", days=7), "2026-10-25T00:00", 7 * HOUR, "2026-10-25T06:00"),
    ("nothing to wait for, while open", NINE_TO_FIVE, "2026-06-02T10:00", timedelta(), "2026-06-02T10:00"),
    ("nothing to wait for, while shut", NINE_TO_FIVE, "2026-06-02T20:00", timedelta(), "2026-06-03T09:00"),
    ("until midnight and on", office("18:00-24:00", days=7), "2026-06-02T23:30", HOUR, "2026-06-03T18:30"),
]  # fmt: skip


@pytest.mark.parametrize(("calendar", "start", "target", "due"), [v[1:] for v in VECTORS], ids=[v[0] for v in VECTORS])
def test_deadlines(calendar: Calendar, start: str, target: timedelta, due: str) -> None:
    found = calendar.deadline(local(start), target)
    assert found == local(due).astimezone(UTC)
    assert calendar.elapsed(local(start), found) == target


def test_a_day_of_twenty_four_hours_is_no_day_of_the_calendar_when_the_clocks_change() -> None:
    assert always("Europe/Berlin").elapsed(local("2026-03-29T00:00"), local("2026-03-30T00:00")) == 23 * HOUR
    assert always("Europe/Berlin").elapsed(local("2026-10-25T00:00"), local("2026-10-26T00:00")) == 25 * HOUR


def test_a_calendar_without_open_time_is_an_error_and_never_a_silent_fallback() -> None:
    for calendar in (Calendar("UTC"), office("9:00-17:00", days=0)):
        with pytest.raises(NeverOpen):
            calendar.deadline(local("2026-06-02T10:00"), HOUR)
        with pytest.raises(NeverOpen):
            calendar.next_opening(local("2026-06-02T10:00"))


@pytest.mark.parametrize("spans", [((600, 540),), ((540, 540),), ((540, 720), (700, 900)), ((-1, 30),), ((0, 1441),)])
def test_hours_that_cannot_be(spans: tuple[Span, ...]) -> None:
    with pytest.raises(WrongHours):
        Calendar("UTC", (spans,) * 7)


def line(minute: int, who: str) -> Entry:
    """Return a line so many minutes after ten on a Tuesday."""
    return Entry(local("2026-06-02T10:00") + minute * MINUTE, who)  # type: ignore[arg-type]


def test_only_a_persons_public_word_stops_the_first_reply() -> None:
    lines = [line(0, "customer"), line(1, "machine"), line(2, "note"), line(3, "customer")]
    at = local("2026-06-02T10:30")
    clock = first_reply(lines, NINE_TO_FIVE, HOUR, at=at)
    assert clock is not None
    assert (clock.elapsed, clock.due_at, clock.stopped_at) == (30 * MINUTE, local("2026-06-02T11:00"), None)
    answered = first_reply([*lines, line(20, "person")], NINE_TO_FIVE, HOUR, at=at)
    assert answered is not None
    assert (answered.elapsed, answered.stopped_at) == (20 * MINUTE, local("2026-06-02T10:20"))
    assert (answered.is_kept(HOUR), answered.is_kept(10 * MINUTE), clock.is_kept(HOUR)) == (True, False, None)


def test_where_the_shop_spoke_first_no_first_reply_is_owed() -> None:
    lines = [line(0, "person"), line(5, "customer")]
    assert first_reply(lines, NINE_TO_FIVE, HOUR, at=local("2026-06-02T12:00")) is None
    waiting = next_reply(lines, NINE_TO_FIVE, HOUR, at=local("2026-06-02T10:20"))
    assert waiting is not None
    assert waiting.started_at == local("2026-06-02T10:05")


def test_the_next_reply_runs_from_the_oldest_unanswered_line() -> None:
    lines = [line(0, "customer"), line(5, "person"), line(10, "customer"), line(15, "customer"), line(16, "machine")]
    clock = next_reply(lines, NINE_TO_FIVE, HOUR, at=local("2026-06-02T10:30"))
    assert clock is not None
    assert (clock.started_at, clock.elapsed) == (local("2026-06-02T10:10"), 20 * MINUTE)
    assert next_reply([*lines, line(25, "person")], NINE_TO_FIVE, HOUR, at=local("2026-06-02T10:30")) is None
    assert rounds(lines, NINE_TO_FIVE) == [
        (local("2026-06-02T10:00"), 5 * MINUTE), (local("2026-06-02T10:10"), None),
    ]  # fmt: skip


def test_a_solutions_clock_stands_still_while_somebody_else_is_awaited() -> None:
    opened = local("2026-06-02T09:00")
    matter = Matter(opened, [Hold(opened + HOUR, opened + 3 * HOUR), Hold(opened + 2 * HOUR, opened + 4 * HOUR)])
    clock = solution(matter, NINE_TO_FIVE, 8 * HOUR, at=opened + 5 * HOUR)
    assert clock.elapsed == 2 * HOUR  # holds that overlap count once
    assert clock.due_at == local("2026-06-03T12:00")
    held = solution(Matter(opened, [Hold(opened + HOUR)]), NINE_TO_FIVE, 8 * HOUR, at=opened + 50 * HOUR)
    assert (held.elapsed, held.due_at, held.stopped_at) == (HOUR, None, None)


def test_what_comes_back_within_a_week_was_not_solved() -> None:
    opened = local("2026-06-02T09:00")
    solved, back = opened + 2 * HOUR, local("2026-06-04T09:00")
    again = solution(Matter(opened, (), [solved], [back]), NINE_TO_FIVE, 8 * HOUR, at=back + HOUR)
    assert (again.elapsed, again.due_at, again.stopped_at) == (3 * HOUR, local("2026-06-04T15:00"), None)
    late = local("2026-06-10T09:00")
    done = solution(Matter(opened, (), [solved], [late]), NINE_TO_FIVE, 8 * HOUR, at=late + HOUR)
    assert (done.elapsed, done.stopped_at) == (2 * HOUR, solved)


def test_warnings_come_at_half_and_at_four_fifths_of_what_is_left() -> None:
    start = local("2026-06-02T09:00")
    assert warn_points(start, NINE_TO_FIVE, 10 * HOUR, timedelta()) == {
        50: local("2026-06-02T14:00"), 80: local("2026-06-02T17:00"),
    }  # fmt: skip
    assert warn_points(start, NINE_TO_FIVE, 10 * HOUR, 6 * HOUR) == {80: local("2026-06-02T11:00")}


calendars = st.builds(
    lambda zone, week, off: Calendar(zone, tuple(week), {date(2026, 3, 29): (), date(2026, 10, 26): ()} if off else {}),
    st.sampled_from(["Europe/Berlin", "America/New_York", "Asia/Shanghai", "Australia/Lord_Howe", "Asia/Kathmandu"]),
    st.lists(
        st.sampled_from([(), ((540, 1020),), ((480, 720), (810, 1080)), ((0, 1440),), ((0, 150),), ((1320, 1440),)]),
        min_size=7, max_size=7,
    ).filter(any),
    st.booleans(),
)  # fmt: skip
instants = st.datetimes(datetime(2026, 3, 1), datetime(2026, 11, 30)).map(lambda at: at.replace(tzinfo=UTC))  # noqa: DTZ001
targets = st.integers(1, 60 * 24 * 5).map(lambda n: n * MINUTE)


@settings(max_examples=120, deadline=None)
@given(calendars, instants, targets)
def test_a_deadline_is_the_first_instant_with_enough_open_time(
    calendar: Calendar, start: datetime, target: timedelta
) -> None:
    due = calendar.deadline(start, target)
    assert calendar.elapsed(start, due) == target
    assert calendar.elapsed(start, due - timedelta(seconds=1)) == target - timedelta(seconds=1)


@settings(max_examples=120, deadline=None)
@given(calendars, instants, targets, targets)
def test_open_time_adds_up(calendar: Calendar, start: datetime, first: timedelta, second: timedelta) -> None:
    middle, end = start + first, start + first + second
    assert calendar.elapsed(start, middle) + calendar.elapsed(middle, end) == calendar.elapsed(start, end)
    assert calendar.deadline(calendar.deadline(start, first), second) == calendar.deadline(start, first + second)
