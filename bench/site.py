"""Pages of visits over ten million events of a month: how long a page takes at its first look, and later.

Pages read a lake that is made in one piece; a smaller part of events goes the whole way, through the stream, the
follower and the lake's writer, and is told as events a second. The lists, which read the database, are of that part.
"""

from __future__ import annotations

import os
import random
import tempfile
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

from bench import big_site
from bench.framework import Outcome, in_child, say

NAME = "site"
HELP = "pages of visits over 10 million events of a month: seconds of the first look, milliseconds of later ones"
PAGES = (
    "/visits/",
    "/visits/?by=entry",
    "/visits/?by=product",
    "/visits/?channel=search",
    "/visits/products/",
    "/visits/paths/",
    "/visits/returns/",
    "/visits/lists/looked-today/",
    "/visits/lists/baskets-left/",
    "/visits/lists/wanted-in-vain/",
    "/visits/now",
    "/visits/customers",
    "/numbers/visits/",
    "/numbers/return_visits/",
)
TIMES = 5
CUSTOMERS = 5_000
CHUNK = 50_000
LOADED = 200_000
REFERRERS = ("", "", "www.google.com", "www.baidu.com", "weibo.com", "mp.weixin.qq.com", "www.instagram.com")
Row = tuple[Any, ...]


def run() -> Outcome:
    """Load and measure; --events makes the month smaller or larger."""
    events = int(os.environ.get("REGULARS_BENCH_ROWS", "10000000"))
    lake = big_site.folder(events)
    with tempfile.TemporaryDirectory(prefix="regulars-bench-") as home:
        loaded, _peak = in_child(load, home, min(events, LOADED))
        (Path(home) / "lake").rename(Path(home) / "lake-of-what-was-loaded")
        (Path(home) / "lake").symlink_to(lake)
        pages, peak = in_child(ask, home)
    ratios = {
        "first_look_worst_s": max(first for first, _later in pages.values()) / 1000,
        "later_worst_ms": max(later for _first, later in pages.values()),
    }
    detail = {"events": events, "loading": loaded, "pages_first_ms_later_ms": pages}
    return Outcome(ratios, peak, detail)


def _open(home: str) -> None:
    """Make this process one of the installation at ``home``."""
    os.environ["REGULARS_HOME"] = home
    os.environ["DJANGO_SETTINGS_MODULE"] = "regulars.config.settings"
    for name in ("DATABASE_URL", "REGULARS_BENCH_ROWS"):
        os.environ.pop(name, None)
    from regulars.cli.start import ensure_tables, start_django

    start_django()
    ensure_tables()


def load(home: str, events: int) -> dict[str, float]:
    """Return the events a second of each step of the way."""
    _open(home)
    from regulars.base.clock import now
    from regulars.sources.tracker.following import follow
    from regulars.stream.lake import write_now

    loaded: dict[str, float] = {}
    for name, step in (
        ("stream", lambda: _load(events)), ("follower", lambda: follow(at=now())), ("lake", lambda: write_now()),
    ):  # fmt: skip
        began = time.perf_counter()
        step()
        loaded[f"{name}_events_a_second"] = round(events / (time.perf_counter() - began))
        say(f"  {name}: {time.perf_counter() - began:.1f} s")
    return loaded


def _load(events: int) -> None:
    from django.db import transaction

    from regulars.base import bulk
    from regulars.base.actor import SYSTEM
    from regulars.base.clock import now, to_us
    from regulars.base.secrets import digest
    from regulars.people.drafts import BuyerDraft
    from regulars.people.operations import remember_buyers
    from regulars.shop.operations import add_store
    from regulars.sources.tracker.operations import add_key
    from regulars.stream.operations import record_rows

    at = now()
    store = add_store(name="Site", currency="CNY", timezone="UTC", by=SYSTEM, at=at)
    key = add_key(name="Site", store=store, use="browser", by=SYSTEM, at=at)
    scope = f"store:{store.pk}"
    with transaction.atomic():
        buyers = [BuyerDraft(account=str(n), name=f"Customer {n}") for n in range(CUSTOMERS)]
        remember_buyers(buyers, [0] * CUSTOMERS, scope=scope, source="bench", by=SYSTEM, at=at)
        links = [
            (_visitor(n), digest("account", scope, str(n)), "account", key.pk, to_us(at)) for n in range(CUSTOMERS)
        ]
        bulk.insert("tracker_link", ["visitor", "digest", "kind", "key_id", "at"], links)
    rows = _rows(events, store.pk, key.pk, to_us(at - timedelta(days=30)))
    while part := [row for _n, row in zip(range(CHUNK), rows, strict=False)]:
        with transaction.atomic():
            record_rows(part)


def _visitor(number: int) -> str:
    return f"{number * 2_654_435_761 % 2**48:024x}"


def _rows(events: int, store: int, key: int, begin_us: int) -> Iterator[Row]:
    """Yield events of visits of five, in the order of time, over thirty days."""
    chance = random.Random(11)
    by, visits, visitors = f"site:{key}", events // 5, events // 12 + 1
    step = 30 * 86_400_000_000 // max(1, visits)
    for visit in range(visits):
        at = begin_us + visit * step
        visitor = _visitor(int(visitors * chance.random() ** 1.6))
        product, referrer = int(600 * chance.random() ** 2), chance.choice(REFERRERS)
        seen = f'{{"key":{key},"product":"P{product}","name":"Product {product}"}}'
        site = f'"key":{key},"host":"x.example"'
        bodies = (
            (
                "site.page_viewed",
                f'{{{site},"path":"/","referrer":"{referrer}","device":"phone"}}',
            ),
            ("site.page_viewed", f'{{{site},"path":"/p/{product}"}}'),
            ("site.product_viewed", seen),
            ("site.engaged", f'{{"key":{key},"path":"/p/{product}","seconds":{20 + product % 70}}}'),
            ("site.product_added", seen) if chance.random() < 0.2 else ("site.searched", f'{{"key":{key}}}'),
        )
        for place, (kind, body) in enumerate(bodies):
            happened = at + place * 15_000_000
            name = f"{by}:{visit}-{place}"
            yield name, kind, None, visitor, store, None, None, None, happened, happened, by, None, body


def ask(home: str) -> dict[str, tuple[float, float]]:
    """Return each page's first and median later milliseconds."""
    _open(home)
    from django.test import Client

    from regulars.base.clock import now
    from regulars.staff.operations import create_owner

    owner = create_owner(email="olive@example.com", name="Olive", password="calm harbour 42", at=now())
    client = Client(SERVER_NAME="localhost")
    client.force_login(owner)
    found = {}
    for path in PAGES:
        taken = []
        for _turn in range(TIMES + 1):
            began = time.perf_counter()
            answer = client.get(path)
            taken.append((time.perf_counter() - began) * 1000)
            if answer.status_code != 200:
                raise AssertionError(f"{path} answered {answer.status_code}")
        found[path] = (round(taken[0], 1), round(sorted(taken[1:])[TIMES // 2], 1))
        say(f"  {path:32} first {taken[0]:8.1f} ms, later {found[path][1]:7.1f} ms")
    return found
