"""Small and real shops as lakes, and the same shops as plain rows, so that every number can be had by another path."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa

from bench import lake_folder
from regulars.insight import Lake

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Sale:
    """A paid order, or a refund, in plain Python. The shops here live in UTC."""

    customer: int | None
    at: datetime
    minor: int
    currency: str = "USD"
    store: int = 1

    @property
    def day(self) -> date:
        return self.at.date()


def sale(customer: int | None, day: str, minor: int = 1000, **other: Any) -> Sale:
    """Return a sale at noon of ``day``."""
    return Sale(customer, datetime.fromisoformat(f"{day}T12:00:00+00:00"), minor, **other)


def us(at: datetime) -> int:
    return (at - EPOCH) // timedelta(microseconds=1)


def table_of(sales: Sequence[Sale], first_id: int, *, has_placed: bool) -> pa.Table:
    at = pa.array([us(s.at) for s in sales], pa.int64())
    columns = {
        "id": pa.array(range(first_id, first_id + len(sales)), pa.int64()),
        "customer": pa.array([s.customer for s in sales], pa.int64()),
        "store": pa.array([s.store for s in sales], pa.int32()),
        "amount_minor": pa.array([s.minor for s in sales], pa.int64()),
        "currency": pa.array([s.currency for s in sales], pa.string()),
        "occurred_us": at,
        "local_date": pa.array([s.day for s in sales], pa.date32()),
    }
    if has_placed:
        columns["placed_us"] = at
    return pa.table(columns)


def open_lake(
    folder: Path,
    sales: Sequence[Sale],
    refunds: Sequence[Sale] = (),
    *,
    merged: dict[int, int] | None = None,
    rates: Iterable[tuple[str, str, date, float]] = (),
    as_of: datetime | None = None,
) -> Lake:
    """Return a lake of these sales in ``folder``, whose stream was read to ``as_of`` (else the last sale)."""
    activities = {"order.paid": table_of(sales, 1, has_placed=True)} if sales else {}
    if refunds:
        activities["order.refunded"] = table_of(refunds, len(sales) + 1, has_placed=False)
    dimensions = {}
    if merged:
        dimensions["customer_map"] = pa.table({"customer": list(merged), "root": list(merged.values())})
    rows = list(rates)
    if rows:
        names = ("source", "target", "date", "rate")
        dimensions["rates"] = pa.table({n: [r[i] for r in rows] for i, n in enumerate(names)})
    last = as_of or max((s.at for s in (*sales, *refunds)), default=EPOCH)
    lake_folder.write(folder, activities, as_of_us=us(last), dimensions=dimensions)
    return Lake(folder, memory_mb=256, threads=1)


def cdnow(path: Path) -> list[Sale]:
    """Return the purchases of CDNOW_master.txt."""
    found = []
    for line in path.read_text().splitlines()[1:]:
        customer, day, _, dollars = line.split()
        at = datetime.strptime(day, "%Y%m%d").replace(tzinfo=UTC)
        found.append(Sale(int(customer), at, round(float(dollars) * 100)))
    return found


def olist(folder: Path) -> list[Sale]:
    """Return the orders of the Olist sample that were paid, in Brazilian real; a customer is the unique id."""
    paid: dict[str, int] = {}
    for row in _rows(folder / "olist_order_payments_dataset.csv"):
        paid[row["order_id"]] = paid.get(row["order_id"], 0) + round(float(row["payment_value"]) * 100)
    unique = {r["customer_id"]: r["customer_unique_id"] for r in _rows(folder / "olist_customers_dataset.csv")}
    numbers = {name: n for n, name in enumerate(sorted(set(unique.values())), 1)}
    return [
        Sale(
            numbers[unique[row["customer_id"]]],
            datetime.fromisoformat(row["order_purchase_timestamp"]).replace(tzinfo=UTC),
            paid[row["order_id"]],
            "BRL",
        )
        for row in _rows(folder / "olist_orders_dataset.csv")
        if row["order_status"] not in ("canceled", "unavailable") and row["order_id"] in paid
    ]


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))
