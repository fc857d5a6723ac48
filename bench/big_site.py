"""A lake of one month of a busy site, for benchmarks: visits, their events, and who of the visitors bought."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path

import numpy as np
import pyarrow as pa

from bench import lake_folder
from bench.framework import say

SEED = 20260301
START, END = date(2026, 3, 1), date(2026, 3, 31)
FIRST_US = int(datetime(2026, 3, 1, tzinfo=UTC).timestamp()) * 1_000_000
HOUR_US, DAY_US = 3_600_000_000, 86_400_000_000
MINUTE_US = 60_000_000
EVENTS_A_VISIT = 5
# So many visits are made at a time: memory stays small however large the lake.
PIECE = 400_000
PRODUCTS, PATHS, CAMPAIGNS = 5_000, 2_000, 60
CHANNELS = ("search", "direct", "email", "social", "ads", "referral")
DEVICES = ("phone", "desktop", "tablet")
Columns = dict[str, np.ndarray]


def folder(events: int) -> Path:
    """Return the lake with about that many events, made now unless it was made before by the same program."""
    source = Path(__file__).read_bytes() + Path(lake_folder.__file__).read_bytes()
    mark = hashlib.sha256(source).hexdigest()[:12]
    home = Path(os.environ.get("REGULARS_BENCH_HOME", tempfile.gettempdir()))
    found = home / f"regulars-bench-site-{events}-{mark}"
    if not found.exists():
        say(f"making {events:,} events in {found}")
        making = found.with_name(f"{found.name}.{os.getpid()}")
        build(making, events)
        making.rename(found)
    return found


def build(place: Path, events: int) -> None:
    """Write a lake of ``events`` events and a fifth as many visits into ``place``.

    Of the visits two fifths are of daily ids, the others of visitors with one to many visits, one in twelve of them a
    customer. A few machines and staff are among them.
    """
    shutil.rmtree(place, ignore_errors=True)
    random = np.random.default_rng(SEED)
    visits = max(1_000, events // EVENTS_A_VISIT)
    known: list[np.ndarray] = []
    lake_folder.write_pieces(
        place, _pieces(random, visits, known), as_of_us=FIRST_US + 40 * DAY_US, dimensions=partial(_maps, known)
    )


def _maps(known: list[np.ndarray]) -> dict[str, pa.Table]:
    """Return who the known visitors are; one customer in twenty was merged into the one before."""
    visitors = np.concatenate(known)
    customers = np.arange(1, len(visitors) + 1)
    merged = customers[customers % 20 == 0]
    return {
        "visitor_map": pa.table({"visitor": pa.array(visitors).cast(pa.string()), "customer": customers}),
        "customer_map": pa.table({"customer": merged, "root": merged - 1}),
    }


def _pieces(random: np.random.Generator, visits: int, known: list[np.ndarray]) -> Iterator[dict[str, pa.Table]]:
    first_id, first_customer = 1, 1
    for done in range(0, visits, PIECE):
        found, linked = _visits(random, min(PIECE, visits - done))
        known.append(linked)
        tables = {"site.visited": found} | _events(random, found)
        tables["order.paid"] = _orders(random, first_customer, len(linked))
        first_customer += len(linked)
        pieces = {}
        for kind, columns in tables.items():
            count = len(columns["occurred_us"])
            pieces[kind] = _table(columns | {"id": np.arange(first_id, first_id + count)})
            first_id += count
        yield pieces


def _ids(random: np.random.Generator, count: int, width: int = 16) -> np.ndarray:
    return np.frombuffer(random.bytes(count * width).hex().encode(), dtype=f"S{2 * width}")


def _chosen(random: np.random.Generator, names: np.ndarray, count: int) -> np.ndarray:
    """Return names, the first of them often and the last seldom."""
    found: np.ndarray = names[(random.random(count) ** 3 * len(names)).astype(np.int64)]
    return found


def _visits(random: np.random.Generator, count: int) -> tuple[Columns, np.ndarray]:
    """Return columns of visits, and the visitors whom the shop knows."""
    lasting = max(1, count // 3)
    visitors = _ids(random, lasting)
    of = (random.random(count) ** 1.5 * lasting).astype(np.int64)
    is_daily = random.random(count) < 0.4
    visitor = np.where(is_daily, np.char.add(b"d:", _ids(random, count, 11)), visitors[of])
    at = FIRST_US + random.integers(0, 31 * DAY_US, count)
    order = np.lexsort((at, of))
    is_first = np.zeros(count, dtype=bool)
    lasting_order = order[~is_daily[order]]
    starts = np.flatnonzero(np.diff(of[lasting_order], prepend=-1))
    is_first[lasting_order[starts]] = True
    kind = random.random(lasting)  # of a visitor: staff, machine or person
    agent = np.where(kind[of] < 0.002, b"staff", np.where(kind[of] < 0.03, b"bot", b"person"))
    paths = np.char.add(b"/page/", np.arange(PATHS).astype("S"))
    pages = random.geometric(0.36, count)
    columns = {
        "visitor": visitor,
        "occurred_us": at,
        "store": random.integers(1, 4, count).astype(np.int32),
        "agent": np.where(is_daily, b"person", agent),
        "first": np.where(is_daily, b"unknown", np.where(is_first, b"new", b"returning")),
        "pages": pages,
        "products": random.poisson(1.4, count),
        "added": random.poisson(0.45, count),
        "checkouts": random.poisson(0.25, count),
        "orders": random.poisson(0.06, count),
        "engaged_seconds": random.integers(0, 900, count),
        "channel": np.array(CHANNELS, dtype="S")[random.integers(0, len(CHANNELS), count)],
        "campaign": _chosen(random, np.char.add(b"campaign-", np.arange(CAMPAIGNS).astype("S")), count),
        "device": np.array(DEVICES, dtype="S")[random.integers(0, 3, count)],
        "entry": _chosen(random, paths, count),
        "second": np.where(pages > 1, _chosen(random, paths[:100], count), b""),
        "third": np.where(pages > 2, _chosen(random, paths[:100], count), b""),
    }
    return columns, visitors[::12]


def _events(random: np.random.Generator, visits: Columns) -> dict[str, Columns]:
    kinds = {
        "site.page_viewed": ("pages", 0, 20),
        "site.product_viewed": ("products", 0, 12),
        "site.product_added": ("added", 2, 15),
        "site.checkout_started": ("checkouts", 5, 18),
        "site.order_hinted": ("orders", 10, 20),
    }
    products = np.char.add(b"p", np.arange(PRODUCTS).astype("S"))
    paths = np.char.add(b"/page/", np.arange(PATHS).astype("S"))
    found = {}
    for kind, (counted, earliest, latest) in kinds.items():
        of = np.repeat(np.arange(len(visits["visitor"])), visits[counted])
        columns = {name: visits[name][of] for name in ("visitor", "store")}
        columns["occurred_us"] = visits["occurred_us"][of] + random.integers(
            earliest * MINUTE_US, latest * MINUTE_US, len(of)
        )
        columns["is_bot"] = visits["agent"][of] == b"bot"
        if kind == "site.page_viewed":
            columns["path"] = _chosen(random, paths, len(of))
        elif kind.startswith("site.product"):
            columns["product"] = _chosen(random, products, len(of))
            columns["name"] = np.char.add(b"Product ", columns["product"])
        found[kind] = columns
    return found


def _orders(random: np.random.Generator, first_customer: int, customers: int) -> Columns:
    """Return the orders of these customers, two each, at any time of the month."""
    count = 2 * customers
    at = FIRST_US + random.integers(0, 31 * DAY_US, count)
    return {
        "customer": random.integers(first_customer, first_customer + customers, count),
        "store": random.integers(1, 4, count).astype(np.int32),
        "amount_minor": random.integers(500, 20_000, count),
        "occurred_us": at,
        "placed_us": at,
        "currency": np.repeat(b"USD", count),
    }


def _table(columns: Columns) -> pa.Table:
    arrays = {
        name: pa.array(c).cast(pa.string()) if c.dtype.kind == "S" else pa.array(c) for name, c in columns.items()
    }
    at = columns["occurred_us"]
    arrays |= {
        "local_date": pa.array((at // DAY_US).astype(np.int32)).cast(pa.date32()),
        "local_hour": pa.array((at // HOUR_US % 24).astype(np.int8)),
        "recorded_us": arrays["occurred_us"],
        "ts": arrays["occurred_us"].cast(pa.timestamp("us", "UTC")),
    }
    arrays.setdefault("customer", pa.nulls(len(at), pa.int64()))
    return pa.table(arrays)
