"""How soon people come back to the site: after their first visit, their first order, or a message to them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Literal

from regulars.insight.activities import HANDED_OVER, PAID, VISITED
from regulars.insight.catalogue import Metric, metric_of
from regulars.insight.lake import Lake
from regulars.insight.questions import Question, ask, extent, ripe_date
from regulars.insight.results import caveat
from regulars.insight.text import N_
from regulars.insight.visit_results import Return, Returns

Since = Literal["first_visit", "first_order", "message"]
DAYS = (1, 3, 7, 14, 30, 60, 90)
_SHAPES: dict[Since, str] = {
    "first_visit": "site/after_visit",
    "first_order": "site/after_order",
    "message": "site/after_message",
}
_COUNTED: dict[Since, str] = {"first_visit": N_("visitors"), "first_order": N_("customers"), "message": N_("customers")}


def came_back_after(
    lake: Lake, since: Since, start: date, end: date, *, days: int = 30, store: int | None = None
) -> Returns:
    """Return how many came back to the site within 1, 3, 7 … days of their first visit, first paid order or a message.

    Of those whose first lies in the window and whose ``days`` were over before the last day with a visit, so that all
    rows are of the same people: visitors with a lasting id, or customers. A customer comes back when a visit known to
    be hers begins after the order was placed; one whom the site never recognised counts as not having come back. Of the
    messages that sell, the first to a person in the window counts; messages are of no store.
    """
    question, metric = _question(lake, since, start, end, days, store)
    if question is None:
        return Returns(since, 0, None, (), False, (caveat("no_data", VISITED),))
    found = ask(lake, _SHAPES[since], metric, question).records()
    n = sum(r["people"] for r in found if r["days"] is None)
    rows = []
    for limit in [*(d for d in DAYS if d < days), days]:
        back = sum(r["people"] for r in found if r["days"] is not None and r["days"] <= limit)
        rows.append(Return(limit, back, back / n if n else 0.0))
    caveats = []
    if n < metric.least:
        caveats.append(caveat("too_little", n=n, least=metric.least, what=_COUNTED[since]))
    if end > question.ripe:
        code_of = PAID if since == "first_order" else VISITED
        caveats.append(caveat("not_ripe", code_of, date=question.ripe.isoformat()))
    return Returns(since, n, question.ripe, tuple(rows) if n else (), n >= metric.least, tuple(caveats))


def people_who_came_back(
    lake: Lake,
    since: Since,
    start: date,
    end: date,
    *,
    days: int = 30,
    within_days: int | None = None,
    has_returned: bool = True,
    store: int | None = None,
    limit: int | None = None,
    offset: int = 0,
) -> list[int]:
    """Return the root ids, ascending, of the known customers behind ``came_back_after`` with the same ``days``.

    within_days: who came back so soon (None: ``days``); has_returned: False for those who did not.
    """
    question, metric = _question(lake, since, start, end, days, store)
    if question is None:
        return []
    longest = int(days if within_days is None else within_days) * 86_400_000_000
    # A customer may be several visitors: she came back when one of them did.
    test = f"coalesce(min(waited_us) <= {longest}, false) = {'true' if has_returned else 'false'}"
    page = f" LIMIT {int(limit)}" if limit is not None else ""
    outer = (
        f"SELECT root FROM ({{}}) AS b WHERE root IS NOT NULL GROUP BY root HAVING {test} "  # noqa: S608
        f"ORDER BY root{page} OFFSET {int(offset)}"
    )
    return [row[0] for row in ask(lake, f"{_SHAPES[since]}/people", metric, question, outer=outer).rows]


def _question(
    lake: Lake, since: Since, start: date, end: date, days: int, store: int | None
) -> tuple[Question | None, Metric]:
    if since not in _SHAPES:
        raise ValueError(f"people come back after {' or '.join(_SHAPES)}, not {since!r}")
    if start > end:
        raise ValueError(f"the window ends on {end}, before it starts on {start}")
    if days < 1:
        raise ValueError("to come back takes a day or more")
    metric = metric_of("return_visits")
    if since == "first_order":
        # A first order can only be told from all orders before it.
        metric = replace(metric, kinds=(PAID, VISITED), looks_back=True)
    elif since == "message":
        metric = replace(metric, kinds=(HANDED_OVER, VISITED))
    span = extent(lake, store, VISITED)
    if span is None:
        return None, metric
    ripe = ripe_date(metric, span.known_until, days)
    return Question(start, end, store=store, horizon_days=days, ripe=ripe), metric
