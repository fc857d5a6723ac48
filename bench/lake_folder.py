"""Writes a lake folder straight from Arrow tables, without the product's writer: for benchmarks and for tests."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

_PRODUCT = [
    ("key", pa.int64()),
    ("product", pa.string()),
    ("name", pa.string()),
    ("sku", pa.string()),
    ("quantity", pa.int64()),
    ("is_bot", pa.bool_()),
]
_BASKET = [("key", pa.int64()), ("order", pa.string()), ("items", pa.int64()), ("is_bot", pa.bool_())]
_COUNTS = ("key", "seconds", "engaged_seconds", "pages", "products", "added", "checkouts", "orders", "searches")
_TEXTS = (
    "host", "entry", "second", "third", "exit", "product", "channel", "source", "medium", "campaign", "referrer",
    "place", "device", "first", "agent",
)  # fmt: skip
BODY: dict[str, list[tuple[str, Any]]] = {
    "order.paid": [
        ("order", pa.int64()),
        ("placed_us", pa.int64()),
        ("items", pa.int64()),
        ("discount_minor", pa.int64()),
        ("shipping_minor", pa.int64()),
        ("tax_minor", pa.int64()),
        ("revision", pa.int64()),
    ],
    "order.refunded": [("order", pa.int64()), ("is_date_known", pa.bool_())],
    "parcel.shipped": [("order", pa.int64())],
    "parcel.delivered": [("order", pa.int64())],
    "message.handed_over": [
        *((name, pa.string()) for name in ("channel", "scope", "step")),
        ("is_marketing", pa.bool_()),
    ],
    "site.page_viewed": [
        ("key", pa.int64()),
        *((name, pa.string()) for name in ("host", "path", "title", "referrer", "source", "medium", "campaign")),
        ("is_bot", pa.bool_()),
    ],
    "site.product_viewed": _PRODUCT,
    "site.product_added": _PRODUCT,
    "site.checkout_started": _BASKET,
    "site.order_hinted": _BASKET,
    "site.visited": [
        *((name, pa.int64()) for name in _COUNTS),
        *((name, pa.string()) for name in _TEXTS),
    ],
}
_COMMON = [
    ("id", pa.int64()),
    ("customer", pa.int64()),
    ("visitor", pa.string()),
    ("store", pa.int32()),
    ("subject", pa.string()),
    ("amount_minor", pa.int64()),
    ("currency", pa.string()),
    ("occurred_us", pa.int64()),
    ("recorded_us", pa.int64()),
    ("ts", pa.timestamp("us", "UTC")),
    ("local_date", pa.date32()),
    ("local_hour", pa.int8()),
    ("by", pa.string()),
    ("batch", pa.int64()),
]


def schema(kind: str) -> pa.Schema:
    """Return the columns of ``kind``'s files."""
    return pa.schema(_COMMON + BODY[kind])


def write(
    folder: Path,
    activities: Mapping[str, pa.Table],
    *,
    zone: str = "UTC",
    as_of_us: int,
    dimensions: Mapping[str, pa.Table] | None = None,
) -> None:
    """Write ``activities`` (by kind, columns of ``schema``; missing ones are null) and the manifest into ``folder``."""
    write_pieces(folder, [activities], zone=zone, as_of_us=as_of_us, dimensions=lambda: dimensions or {})


def write_pieces(
    folder: Path,
    pieces: Iterable[Mapping[str, pa.Table]],
    *,
    zone: str = "UTC",
    as_of_us: int,
    dimensions: Callable[[], Mapping[str, pa.Table]],
) -> None:
    """Write a lake as ``write`` does, of pieces that need not be in memory together; each has files of its own.

    dimensions: asked for once all pieces are written, so it may tell of what was in them.
    """
    files: list[dict[str, Any]] = []
    currencies: set[str] = set()
    for number, activities in enumerate(pieces):
        for kind, table in activities.items():
            files += _write_kind(folder, kind, table, number)
            if "currency" in table.column_names:
                currencies |= {c for c in pc.unique(table["currency"]).to_pylist() if c}
    named = {}
    for name, table in dimensions().items():
        named[name] = f"dimensions/{name}.parquet"
        _write_file(folder / named[name], table)
    manifest = {
        "version": 1,
        "as_of_us": as_of_us,
        "zone": zone,
        "cursor": {"tx": 0, "id": max((f["max_id"] for f in files), default=0)},
        "retractions": {"tx": 0, "id": 0},
        "files": files,
        "dimensions": named,
        "currencies": sorted(currencies),
    }
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "manifest.json").write_text(json.dumps(manifest))


def _write_kind(folder: Path, kind: str, table: pa.Table, piece: int) -> Iterator[dict[str, Any]]:
    whole = schema(kind)
    months = np.asarray(table["local_date"].cast(pa.int32())).astype("datetime64[D]").astype("datetime64[M]")
    customers = np.asarray(table["customer"].fill_null(-1))
    order = np.lexsort((np.asarray(table["occurred_us"]), customers, months))
    names, starts = np.unique(months[order], return_index=True)
    for place, month in enumerate(names):
        last = starts[place + 1] if place + 1 < len(starts) else len(order)
        part = table.take(pa.array(order[starts[place] : last]))
        columns = [
            part[f.name].cast(f.type) if f.name in part.column_names else pa.nulls(len(part), f.type) for f in whole
        ]
        path = f"kind={kind}/month={month}/part-{piece}-{place}.parquet"
        _write_file(folder / path, pa.table(columns, schema=whole))
        ids = part["id"]
        yield {
            "path": path,
            "kind": kind,
            "month": str(month),
            "rows": len(part),
            "min_id": pc.min(ids).as_py(),
            "max_id": pc.max(ids).as_py(),
            "sha256": hashlib.sha256((folder / path).read_bytes()).hexdigest(),
        }


def _write_file(path: Path, table: pa.Table) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(table, path, compression="zstd", row_group_size=122_880)
