"""When a shop is at work: several intervals a day, holidays and make-up days, walked in the calendar's own zone.

Pure: no database, no clock. Instants are aware; an elapsed time is real seconds, so the night the clocks change is an
hour shorter or longer like any clock on a wall would find.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

DAY_MINUTES = 24 * 60
# A calendar that is shut for so long is taken for one that never opens.
HORIZON = timedelta(days=800)
Span = tuple[int, int]  # minutes since the midnight of the wall clock, from and until; 1440 is the next midnight


class NeverOpen(ValueError):
    """A calendar has no open time ahead, so nothing can ever be due in it."""


class WrongHours(ValueError):
    """Hours that cannot be: they end before they begin, overlap, or lie outside of a day."""


@dataclass(frozen=True, slots=True)
class Calendar:
    """Open hours by weekday (Monday is 0), and dates that differ: ``()`` is shut all day.

    A wall time that the clocks skip is taken an hour later, one that comes twice is the first of the two, as in
    PEP 495 with fold 0.
    """

    zone: str
    week: tuple[tuple[Span, ...], ...] = ((),) * 7
    dates: Mapping[date, tuple[Span, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Raise WrongHours where hours cannot be."""
        if len(self.week) != 7:
            raise WrongHours("a week has seven days")
        for spans in (*self.week, *self.dates.values()):
            _check(spans)

    def spans_of(self, day: date) -> Sequence[Span]:
        """Return the hours of a day."""
        found = self.dates.get(day)
        return self.week[day.weekday()] if found is None else found

    def open_between(self, start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Yield the open stretches of [start, end), in UTC, in their order."""
        zone = ZoneInfo(self.zone)
        day, last = start.astimezone(zone).date(), end.astimezone(zone).date()
        while day <= last:
            for opens, closes in self.spans_of(day):
                since, until = _instant(day, opens, zone), _instant(day, closes, zone)
                since, until = max(since, start.astimezone(UTC)), min(until, end.astimezone(UTC))
                if since < until:
                    yield since, until
            day += timedelta(days=1)

    def is_open(self, at: datetime) -> bool:
        """Return whether somebody is at work."""
        return any(True for _ in self.open_between(at, at + timedelta(microseconds=1)))

    def next_opening(self, at: datetime) -> datetime:
        """Return ``at`` if it is open, else when it opens next. Raises NeverOpen."""
        for since, _until in self.open_between(at, at + HORIZON):
            return since
        raise NeverOpen(self.zone)

    def elapsed(self, start: datetime, end: datetime) -> timedelta:
        """Return how long it was open between two instants; nothing if they are the wrong way round."""
        return sum((until - since for since, until in self.open_between(start, end)), timedelta())

    def deadline(self, start: datetime, target: timedelta) -> datetime:
        """Return the first instant at which so much open time has passed since ``start``. Raises NeverOpen.

        A target that is nothing is due at once when it is open, else at the next opening.
        """
        left = target
        for since, until in self.open_between(start, start + target + HORIZON):
            if until - since >= left:
                return since + left
            left -= until - since
        raise NeverOpen(self.zone)


def always(zone: str = "UTC") -> Calendar:
    """Return a calendar that never shuts."""
    return Calendar(zone, (((0, DAY_MINUTES),),) * 7)


def _check(spans: Sequence[Span]) -> None:
    before = -1
    for opens, closes in spans:
        if not 0 <= opens < closes <= DAY_MINUTES:
            raise WrongHours(f"{_wall(opens)} to {_wall(closes)} is no stretch of a day")
        if opens < before:
            raise WrongHours(f"the hours from {_wall(opens)} begin before the ones before them end")
        before = closes


def _wall(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def _instant(day: date, minutes: int, zone: ZoneInfo) -> datetime:
    if minutes == DAY_MINUTES:
        day, minutes = day + timedelta(days=1), 0
    return datetime.combine(day, time(minutes // 60, minutes % 60), zone).astimezone(UTC)
