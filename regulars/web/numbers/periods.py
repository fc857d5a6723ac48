"""The windows that pages offer, each with what it is compared with. Pure; days are shop-local, both ends included."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from regulars.insight import Metric
from regulars.insight.activities import VISITED
from regulars.insight.windows import month_end, months_before, previous, year_earlier

Days = tuple[date, date]

MONTH, LAST_30, YEAR, RIPE, OWN = "month", "30d", "12m", "ripe", "own"
TODAY_PERIODS = (MONTH, LAST_30)
# So many months a chart goes back, the present one included.
CHART_MONTHS = 25
SPARK_MONTHS = 13
# An import of old files shows its own last days rather than a month of noughts.
STILL_CURRENT = timedelta(days=31)


@dataclass(frozen=True, slots=True)
class Window:
    """What a number is asked for, and the two windows it stands beside."""

    start: date
    end: date
    before: Days
    year_before: Days


def anchor(today: date, last_order: date | None) -> date:
    """Return the day up to which numbers are shown: today, or the last order's where that was long ago."""
    if last_order is None or today - last_order <= STILL_CURRENT:
        return today
    return last_order


def month_so_far(end: date) -> Window:
    """Return the month of ``end`` up to it, beside the same days of the month before."""
    start = end.replace(day=1)
    whole = end == month_end(end)
    before = previous(start, end) if whole else (months_before(start, 1), months_before(end, 1))
    return Window(start, end, before, year_earlier(start, end))


def free(start: date, end: date) -> Window:
    """Return any window, beside the one just before and the same days a year earlier."""
    return Window(start, end, previous(start, end), year_earlier(start, end))


def ripe_days(metric: Metric) -> int:
    """Return how many days must pass before a first order, or a first visit, counts in ``metric``; 0 for most."""
    if not metric.looks_on:
        return 0
    if "horizon_days" not in metric.parameters:
        return 62
    return metric.horizon_days + (1 if metric.spans == VISITED else 0)


def window_of(period: str, end: date, metric: Metric) -> Window:
    """Return the window called ``period`` that ends with ``end``; for RIPE the last year that can be told."""
    if period == MONTH:
        return month_so_far(end)
    if period == LAST_30:
        return free(end - timedelta(days=29), end)
    if period == RIPE:
        end -= timedelta(days=ripe_days(metric))
    return free(months_before(end, 12) + timedelta(days=1), end)


def offered(metric: Metric) -> tuple[str, ...]:
    """Return the periods that make sense for ``metric``, its usual one first."""
    return (RIPE, YEAR) if metric.looks_on else (MONTH, LAST_30, YEAR)


def months_shown(metric: Metric) -> int:
    """Return how many months a chart of ``metric`` goes back; a state is a question of its own for each of them."""
    return SPARK_MONTHS if metric.is_moment else CHART_MONTHS


def chart_days(end: date, months: int) -> Days:
    """Return the days of a chart by month that ends with the month of ``end``."""
    return months_before(end.replace(day=1), months - 1), end
