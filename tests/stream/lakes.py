"""Activities to try the lake with, and the lake and the stream each as plain rows, read by different ways."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Thread
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow.parquet as pq
from django.db import connection, transaction

from regulars.base.actor import SYSTEM, Actor
from regulars.base.clock import from_us, to_us
from regulars.base.installation import save_shop_settings, shop_settings
from regulars.shop.kinds import OrderPaid, OrderRefunded, ParcelShipped, PriceChanged, StoreAdded
from regulars.stream.kinds import KINDS
from regulars.stream.models import Activity
from regulars.stream.operations import NewActivity, record_many, retract

AT = datetime(2026, 3, 29, 12, tzinfo=UTC)
SHANGHAI = "Asia/Shanghai"
COMMON = (
    "id", "customer", "visitor", "store", "subject", "amount_minor", "currency", "occurred_us", "recorded_us", "ts",
    "local_date", "local_hour", "by", "batch",
)  # fmt: skip


def live_in(zone: str) -> None:
    """Move the shop to another time zone."""
    save_shop_settings(replace(shop_settings(), timezone=zone), by=SYSTEM, at=AT)


def activity(number: int, at: datetime = AT, kind: str = "order.paid", key: str = "") -> NewActivity:
    """Return an activity of Ada, Ben or nobody known; what it is follows from its number."""
    about: dict[str, Any] = {"customer": number % 3 or None, "store": 1, "subject": f"order:{number}"}
    amount = {"amount_minor": 100 + number, "currency": "EUR" if number % 5 == 0 else "CNY"}
    bodies: dict[str, tuple[Any, dict[str, Any]]] = {
        "order.paid": (OrderPaid(number, to_us(at - timedelta(hours=9)), items=2, tax_minor=number), amount),
        "order.refunded": (OrderRefunded(number, is_date_known=number % 2 == 0), amount),
        "parcel.shipped": (ParcelShipped(number), {}),
        "product.price_changed": (PriceChanged(number, 7, None if number % 2 else 300), amount),
        "store.added": (StoreAdded(number), {"visitor": 'says "hi", 王芳\nand more'}),
    }
    body, more = bodies[kind]
    return NewActivity(kind, key or f"{kind}:{number}", at, body, **(about | more))


def record(activities: Iterable[NewActivity], *, batch: int | None = None, by: Actor = SYSTEM) -> None:
    """Record them in a transaction of their own."""
    with transaction.atomic():
        record_many(list(activities), by=by, at=AT, batch=batch)


def take_back(ids: Iterable[int]) -> None:
    """Retract activities."""
    retract(list(ids), reason="test", by=SYSTEM, at=AT)


def manifest(place: Path) -> dict[str, Any]:
    """Return the manifest as anybody reads it."""
    found: dict[str, Any] = json.loads((place / "manifest.json").read_text(encoding="utf-8"))
    return found


def in_lake(place: Path) -> list[tuple[Any, ...]]:
    """Return the lake's activities: kind, the common columns, the body; by id."""
    found = []
    for file in manifest(place)["files"]:
        rows = pq.ParquetFile(place / file["path"]).read().to_pylist()
        assert len(rows) == file["rows"]
        order = [(row["customer"] is None, row["customer"] or 0, row["occurred_us"]) for row in rows]
        assert order == sorted(order)
        for row in rows:
            assert f"{row['local_date']:%Y-%m}" == file["month"]
            body = {name.removeprefix("body_"): value for name, value in row.items() if name not in COMMON}
            found.append((file["kind"], *(row[name] for name in COMMON), body))
    return sorted(found, key=lambda row: row[1])


def in_stream(zone: str) -> list[tuple[Any, ...]]:
    """Return what the lake should hold, row by row in plain Python."""
    found = []
    for row in Activity.objects.order_by("id"):
        body = json.loads(row.body)
        dated_by = KINDS[row.kind].dated_by
        local = (from_us(body[dated_by]) if dated_by else row.occurred_at).astimezone(ZoneInfo(zone))
        found.append((
            row.kind, row.pk, row.customer_id, row.visitor, row.store_id, row.subject, row.amount_minor, row.currency,
            to_us(row.occurred_at), to_us(row.recorded_at), row.occurred_at, local.date(), local.hour, row.by,
            row.batch, body,
        ))  # fmt: skip
    return found


def assert_same(place: Path, zone: str = "UTC") -> None:
    """Require the lake to be the stream, whole and once."""
    assert in_lake(place) == in_stream(zone)


@contextmanager
def elsewhere(work: Any) -> Iterator[None]:
    """Do ``work()`` on another thread with a connection of its own, while the caller goes on after it."""
    errors: list[BaseException] = []

    def run() -> None:
        try:
            work()
        except BaseException as error:
            errors.append(error)
        finally:
            connection.close()

    thread = Thread(target=run)
    thread.start()
    thread.join(30)
    assert not errors, errors
    assert not thread.is_alive()
    yield
