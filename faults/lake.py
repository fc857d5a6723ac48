"""The lake writer is killed at each of its steps; the next run must leave the lake as the stream is."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pyarrow.parquet as pq

from faults.installation import Installation, new
from faults.outcome import Outcome
from regulars.base.actor import SYSTEM
from regulars.base.clock import now, to_us

POINTS = (
    "lake.1.before_files",
    "lake.2.after_files",
    "lake.3.before_rename",
    "lake.4.after_rename",
    "lake.5.after_cleanup",
)
RECORDED, TAKEN_BACK = 300, 40


def run(rounds: int = 2) -> Outcome:
    """Kill at every point, ``rounds`` times; from the second round on files are merged as well."""
    outcome = Outcome("lake")
    halves = 0
    with new() as shop:
        for number in range(rounds * len(POINTS)):
            point = POINTS[number % len(POINTS)]
            outcome.acknowledged += _change(number)
            outcome.killed(point, shop.regulars("lake", "write", fault=point))
            halves += _unreadable(shop.home / "lake")
            _recover(shop, outcome)
    outcome.detail = {"half_lakes_seen": halves, "rounds": rounds}
    outcome.lost += halves
    return outcome


def _change(number: int) -> int:
    """Record and take back activities, committed; return how many that was."""
    from django.db import transaction

    from regulars.shop.kinds import OrderPaid, ParcelShipped
    from regulars.stream.models import Activity
    from regulars.stream.operations import NewActivity, record_many, retract

    at = now()
    orders = range(number * RECORDED, (number + 1) * RECORDED)
    days = [at - timedelta(days=order % 70) for order in orders]
    with transaction.atomic():
        record_many(
            [
                *(
                    NewActivity(
                        "order.paid", f"order.paid:{order}", day, OrderPaid(order, to_us(day), items=1),
                        customer=order % 90, amount_minor=100 + order, currency="CNY",
                    )
                    for order, day in zip(orders, days, strict=True)
                ),
                *(
                    NewActivity("parcel.shipped", f"parcel.shipped:{order}", day, ParcelShipped(order))
                    for order, day in zip(orders, days, strict=True)
                ),
            ],
            by=SYSTEM,
            at=at,
        )  # fmt: skip
    every = list(Activity.objects.order_by("id").values_list("id", flat=True))
    retract(every[:: len(every) // TAKEN_BACK][:TAKEN_BACK], reason="fault run", by=SYSTEM, at=at)
    return 2 * RECORDED + TAKEN_BACK


def _manifest(lake: Path) -> list[dict[str, str]]:
    try:
        files: list[dict[str, str]] = json.loads((lake / "manifest.json").read_text(encoding="utf-8"))["files"]
    except FileNotFoundError:
        return []
    return files


def _unreadable(lake: Path) -> int:
    """Return how many files a reader would stumble over at this moment."""
    count = 0
    for file in _manifest(lake):
        path = lake / file["path"]
        count += not path.exists() or hashlib.sha256(path.read_bytes()).hexdigest() != file["sha256"]
    return count


def _recover(shop: Installation, outcome: Outcome) -> None:
    from regulars.stream import lake
    from regulars.stream.models import Activity

    place = lake.lake_folder()
    lake.write(place, at=now())
    held: Counter[int] = Counter()
    for file in _manifest(place):
        held.update(pq.ParquetFile(place / file["path"]).read(columns=["id"])["id"].to_pylist())
    stream = set(Activity.objects.values_list("id", flat=True))
    outcome.lost += len(stream - held.keys())
    # What was taken back and is still there counts twice as well.
    outcome.doubled += sum(times - 1 for times in held.values()) + len(held.keys() - stream)
    outcome.lost += len(lake.verify(place, at=now()).problems)
