"""Local hours and calendar periods as spans of instants, right also on the nights when clocks change.

A zone is cut into stretches of constant offset; within one, local time runs evenly and days are plain arithmetic.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from regulars.decisions.guard.rules import DAY, HOUR, MINUTE, US, Form, Quiet

EPOCH = date(1970, 1, 1).toordinal()


def _offset(zone: ZoneInfo, at: int) -> int:
    moment = datetime.fromtimestamp(at // US, UTC).astimezone(zone)
    return int((moment.utcoffset() or timedelta()).total_seconds()) * US


@lru_cache(maxsize=2048)
def stretches(zone: str, start: int, end: int) -> tuple[tuple[int, int, int], ...]:
    """Return (from, to, offset) in microseconds, which together cover [start, end)."""
    info, found = ZoneInfo(zone), list[tuple[int, int, int]]()
    since, at, offset = start, start, _offset(info, start)
    while at < end:
        after = min(at + 6 * HOUR, end)
        if (changed := _offset(info, after)) != offset:
            low, high = at // US, -(-after // US)
            while high - low > 1:  # changes happen on whole seconds
                middle = (low + high) // 2
                low, high = (middle, high) if _offset(info, middle * US) == offset else (low, middle)
            found.append((since, high * US, offset))
            since, offset = high * US, changed
        at = after
    if since < end:
        found.append((since, end, offset))
    return tuple(found)


@lru_cache(maxsize=2048)
def quiet_spans(zone: str, quiet: Quiet, start: int, end: int) -> tuple[tuple[int, int], ...]:
    """Return the spans [from, to) within [start, end) that are quiet in ``zone``, ascending, none touching another."""
    spans = list[tuple[int, int]]()
    for since, until, offset in stretches(zone, start, end):
        first, last = (since + offset) // DAY - 1, (until + offset) // DAY
        for day in range(first, last + 1):
            for low, high in _quiet_of_day(quiet, day):
                low, high = max(low - offset, since), min(high - offset, until)
                if low < high:
                    spans.append((low, high))
    return _joined(spans)


def _quiet_of_day(quiet: Quiet, day: int) -> list[tuple[int, int]]:
    """Return what is quiet from the evening of local ``day`` (days since 1970) on, in local microseconds."""
    midnight, found = day * DAY, list[tuple[int, int]]()
    the_date = date.fromordinal(day + EPOCH)
    if the_date.isoweekday() in quiet.weekdays or the_date in quiet.holidays:
        found.append((midnight, midnight + DAY))
    if quiet.start != quiet.end:
        length = (quiet.end - quiet.start) % 1440
        begins = midnight + quiet.start * MINUTE
        found.append((begins, begins + length * MINUTE))
    return found


def _joined(spans: list[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    joined = list[tuple[int, int]]()
    for low, high in sorted(spans):
        if joined and low <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(high, joined[-1][1])
        else:
            joined.append((low, high))
    return tuple(joined)


@lru_cache(maxsize=2048)
def boundaries(zone: str, form: Form, week_start: int, start: int, end: int) -> tuple[int, ...]:
    """Return the instants within [start, end) at which a day, week or month begins in ``zone``, ascending."""
    found, seen = list[int](), -1
    for since, until, offset in stretches(zone, start, end):
        for day in range((since + offset) // DAY, (until + offset) // DAY + 1):
            # Where clocks skip midnight the day begins with the stretch; where they go back it began already.
            at = max(day * DAY - offset, since)
            if at < until and day > seen and _begins(form, week_start, day):
                found.append(at)
                seen = day
    # The first is the period that was on at the start, unless it happens to begin there.
    return tuple(at for at in found if at > start)


def _begins(form: Form, week_start: int, day: int) -> bool:
    the_date = date.fromordinal(day + EPOCH)
    return form == "day" or (the_date.isoweekday() == week_start if form == "week" else the_date.day == 1)
