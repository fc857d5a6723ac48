"""Days, periods and the windows a number is compared with. Every window names its first and its last day."""

from __future__ import annotations

import calendar
from datetime import date, timedelta
from typing import Literal, get_args

By = Literal["day", "week", "month"]
BY: tuple[str, ...] = get_args(By)
# The Monday from which weeks are numbered.
_MONDAY = date(1970, 1, 5)


def period_start(key: int, by: By, week_start: int = 1) -> date:
    """Return the first day of the period that a query numbered ``key`` (see expressions.period_key)."""
    if by == "day":
        return date(1970, 1, 1) + timedelta(days=key)
    if by == "week":
        return _MONDAY + timedelta(days=7 * key + week_start - 1)
    return date(key // 12, key % 12 + 1, 1)


def period_key(day: date, by: By, week_start: int = 1) -> int:
    """Return the number of the period in which ``day`` lies. ``week_start``: 1 Monday to 7 Sunday."""
    if by == "day":
        return (day - date(1970, 1, 1)).days
    if by == "week":
        return ((day - _MONDAY).days - (week_start - 1)) // 7
    return day.year * 12 + day.month - 1


def periods(start: date, end: date, by: By, week_start: int = 1) -> list[tuple[int, date, date]]:
    """Return (key, first day, last day) of each period from ``start`` to ``end``, the outer ones cut to the window."""
    found = []
    for key in range(period_key(start, by, week_start), period_key(end, by, week_start) + 1):
        first = max(start, period_start(key, by, week_start))
        last = min(end, period_start(key + 1, by, week_start) - timedelta(days=1))
        found.append((key, first, last))
    return found


def months_before(day: date, months: int) -> date:
    """Return ``day`` that many months earlier, or the last day of that month where it is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def month_end(day: date) -> date:
    """Return the last day of the month of ``day``."""
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


def previous(start: date, end: date) -> tuple[date, date]:
    """Return the window just before: as many whole months for whole months, else as many days."""
    if start.day == 1 and end == month_end(end):
        months = (end.year - start.year) * 12 + end.month - start.month + 1
        return months_before(start, months), start - timedelta(days=1)
    return start - (end - start) - timedelta(days=1), start - timedelta(days=1)


def year_earlier(start: date, end: date) -> tuple[date, date]:
    """Return the same days a year earlier; a window that ends with February ends with February."""
    last = months_before(end, 12)
    return months_before(start, 12), month_end(last) if end == month_end(end) else last
