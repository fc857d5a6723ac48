"""Every question about a busy month of a site beside DuckDB SQL written by hand over the same files."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb

from bench import big_site
from bench.events_by_hand import BY_HAND
from bench.framework import Outcome, Pair, in_child, interleaved, say
from regulars.insight import Lake, value, visits

NAME = "events"
HELP = "site metrics and reports over hand-written DuckDB SQL, 10 million events of a month"
START, END = big_site.START, big_site.END
RETURN_DAYS = 7  # follow-up must lie inside the month
MEMORY_MB = 2048
STEPS = ("product_viewed", "product_added", "checkout_started", "order_hinted")
METRICS = ("visits", "visit_conversion", "known_visits", "return_visits")


def run() -> Outcome:
    """Measure every question; --events makes the month smaller or larger.

    vs_sql is the worst ratio of processor time, which is the same with a busy neighbour as without; vs_sql_clock is
    the worst by the clock. slowest_s: the clock seconds of the slowest report.
    """
    events = int(os.environ.get("REGULARS_BENCH_ROWS", "10000000"))
    pairs, peak = in_child(measure, str(big_site.folder(events)))
    ratios = {
        "vs_sql": max(p.cpu_ratio for p in pairs.values()),
        "vs_sql_clock": max(p.ratio for p in pairs.values()),
        "slowest_s": max(p.subject for p in pairs.values()),
    }
    detail = {
        "events": events,
        "visits": events // big_site.EVENTS_A_VISIT,
        "vs_sql": {name: round(pair.cpu_ratio, 3) for name, pair in pairs.items()},
        "vs_sql_clock": {name: round(pair.ratio, 3) for name, pair in pairs.items()},
        "seconds": {name: [round(p.subject, 4), round(p.peer, 4)] for name, p in pairs.items()},
    }
    return Outcome(ratios, peak, detail)


def measure(place: str) -> dict[str, Pair]:
    """Return the medians of each question, after checking that both sides answer it alike."""
    lake = Lake(place, memory_mb=MEMORY_MB)
    by_hand = duckdb.connect(config={"memory_limit": f"{MEMORY_MB}MB", "threads": 2})
    by_hand.execute("SET parquet_metadata_cache = true; SET enable_progress_bar = false")
    pairs = {}
    for name, text in BY_HAND.items():
        sql = text.format(place=Path(place).as_posix(), start=START, end=END, days=RETURN_DAYS)
        subject = functools.partial(_subject, lake, name)
        peer = functools.partial(_peer, by_hand, sql)
        ours, theirs = subject(), peer()
        if ours != theirs:
            raise AssertionError(f"{name}: {str(ours)[:300]} is not {str(theirs)[:300]}")
        pairs[name] = pair = interleaved(subject, peer, at_least_s=2)
        say(
            f"  {name:28} {pair.subject:8.3f} s {pair.peer:8.3f} s {pair.ratio:6.2f} {pair.cpu_ratio:6.2f} of processor"
        )
    return pairs


def _subject(lake: Lake, name: str) -> list[tuple[Any, ...]]:
    """Return the answer to question ``name`` as a caller of the library gets it, with nothing kept from before."""
    lake.forget_answers()
    if name in METRICS:
        return _near([(value(lake, name, START, END, horizon_days=RETURN_DAYS).value,)])
    return _near(_REPORTS[name](lake))


def _tally(tally: visits.Tally, label: object) -> tuple[Any, ...]:
    t = tally
    counts = (t.visits, t.visitors_days, t.new, t.returning, t.known, t.orders, t.added, t.bounce)
    return (label, *counts, t.engaged_seconds)


def _channels(lake: Lake) -> list[tuple[Any, ...]]:
    found = visits.breakdown(lake, "channel", START, END)
    return [_tally(t, t.label) for t in (found.totals, *found.rows)]


def _returns(lake: Lake) -> list[tuple[Any, ...]]:
    found = visits.came_back_after(lake, "first_visit", START, END, days=RETURN_DAYS)
    return [(found.n, *(r.people for r in found.rows))]


_REPORTS: dict[str, Callable[[Lake], list[tuple[Any, ...]]]] = {
    "totals": lambda lake: [_tally(visits.totals(lake, START, END), "")],
    "breakdown by channel": _channels,
    "course by day": lambda lake: [_tally(p.tally, p.start) for p in visits.course(lake, "day", START, END)],
    "paths": lambda lake: [
        (w.entry, w.second, w.third, w.visits, w.orders, round(w.visits / w.share))
        for w in visits.paths(lake, START, END)
    ],
    "people": lambda lake: [(root,) for root in visits.people_of(lake, START, END, where={"channel": "email"})],
    "came_back_after": _returns,
    "funnel": lambda lake: [
        (n, s.visitors, s.seconds) for n, s in enumerate(visits.funnel(lake, STEPS, START, END), 1)
    ],
    "product_interest": lambda lake: [
        (i.product, i.name, i.viewers, i.views, i.returned_to, i.carted)
        for i in visits.product_interest(lake, START, END)
    ],
}


def _peer(connection: Any, sql: str) -> list[tuple[Any, ...]]:
    return _near(connection.execute(sql).fetchall())


def _near(rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    # The two may add in another order, which moves the last digits of a quotient.
    return [tuple(round(v, 9) if isinstance(v, float) else v for v in row) for row in rows]
