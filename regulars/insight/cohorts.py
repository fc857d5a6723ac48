"""Retention: of the people who came first in a month, how many ordered again in each later month."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta

from regulars.insight import windows
from regulars.insight.catalogue import metric_of
from regulars.insight.lake import Lake
from regulars.insight.questions import Question, ask, extent
from regulars.insight.results import Cohort, Retention


def retention(lake: Lake, start: date | None = None, end: date | None = None, *, store: int | None = None) -> Retention:
    """Return the cohorts whose first month lies in ``start`` to ``end``, followed up to ``end`` (None: all).

    A month without a new customer has no cohort. Every cohort has one entry for each month up to the last known one.
    """
    span = extent(lake, store)
    if span is None or (end is not None and end < span.first):
        return Retention((), None, False, False, store)
    last = min(end or span.known_until, span.known_until)
    metric = metric_of("retention")
    question = Question(start or span.first, last, store=store)
    counts: dict[int, dict[int, int]] = defaultdict(dict)
    for cohort, age, customers in ask(lake, "retention/matrix", metric, question).rows:
        counts[cohort][age] = customers
    final = windows.period_key(last, "month")
    cohorts = tuple(
        Cohort(
            windows.period_start(month, "month"),
            ages[0],
            tuple(ages.get(age, 0) for age in range(final - month + 1)),
        )
        for month, ages in sorted(counts.items())
    )
    is_partial = (last + timedelta(days=1)).month == last.month
    return Retention(cohorts, last, is_partial, sum(c.size for c in cohorts) >= metric.least, store)
