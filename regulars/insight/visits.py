"""Reports on visits to the shop's site: told apart, over time, by way, and who made them.

Days are shop-local, both included. A report is of one window; ask twice to compare. ``store`` leaves only that store's
visits, ``agent`` only those of a person, bot or staff (None: all), ``where`` only those with these values: a name of
``COLUMNS`` with the value its row has as label, or of ``MARKS`` with True or False.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from regulars.insight import windows
from regulars.insight.catalogue import metric_of
from regulars.insight.funnels import funnel, people_of_funnel, step_of
from regulars.insight.interest import product_interest
from regulars.insight.lake import Answer, Lake
from regulars.insight.questions import Question, Step, ask
from regulars.insight.returns import came_back_after, people_who_came_back
from regulars.insight.visit_results import Breakdown, Interest, Period, Return, Returns, Stage, Tally, Way
from regulars.insight.windows import BY, By

__all__ = [
    "COLUMNS",
    "MARKS",
    "Breakdown",
    "Interest",
    "Period",
    "Return",
    "Returns",
    "Stage",
    "Step",
    "Tally",
    "Way",
    "breakdown",
    "came_back_after",
    "course",
    "funnel",
    "paths",
    "people_of",
    "people_of_funnel",
    "people_who_came_back",
    "product_interest",
    "step_of",
    "totals",
]

Where = Mapping[str, str | int | bool]
_TEXTS = (
    "channel", "source", "medium", "campaign", "referrer", "entry", "second", "third", "exit", "product", "place",
    "device", "host", "agent", "first",
)  # fmt: skip
# What visits can be told apart by, and the SQL of its label; what is not known is "".
COLUMNS = {name: f"coalesce(\"{name}\", '')" for name in _TEXTS} | {
    "store": "coalesce(CAST(\"store\" AS VARCHAR), '')",
    "hour": "coalesce(CAST(\"local_hour\" AS VARCHAR), '')",
}
# What visits had or were, as filters.
MARKS = {"ordered": "orders > 0", "carted": "added > 0", "bounced": "pages <= 1"}
_AGENTS = ("person", "bot", "staff")
_VISITS = metric_of("visits")


def breakdown(
    lake: Lake,
    by: str,
    start: date,
    end: date,
    *,
    store: int | None = None,
    agent: str | None = "person",
    where: Where | None = None,
    limit: int = 50,
) -> Breakdown:
    """Return the visits by ``by``, a name of COLUMNS, most visits first; raise ValueError for another name."""
    if by not in COLUMNS:
        raise ValueError(f"visits are told apart by {', '.join(COLUMNS)}, not {by!r}")
    question = _question(start, end, store, agent, where, label=COLUMNS[by])
    outer = f"SELECT * FROM ({{}}) AS b ORDER BY visits DESC, label LIMIT {int(limit) + 1}"  # noqa: S608
    found = _tallies(_ask(lake, "site/breakdown", question, outer))
    all_visits = totals(lake, start, end, store=store, agent=agent, where=where)
    return Breakdown(by, start, end, tuple(found[:limit]), all_visits, len(found) > limit)


def totals(
    lake: Lake,
    start: date,
    end: date,
    *,
    store: int | None = None,
    agent: str | None = "person",
    where: Where | None = None,
) -> Tally:
    """Return the counts of all visits asked for, with the label ""."""
    found = _tallies(_ask(lake, "site/breakdown", _question(start, end, store, agent, where)))
    return found[0] if found else Tally()


def course(
    lake: Lake,
    by: By,
    start: date,
    end: date,
    *,
    store: int | None = None,
    agent: str | None = "person",
    where: Where | None = None,
    week_start: int = 1,
) -> tuple[Period, ...]:
    """Return the counts of each day, week or month from ``start`` to ``end``, also of those without visits."""
    if by not in BY:
        raise ValueError(f"by is one of {', '.join(BY)}, not {by!r}")
    question = _question(start, end, store, agent, where, week_start=week_start)
    found = {tally.label: tally for tally in _tallies(_ask(lake, f"site/course/{by}", question))}
    return tuple(
        Period(first, last, found.get(str(key), Tally(str(key))))
        for key, first, last in windows.periods(start, end, by, week_start)
    )


def paths(
    lake: Lake,
    start: date,
    end: date,
    *,
    store: int | None = None,
    agent: str | None = "person",
    where: Where | None = None,
    limit: int = 20,
) -> tuple[Way, ...]:
    """Return the commonest first three pages of visits; visits that saw no page are left out."""
    outer = f"SELECT * FROM ({{}}) AS b ORDER BY visits DESC, entry, second, third LIMIT {int(limit)}"  # noqa: S608
    found = _ask(lake, "site/paths", _question(start, end, store, agent, where), outer).records()
    return tuple(
        Way(
            r["entry"], r["second"] or "", r["third"] or "", r["visits"], r["visits"] / int(r["total"]),
            int(r["orders"]), int(r["orders"]) / r["visits"],
        )
        for r in found
    )  # fmt: skip


def people_of(
    lake: Lake,
    start: date,
    end: date,
    *,
    store: int | None = None,
    agent: str | None = "person",
    where: Where | None = None,
    limit: int | None = None,
    offset: int = 0,
) -> list[int]:
    """Return the root ids, ascending, of the known customers who made the visits asked for.

    For a row of ``breakdown`` give its label in ``where``; of ``paths`` its entry, second and third.
    """
    page = f" LIMIT {int(limit)}" if limit is not None else ""
    outer = f"SELECT root FROM ({{}}) AS b WHERE root IS NOT NULL ORDER BY root{page} OFFSET {int(offset)}"  # noqa: S608
    answer = _ask(lake, "site/people", _question(start, end, store, agent, where), outer)
    return [row[0] for row in answer.rows]


def _ask(lake: Lake, shape: str, question: Question, outer: str = "{}") -> Answer:
    return ask(lake, shape, _VISITS, question, outer=outer)


def _question(
    start: date, end: date, store: int | None, agent: str | None, where: Where | None, **more: Any
) -> Question:
    """Return the question with its filters checked: their SQL is from this file, values are given as they are."""
    if start > end:
        raise ValueError(f"the window ends on {end}, before it starts on {start}")
    if agent is not None and agent not in _AGENTS:
        raise ValueError(f"a visitor is one of {', '.join(_AGENTS)}, not {agent!r}")
    filters: list[tuple[str, str | int]] = [] if agent is None else [("agent = {}", agent)]
    for name, wanted in (where or {}).items():
        if name in MARKS:
            filters.append((f"({MARKS[name]}) = (1 = {{}})", int(bool(wanted))))
        elif name in COLUMNS:
            filters.append((f"{COLUMNS[name]} = {{}}", str(wanted)))
        else:
            raise ValueError(f"visits have no {name!r}; they have {', '.join([*COLUMNS, *MARKS])}")
    return Question(start, end, store=store, filters=tuple(filters), **more)


def _tallies(answer: Answer) -> list[Tally]:
    found = []
    for record in answer.records():
        seconds, label = record.pop("engaged_seconds"), str(record.pop("label"))
        counts = {name: int(count) for name, count in record.items()}
        found.append(Tally(label, engaged_seconds=None if seconds is None else float(seconds), **counts))
    return found
