"""Puts a question's values and the lake's files into compiled SQL, and asks."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from regulars.insight.activities import PAID, REFUNDED, VISIT_RELATIONS, VISITED, no_rows
from regulars.insight.catalogue import FLOOR_DAYS, HORIZON_DAYS, LEAST_ORDERS, Metric
from regulars.insight.compiled import sql_of
from regulars.insight.currencies import check_code, scale
from regulars.insight.lake import Answer, Lake, LakeChanged
from regulars.insight.manifest import LakeFile, Manifest
from regulars.insight.windows import month_end

# What expressions call the activities of a kind, and the shape that makes it of them.
_SOURCES = {PAID: ("orders",), REFUNDED: ("refunds",), VISITED: tuple(VISIT_RELATIONS)}
_ASKED = {name for name, relation in VISIT_RELATIONS.items() if relation.is_asked}
_NO_MAPS = {
    "customer_map": "(SELECT 0::BIGINT AS customer, 0::BIGINT AS root WHERE false)",
    "visitor_map": "(SELECT '' AS visitor, 0::BIGINT AS customer WHERE false)",
}
_NO_RATES = "(SELECT '' AS source, '' AS target, DATE '1970-01-01' AS date, 1.0::DOUBLE AS rate WHERE false)"
_TRIES = 3
_PLACE = re.compile(r"LAKE_(\w+)\(\)")


@dataclass(frozen=True, slots=True)
class Step:
    """A step of a funnel: activities of ``kind``; of page views, only those whose path begins with ``prefix``."""

    kind: str
    prefix: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of a metric. Days are shop-local, both included; ``store`` leaves only that store's activities.

    label: SQL of the column that a breakdown is by. filters: (SQL with one place for a value, the value) of visits.
    until: the last day of what follows the window. within_us: the longest time of a funnel. All SQL in here is ours;
    only values come from outside.
    """

    start: date
    end: date
    currency: str | None = None
    store: int | None = None
    week_start: int = 1
    horizon_days: int = HORIZON_DAYS
    least_orders: int = LEAST_ORDERS
    ripe: date = date.max
    label: str = "''"
    filters: tuple[tuple[str, str | int], ...] = ()
    steps: tuple[Step, ...] = ()
    until: date = date.max
    within_us: int = 0


@dataclass(frozen=True, slots=True)
class Extent:
    """The days of the first and last activity; ``known_until``: the last, but no later than the lake was written."""

    first: date
    last: date
    known_until: date


def ask(lake: Lake, shape: str, metric: Metric, question: Question, *, outer: str = "{}") -> Answer:
    """Return the answer to ``shape``; ``outer`` is SQL around it. A lake written anew meanwhile is asked again."""
    for attempt in range(_TRIES):
        sql, key = bind(lake.path, lake.manifest, shape, metric, question)
        try:
            return lake.run(outer.format(sql), key)
        except LakeChanged:
            lake.refresh()
            if attempt == _TRIES - 1:
                raise
    raise AssertionError("unreachable")


def extent(lake: Lake, store: int | None = None, kind: str = PAID) -> Extent | None:
    """Return the days that activities of ``kind`` span, of ``store`` if one is given; None where there are none.

    Of visits, also a machine's counts: that day the site was being recorded, so nobody's visit is a fact.
    """
    manifest = lake.manifest
    files = manifest.files_of(kind, None, None)
    if store is None and files:
        months = {min(f.month for f in files), max(f.month for f in files)}
        files = [f for f in files if f.month in months]
    if not files:
        return None
    sql = f"SELECT min(local_date), max(local_date) FROM {_of_store(lake.path, files, kind, store)} AS t"  # noqa: S608
    first, last = lake.run_once(sql, tuple(f.digest or f.path for f in files)).rows[0]
    if first is None:
        return None
    return Extent(first, last, max(first, min(last, manifest.as_of_date)))


def ripe_date(metric: Metric, known_until: date, horizon_days: int) -> date:
    """Return the last day of a first order or visit whose follow-up is over at ``known_until``."""
    if metric.name == "retention":
        # The month after hers must be over: the last day two months before the first one that is not.
        unfinished = (known_until + timedelta(days=1)).replace(day=1)
        return (unfinished - timedelta(days=1)).replace(day=1) - timedelta(days=1)
    # Visits are followed by the hour, so the day on which the follow-up ends must be over too.
    return known_until - timedelta(days=horizon_days + (metric.spans == VISITED))


def bind(
    folder: Path, manifest: Manifest, shape: str, metric: Metric, question: Question
) -> tuple[str, tuple[object, ...]]:
    """Return the SQL of ``shape`` with values and files in their places, and a key of those files' contents."""
    sql = sql_of(shape)
    key: list[object] = []
    texts: dict[str, str] = {}
    for kind in metric.kinds:
        files = _files(manifest, kind, metric, question)
        key += [f.digest or f.path for f in files]
        found = _of_store(folder, files, kind, question.store)
        for name in _SOURCES.get(kind, ()):
            if f'"lake:{name}"' in sql:
                source = _source(manifest, name, metric, question)
                stored = _as_asked(found, question, texts) if name in _ASKED else found
                sql = sql.replace(f'"lake:{name}"', f"({source.replace(_named(kind), stored)})")
        sql = sql.replace(_named(kind), found)
        sql = _with_steps(sql, kind, found, question, texts)
    if any(_named(name) in sql for name in (*_NO_MAPS, "rates")):
        sql = _with_dimensions(folder, manifest, sql, question, key)
    return _with_values(sql, question, texts), tuple(key)


