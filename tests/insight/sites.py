"""Small sites as lakes: visits and events in plain Python. They live in UTC."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa

from bench import lake_folder
from regulars.insight import Lake
from tests.insight.shops import EPOCH, Sale, table_of, us


@dataclass(frozen=True)
class Did:
    """Something that a visitor did on the site: ``kind`` without ``site.``; ``body`` are the fields of its kind."""

    kind: str
    visitor: str | None
    at: datetime
    body: Mapping[str, Any]
    store: int = 1
    customer: int | None = None


def at(text: str) -> datetime:
    """Return an instant: ``2026-03-01 10:00`` is UTC."""
    return datetime.fromisoformat(f"{text}+00:00")


def visit(visitor: str, when: str, *, store: int = 1, customer: int | None = None, **body: Any) -> Did:
    """Return a visit of a person, who looked at two pages for ten seconds."""
    usual = {"seconds": 60, "engaged_seconds": 10, "pages": 2, "added": 0, "orders": 0, "entry": "/", "second": "/a"}
    usual |= {"channel": "direct", "first": "returning", "agent": "person"}
    return Did("visited", visitor, at(when), usual | body, store, customer)


def event(kind: str, visitor: str | None, when: str, *, store: int = 1, **body: Any) -> Did:
    """Return an event of a person."""
    return Did(kind, visitor, at(when), {"is_bot": False} | body, store)


def _kind_table(kind: str, things: Sequence[tuple[int, Did]]) -> pa.Table:
    columns: dict[str, Any] = {
        "id": [number for number, _ in things],
        "customer": pa.array([d.customer for _, d in things], pa.int64()),
        "visitor": pa.array([d.visitor for _, d in things], pa.string()),
        "store": [d.store for _, d in things],
        "occurred_us": [us(d.at) for _, d in things],
        "local_date": [d.at.date() for _, d in things],
        "local_hour": [d.at.hour for _, d in things],
    }
    for name, kind_of in lake_folder.BODY[kind]:
        blank = "" if kind_of == pa.string() else 0
        columns[name] = pa.array([d.body.get(name, blank) for _, d in things]).cast(kind_of)
    return pa.table(columns)


def open_site(
    folder: Path,
    done: Sequence[Did],
    sales: Sequence[Sale] = (),
    *,
    links: Mapping[str, int] | None = None,
    merged: Mapping[int, int] | None = None,
    as_of: datetime | None = None,
) -> Lake:
    """Return a lake of what was done and sold. links: who a visitor is; merged: who a customer is after a merge."""
    by_kind: dict[str, list[tuple[int, Did]]] = {}
    for number, thing in enumerate(done, len(sales) + 1):
        by_kind.setdefault(thing.kind if "." in thing.kind else f"site.{thing.kind}", []).append((number, thing))
    activities = {kind: _kind_table(kind, things) for kind, things in by_kind.items()}
    if sales:
        activities["order.paid"] = table_of(sales, 1, has_placed=True)
    dimensions = {}
    if links:
        dimensions["visitor_map"] = pa.table({"visitor": list(links), "customer": list(links.values())})
    if merged:
        dimensions["customer_map"] = pa.table({"customer": list(merged), "root": list(merged.values())})
    last = as_of or max((d.at for d in done), default=EPOCH) + timedelta(days=1)
    lake_folder.write(folder, activities, as_of_us=us(last), dimensions=dimensions)
    return Lake(folder, memory_mb=256, threads=1)
