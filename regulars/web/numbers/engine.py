"""The lake as the pages ask it: opened once a process, with a mark that changes when its numbers may."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path

from regulars.base.clock import from_us, now
from regulars.base.installation import ShopSettings
from regulars.insight import CATALOGUE, Lake, extent
from regulars.insight.activities import PAID
from regulars.web.numbers.periods import anchor

# Raised when what is stored changes its shape.
VERSION = 1


@cache
def _open(folder: Path) -> Lake:
    return Lake(folder, memory_mb=512, threads=2, refresh_seconds=1.0)


def engine() -> Lake:
    """Return the installation's lake."""
    # Arrow comes with it: only who asks the lake pays for loading it.
    from regulars.stream.lake import lake_folder

    return _open(lake_folder())


def mark(shop: ShopSettings, today: date, spans: str = PAID) -> str:
    """Return a digest of all that numbers depend on: the lake's files, the shop's settings and the day.

    spans: numbers of orders, or of another kind of activity. Visits change nothing about orders, so they must not make
    a busy site's shop add up its orders again every minute.
    """
    manifest = engine().manifest
    kinds = {kind for metric in CATALOGUE.values() if metric.spans == spans for kind in metric.kinds}
    dimensions = [path for name, path in manifest.dimensions if spans != PAID or name != "visitor_map"]
    parts = [
        str(VERSION), shop.currency, shop.timezone, str(shop.week_start), str(shop.regular_orders), today.isoformat(),
        *sorted(f.digest or f.path for f in manifest.files if f.kind in kinds),
        *sorted(dimensions),
    ]  # fmt: skip
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:24]


def local_today(shop: ShopSettings) -> date:
    """Return the shop's day now."""
    return now().astimezone(shop.zone).date()


@dataclass(frozen=True, slots=True)
class Known:
    """What the lake holds of a store (None: the whole shop): the days of its first and last order, or visit."""

    store: int | None
    today: date
    first: date | None
    last: date | None

    @property
    def end(self) -> date:
        """Return the day up to which numbers are shown."""
        return anchor(self.today, self.last)


def known(shop: ShopSettings, store: int | None, kind: str = PAID) -> Known:
    """Return what the lake holds of ``store``: orders, or the activities of another ``kind`` that numbers span."""
    span = extent(engine(), store, kind)
    return Known(store, local_today(shop), span.first if span else None, span.last if span else None)


def as_of() -> datetime:
    """Return the instant up to which the lake knows the stream."""
    return from_us(engine().manifest.as_of_us)
