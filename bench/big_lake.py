"""A lake of ten million generated activities, for benchmarks; seeded, and kept in the temporary folder."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pyarrow as pa

from bench import lake_folder
from bench.framework import say

SEED = 20260101
SHARES = {"order.paid": 0.5, "parcel.shipped": 0.24, "parcel.delivered": 0.24, "order.refunded": 0.02}
FIRST = datetime(2023, 1, 1, tzinfo=UTC)
LAST = datetime(2025, 12, 31, tzinfo=UTC)
DAY_US = 86_400_000_000


def folder(activities: int) -> Path:
    """Return the lake with that many activities, made now unless it was made before by the same program."""
    source = Path(__file__).read_bytes() + Path(lake_folder.__file__).read_bytes()
    mark = hashlib.sha256(source).hexdigest()[:12]
    home = Path(os.environ.get("REGULARS_BENCH_HOME", tempfile.gettempdir()))
    found = home / f"regulars-bench-lake-{activities}-{mark}"
    if not found.exists():
        say(f"making {activities:,} activities in {found}")
        making = found.with_name(f"{found.name}.{os.getpid()}")
        build(making, activities)
        making.rename(found)
    return found


def build(place: Path, activities: int) -> None:
    """Write a lake of ``activities`` rows into ``place``: some buy once, some often, 3 in 100 orders are anonymous."""
    shutil.rmtree(place, ignore_errors=True)
    random = np.random.default_rng(SEED)
    counts = {kind: int(activities * share) for kind, share in SHARES.items()}
    paid = _orders(random, counts["order.paid"])
    tables = {"order.paid": _table("order.paid", paid, 0)}
    first_id = counts["order.paid"]
    for kind in ("parcel.shipped", "parcel.delivered", "order.refunded"):
        chosen = np.sort(random.choice(len(paid["order"]), counts[kind], replace=False))
        later = {name: column[chosen] for name, column in paid.items()}
        later["at"] = later["at"] + random.integers(1, 20 * 24, len(chosen)) * (DAY_US // 24)
        tables[kind] = _table(kind, later, first_id)
        first_id += counts[kind]
    lake_folder.write(place, tables, as_of_us=_us(LAST) + 60 * DAY_US)


def _orders(random: np.random.Generator, count: int) -> dict[str, np.ndarray]:
    """Return columns of orders in the order of time. A customer's orders gather after her first, some come daily."""
    customers = max(1, count // 8)
    appetite = random.lognormal(0.0, 1.2, customers)
    customer = random.choice(customers, count, p=appetite / appetite.sum())
    born = random.integers(_us(FIRST), _us(LAST), customers)
    at = born[customer] + (random.random(count) ** 1.5 * (_us(LAST) - born[customer])).astype(np.int64)
    order = np.argsort(at, kind="stable")
    customer, at = customer[order], at[order]
    return {
        "order": np.arange(1, count + 1),
        "customer": np.where(random.random(count) < 0.03, -1, customer + 1),
        "store": random.integers(1, 4, count),
        "amount": np.maximum(1, random.lognormal(8.2, 0.7, count)).astype(np.int64),
        "at": at,
    }


def _table(kind: str, rows: dict[str, np.ndarray], first_id: int) -> pa.Table:
    count = len(rows["at"])
    at = pa.array(rows["at"])
    columns = {
        "id": pa.array(np.arange(first_id + 1, first_id + count + 1)),
        "customer": pa.array(rows["customer"], mask=rows["customer"] < 0),
        "store": pa.array(rows["store"].astype(np.int32)),
        "subject": pa.array(np.char.add("order:", rows["order"].astype(str))),
        "occurred_us": at,
        "recorded_us": at,
        "ts": at.cast(pa.timestamp("us", "UTC")),
        "local_date": pa.array((rows["at"] // DAY_US).astype(np.int32)).cast(pa.date32()),
        "local_hour": pa.array((rows["at"] // (DAY_US // 24) % 24).astype(np.int8)),
        "by": pa.repeat("import", count),
        "order": pa.array(rows["order"]),
    }
    if kind in ("order.paid", "order.refunded"):
        columns["amount_minor"] = pa.array(rows["amount"])
        columns["currency"] = pa.repeat("USD", count)
    if kind == "order.paid":
        columns["placed_us"] = at
        columns["items"] = pa.array(rows["amount"] % 5 + 1)
    return pa.table(columns)


def _us(at: datetime) -> int:
    return int(at.timestamp()) * 1_000_000
