"""Funnels: how many visitors take steps on the site one after the other, in good time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from regulars.insight.activities import (
    CHECKOUT_STARTED,
    ORDER_HINTED,
    PAGE_VIEWED,
    PRODUCT_ADDED,
    PRODUCT_VIEWED,
    VISITED,
)
from regulars.insight.catalogue import metric_of
from regulars.insight.lake import Answer, Lake
from regulars.insight.questions import Question, Step, ask
from regulars.insight.visit_results import Stage

STEPS = {
    kind.removeprefix("site."): kind
    for kind in (PRODUCT_VIEWED, PRODUCT_ADDED, CHECKOUT_STARTED, ORDER_HINTED, PAGE_VIEWED)
}
LEAST_STEPS, MOST_STEPS = 2, 6
DAY_HOURS = 24
HOUR_US = 3_600_000_000


def step_of(text: str) -> Step:
    """Return the step that ``text`` names: ``product_viewed``, or ``page_viewed:/sale`` for paths that begin so.

    Raise ValueError for another kind, or for a path with one that has none.
    """
    name, _, prefix = text.partition(":")
    if name not in STEPS:
        raise ValueError(f"a step is one of {', '.join(STEPS)}, not {name!r}")
    if prefix and STEPS[name] != PAGE_VIEWED:
        raise ValueError(f"only page_viewed has a path, not {name}")
    return Step(STEPS[name], prefix)


def funnel(
    lake: Lake,
    steps: Sequence[str],
    start: date,
    end: date,
    *,
    within_hours: float = DAY_HOURS,
    store: int | None = None,
) -> tuple[Stage, ...]:
    """Return how many visitors took two to six ``steps`` (see ``step_of``) in this order, machines and staff left out.

    Who takes the first step on a day of the window has ``within_hours`` from it for the whole chain, also past the
    window's end; who takes it again begins again, and the best attempt counts. Other events may lie between steps.
    """
    question = _question(steps, start, end, within_hours, store)
    found = {r["step"]: r for r in _ask(lake, "", question).records()}
    first = found.get(1, {}).get("visitors", 0)
    stages = []
    for number, step in enumerate(question.steps, 1):
        record = found.get(number, {})
        reached = record.get("visitors", 0)
        stages.append(Stage(step, reached, reached / first if first else None, record.get("seconds")))
    return tuple(stages)


def people_of_funnel(
    lake: Lake,
    steps: Sequence[str],
    start: date,
    end: date,
    *,
    reached: int,
    is_last: bool = False,
    within_hours: float = DAY_HOURS,
    store: int | None = None,
    limit: int | None = None,
    offset: int = 0,
) -> list[int]:
    """Return the root ids, ascending, of the known customers who reached step ``reached`` (1: the first).

    is_last: only those who went no further, with none of their visitors. The rest is as of ``funnel``.
    """
    page = f" LIMIT {int(limit)}" if limit is not None else ""
    test = f"step {'=' if is_last else '>='} {int(reached)}"
    outer = f"SELECT root FROM ({{}}) AS b WHERE {test} ORDER BY root{page} OFFSET {int(offset)}"  # noqa: S608
    answer = _ask(lake, "/people", _question(steps, start, end, within_hours, store), outer)
    return [row[0] for row in answer.rows]


def _question(steps: Sequence[str], start: date, end: date, within_hours: float, store: int | None) -> Question:
    if not LEAST_STEPS <= len(steps) <= MOST_STEPS:
        raise ValueError(f"a funnel has {LEAST_STEPS} to {MOST_STEPS} steps, not {len(steps)}")
    if start > end:
        raise ValueError(f"the window ends on {end}, before it starts on {start}")
    if within_hours <= 0:
        raise ValueError("a funnel needs some time")
    # A day more than the hours make, since a local day may have 25 hours.
    until = end + timedelta(hours=within_hours) + timedelta(days=2)
    within_us = round(within_hours * HOUR_US)
    return Question(
        start, end, store=store, steps=tuple(map(step_of, steps)), until=until, within_us=within_us
    )  # fmt: skip


def _ask(lake: Lake, shape: str, question: Question, outer: str = "{}") -> Answer:
    kinds = dict.fromkeys((VISITED, *(step.kind for step in question.steps)))
    metric = replace(metric_of("visits"), kinds=tuple(kinds))
    return ask(lake, f"site/funnel/{len(question.steps)}{shape}", metric, question, outer=outer)