def _named(relation: str) -> str:
    return f'"lake:{relation}"'


def _files(manifest: Manifest, kind: str, metric: Metric, question: Question) -> list[LakeFile]:
    # A visit says itself whether it was the visitor's first, so visits are never read from their beginning.
    low = None if metric.looks_back and kind != VISITED else question.start
    high: date | None = month_end(question.end)
    if question.until != date.max:
        high = question.until
    elif metric.looks_on:
        high = _followed_until(question) if "horizon_days" in metric.parameters else None
    return manifest.files_of(kind, low, high)


def _followed_until(question: Question) -> date | None:
    """Return a day behind which no follow-up lies; a local day may be an hour longer than 24."""
    left = (date.max - question.end).days
    return question.end + timedelta(days=question.horizon_days + 2) if question.horizon_days + 2 < left else None


def _source(manifest: Manifest, name: str, metric: Metric, question: Question) -> str:
    if name in VISIT_RELATIONS:
        return sql_of(f"source/{name}")
    mapped = "mapped" if manifest.dimension("customer_map") else "plain"
    foreign = metric.has_money and set(manifest.currencies) - {question.currency}
    return sql_of(f"source/{name}/{mapped}/{'converted' if foreign else 'single'}")


def _of_store(folder: Path, files: list[LakeFile], kind: str, store: int | None) -> str:
    if not files:
        return no_rows(kind)
    read = _parquet([str(folder / f.path) for f in files])
    return read if store is None else f'(SELECT * FROM {read} WHERE "store" = {int(store)})'  # noqa: S608


def _as_asked(found: str, question: Question, texts: dict[str, str]) -> str:
    """Return the visits that pass the filters, with what they are broken down by in ``label``."""
    conditions = [condition.format(_text(value, texts)) for condition, value in question.filters]
    where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
    return f"(SELECT *, {question.label} AS label FROM {found}{where})"  # noqa: S608


def _with_steps(sql: str, kind: str, found: str, question: Question, texts: dict[str, str]) -> str:
    for number, step in enumerate(question.steps, 1):
        if step.kind == kind:
            where = f" WHERE starts_with(path, {_text(step.prefix, texts)})" if step.prefix else ""
            sql = sql.replace(_named(f"step_{number}"), f"(SELECT * FROM {found}{where})")  # noqa: S608
    return sql


def _text(value: str | int, texts: dict[str, str]) -> str:
    """Return a place for ``value``, which is put in last, where nothing looks for places in it any more."""
    place = f"TEXT_{len(texts)}"
    texts[place] = str(int(value)) if isinstance(value, int) else "'" + value.replace("'", "''") + "'"
    return f"LAKE_{place}()"


def _parquet(paths: list[str]) -> str:
    quoted = ", ".join("'" + path.replace("'", "''") + "'" for path in paths)
    return f"read_parquet([{quoted}], hive_partitioning = false)"


def _with_dimensions(folder: Path, manifest: Manifest, sql: str, question: Question, key: list[object]) -> str:
    places = _NO_MAPS | {"rates": _NO_RATES}
    for name, empty in places.items():
        if _named(name) not in sql:
            continue
        path = manifest.dimension(name)
        if path is None:
            sql = sql.replace(f'"lake:{name}"', empty)
            continue
        found = os.stat(folder / path) if (folder / path).exists() else None
        key.append((path, found.st_mtime_ns if found else 0))
        sql = sql.replace(f'"lake:{name}"', _parquet([str(folder / path)]))
    if question.currency is not None:
        scales = ", ".join(
            f"('{check_code(code)}', {scale(code, question.currency)!r}::DOUBLE)" for code in manifest.currencies
        )
        values = f"(SELECT * FROM (VALUES {scales}) AS s(currency, scale))"  # noqa: S608
        sql = sql.replace('"lake:currencies"', values)
    return sql


def _with_values(sql: str, question: Question, texts: dict[str, str]) -> str:
    values = texts | {
        "START": f"DATE '{question.start.isoformat()}'",
        "END": f"DATE '{question.end.isoformat()}'",
        "RIPE": f"DATE '{question.ripe.isoformat()}'",
        "WEEK_START": str(int(question.week_start)),
        "HORIZON": str(int(question.horizon_days)),
        "LEAST_ORDERS": str(int(question.least_orders)),
        "FLOOR_DAYS": str(FLOOR_DAYS),
        "UNTIL": f"DATE '{question.until.isoformat()}'",
        "WITHIN": f"{int(question.within_us)}::BIGINT",
    }
    if question.currency is not None:
        values["CURRENCY"] = f"'{check_code(question.currency)}'"
    # In one go: a value may hold what looks like a place.
    return _PLACE.sub(lambda found: values[found.group(1)], sql)
