"""Every number of the catalogue beside DuckDB SQL written by hand over the same files, with equal answers."""

from __future__ import annotations

import functools
import os
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from bench import big_lake
from bench.framework import Outcome, Pair, in_child, interleaved, say
from bench.metrics_by_hand import BY_HAND
from regulars.insight import Lake, retention, rfm, value

NAME = "metrics"
HELP = "catalogue metric over hand-written DuckDB SQL, 10 million activities"
START, END = date(2025, 1, 1), date(2025, 12, 31)
# Half the customers' follow-up must lie inside the lake, so not the usual year.
HORIZON_DAYS = 90
MEMORY_MB = 2048


def run() -> Outcome:
    """Measure every question; REGULARS_BENCH_ROWS makes the lake smaller for a trial.

    vs_sql is the worst ratio of processor time, which is the same with a busy neighbour as without; vs_sql_clock is
    the worst by the clock.
    """
    rows = int(os.environ.get("REGULARS_BENCH_ROWS", "10000000"))
    place = big_lake.folder(rows)
    pairs, peak = in_child(measure, str(place))
    ratios = {
        "vs_sql": max(p.cpu_ratio for p in pairs.values()),
        "vs_sql_clock": max(p.ratio for p in pairs.values()),
    }
    detail = {
        "activities": rows,
        "vs_sql": {name: round(pair.cpu_ratio, 3) for name, pair in pairs.items()},
        "vs_sql_clock": {name: round(pair.ratio, 3) for name, pair in pairs.items()},
        "seconds": {name: [round(p.subject, 4), round(p.peer, 4)] for name, p in pairs.items()},
        "processor_seconds": {name: [round(p.subject_cpu, 4), round(p.peer_cpu, 4)] for name, p in pairs.items()},
    }
    return Outcome(ratios, peak, detail)


def measure(place: str) -> dict[str, Pair]:
    """Return the medians of each question, after checking that both sides answer it alike."""
    lake = Lake(place, memory_mb=MEMORY_MB)
    by_hand = duckdb.connect(config={"memory_limit": f"{MEMORY_MB}MB", "threads": 2})
    by_hand.execute("SET parquet_metadata_cache = true; SET enable_progress_bar = false")
    pairs = {}
    for name, text in BY_HAND.items():
        sql = text.format(place=Path(place).as_posix(), start=START, end=END)
        subject = functools.partial(_subject, lake, name)
        peer = functools.partial(_peer, by_hand, sql, name)
        ours, theirs = subject(), peer()
        if ours != theirs:
            raise AssertionError(f"{name}: {str(ours)[:300]} is not {str(theirs)[:300]}")
        pairs[name] = pair = interleaved(subject, peer, at_least_s=3)
        say(
            f"  {name:28} {pair.subject:8.3f} s {pair.peer:8.3f} s {pair.ratio:6.2f} {pair.cpu_ratio:6.2f} of processor"
        )
    return pairs


def _subject(lake: Lake, name: str) -> Any:
    """Return the answer to question ``name`` as a caller of the library gets it, with nothing kept from before."""
    lake.forget_answers()
    metric, _, shape = name.partition(" by ")
    if shape == "cohort":
        return {c.month: c.active for c in retention(lake).cohorts}
    if shape == "grid":
        return dict(rfm(lake, START, END).grid)
    if shape:
        reading = value(lake, metric, START, END, by="month")
        return {p.start: _near(p.value) for p in reading.rows} | {END: _near(reading.value)}
    reading = value(lake, metric, START, END, horizon_days=HORIZON_DAYS)
    return [_near(v) for v in (reading.low, reading.value, reading.high) if v is not None]


def _peer(connection: Any, sql: str, name: str) -> Any:
    """Return the answer of ``sql`` in the form of ``_subject``."""
    rows = connection.execute(sql).fetchall()
    shape = name.partition(" by ")[2]
    if shape == "cohort":
        cohorts: dict[date, dict[int, int]] = {}
        for cohort, age, customers in rows:
            cohorts.setdefault(cohort, {})[age] = customers
        last = max(12 * c.year + c.month + max(ages) for c, ages in cohorts.items())
        return {
            c: tuple(ages.get(k, 0) for k in range(last - 12 * c.year - c.month + 1)) for c, ages in cohorts.items()
        }
    if shape == "grid":
        return {(row[0], row[1]): row[2] for row in rows}
    if shape:
        return {row[0] or END: _near(row[1]) for row in rows}
    return [_near(row[0]) for row in rows]


def _near(number: float | None) -> float | None:
    # The two may add in another order, which moves the last digits of a mean.
    return None if number is None else round(number, 12)
