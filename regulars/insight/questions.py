"""Puts a question's values and the lake's files into compiled SQL, and asks."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from regulars.insight.catalogue import FLOOR_DAYS, HORIZON_DAYS, LEAST_ORDERS, PAID, REFUNDED, Metric
from regulars.insight.compiled import sql_of
from regulars.insight.currencies import check_code, scale
from regulars.insight.lake import Answer, Lake, LakeChanged
from regulars.insight.manifest import LakeFile, Manifest
from regulars.insight.windows import month_end

_SOURCES = {PAID: "orders", REFUNDED: "refunds"}
_NO_ROWS = (
    "(SELECT 0::BIGINT AS customer, 0::BIGINT AS amount_minor, '' AS currency, DATE '1970-01-01' AS local_date, "
    "0::BIGINT AS occurred_us, 0::BIGINT AS placed_us, 0 AS store WHERE false)"
)
_NO_RATES = "(SELECT '' AS source, '' AS target, DATE '1970-01-01' AS date, 1.0::DOUBLE AS rate WHERE false)"
_TRIES = 3


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of a metric. Days are shop-local, both included; ``store`` leaves only that store's activities."""

    start: date
    end: date
    currency: str | None = None
    store: int | None = None
    week_start: int = 1
    horizon_days: int = HORIZON_DAYS
    least_orders: int = LEAST_ORDERS
    ripe: date = date.max


@dataclass(frozen=True, slots=True)
class Extent:
    """The days of the first and last paid order; ``known_until``: the last, but no later than the lake was written."""

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


def extent(lake: Lake, store: int | None = None) -> Extent | None:
    """Return the days that paid orders span, of ``store`` if one is given; None where there are none."""
    manifest = lake.manifest
    files = manifest.files_of(PAID, None, None)
    if store is None and files:
        months = {min(f.month for f in files), max(f.month for f in files)}
        files = [f for f in files if f.month in months]
    if not files:
        return None
    sql = f"SELECT min(local_date), max(local_date) FROM {_activities(lake.path, files, store)} AS t"  # noqa: S608
    first, last = lake.run_once(sql, tuple(f.digest or f.path for f in files)).rows[0]
    if first is None:
        return None
    return Extent(first, last, max(first, min(last, manifest.as_of_date)))


def ripe_date(metric: Metric, known_until: date, horizon_days: int) -> date:
    """Return the last first-order day whose customers' follow-up is over at ``known_until``."""
    if metric.name == "retention":
        # The month after hers must be over: the last day two months before the first one that is not.
        unfinished = (known_until + timedelta(days=1)).replace(day=1)
        return (unfinished - timedelta(days=1)).replace(day=1) - timedelta(days=1)
    return known_until - timedelta(days=horizon_days)


def bind(
    folder: Path, manifest: Manifest, shape: str, metric: Metric, question: Question
) -> tuple[str, tuple[object, ...]]:
    """Return the SQL of ``shape`` with values and files in their places, and a key of those files' contents."""
    sql = sql_of(shape)
    key: list[object] = []
    for kind in metric.kinds:
        files = _files(manifest, kind, metric, question)
        key += [f.digest or f.path for f in files]
        sql = sql.replace(f'"lake:{_SOURCES[kind]}"', f"({_source(folder, manifest, kind, metric, question, files)})")
    if '"lake:customer_map"' in sql or '"lake:rates"' in sql:
        sql = _with_dimensions(folder, manifest, sql, question, key)
    return _with_values(sql, question), tuple(key)


def _files(manifest: Manifest, kind: str, metric: Metric, question: Question) -> list[LakeFile]:
    low = None if metric.looks_back else question.start
    high = None if metric.looks_on else month_end(question.end)
    return manifest.files_of(kind, low, high)


def _source(
    folder: Path, manifest: Manifest, kind: str, metric: Metric, question: Question, files: list[LakeFile]
) -> str:
    mapped = "mapped" if manifest.dimension("customer_map") else "plain"
    foreign = metric.has_money and set(manifest.currencies) - {question.currency}
    sql = sql_of(f"source/{_SOURCES[kind]}/{mapped}/{'converted' if foreign else 'single'}")
    return sql.replace(f'"lake:{kind}"', _activities(folder, files, question.store))


def _activities(folder: Path, files: list[LakeFile], store: int | None) -> str:
    if not files:
        return _NO_ROWS
    read = _parquet([str(folder / f.path) for f in files])
    return read if store is None else f'(SELECT * FROM {read} WHERE "store" = {int(store)})'  # noqa: S608


def _parquet(paths: list[str]) -> str:
    quoted = ", ".join("'" + path.replace("'", "''") + "'" for path in paths)
    return f"read_parquet([{quoted}], hive_partitioning = false)"


def _with_dimensions(folder: Path, manifest: Manifest, sql: str, question: Question, key: list[object]) -> str:
    places = {"customer_map": "", "rates": _NO_RATES}
    for name, empty in places.items():
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


def _with_values(sql: str, question: Question) -> str:
    values = {
        "START": f"DATE '{question.start.isoformat()}'",
        "END": f"DATE '{question.end.isoformat()}'",
        "RIPE": f"DATE '{question.ripe.isoformat()}'",
        "WEEK_START": str(int(question.week_start)),
        "HORIZON": str(int(question.horizon_days)),
        "LEAST_ORDERS": str(int(question.least_orders)),
        "FLOOR_DAYS": str(FLOOR_DAYS),
    }
    if question.currency is not None:
        values["CURRENCY"] = f"'{check_code(question.currency)}'"
    for name, value in values.items():
        sql = sql.replace(f"LAKE_{name}()", value)
    return sql
