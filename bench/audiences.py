"""Count and sample of an audience's rule while it is typed, at 100,000 customers with their orders and visits.

Twenty rules are typed sign by sign. Each beginning that can be read is asked as the builder page asks it: the text is
read, its people are counted, ten are sampled. What is kept from one sign to the next is forgotten before each rule, so
the first sign of each counts in full. ``p95_ms`` is over all of these questions; the limit is 300 ms. The database is
SQLite as the product opens it, and is made anew from one seed.
"""

from __future__ import annotations

import os
import random
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench import seed
from bench.framework import Outcome, in_child, say

NAME = "audiences"
HELP = "count and sample of a rule at 100,000 customers, at every step of typing it; limit 300 ms"
ORDERS = 250_000
VISITS = 200_000
VISITORS = 60_000
ROUNDS = 3
RULES = (
    "orders at least 2",
    "orders at least 2 in 365 days",
    "orders exactly 1 and last order over 60 days ago",
    "spent at least 50 in 180 days",
    "spent at least 30 and not agreed to email",
    "agreed to email and not suppressed",
    'bought product "Coffee no. 7"',
    'bought product "Coffee no. 7" in 365 days and not bought product "Coffee no. 9"',
    'bought category "Beans no. 3" at least 2 in 365 days and country is DE',
    "bought sku SKU-12, SKU-13",
    "bought at Tmall and last order within 90 days",
    "country is DE and city is Berlin and orders at least 1",
    "language is zh and state is lapsed",
    "visits at least 2 in 30 days and orders exactly 1",
    "last visit within 14 days and last order over 90 days ago",
    'viewed product "Coffee no. 20" in 30 days and not bought product "Coffee no. 20"',
    "did order.refunded in 365 days",
    'random 10% "spring" and agreed to email',
    'in audience "Regulars" and not in audience "Came lately"',
    'orders at least 2 in 365 days and last order over 60 days ago and bought product "Coffee no. 3" and country is DE '
    'and not in audience "Regulars" and random 10% "spring"',
)  # fmt: skip


def run() -> Outcome:
    """Make the shop and measure."""
    with tempfile.TemporaryDirectory(prefix="regulars-bench-audiences-") as home:
        in_child(build, home)
        detail, peak = in_child(measure, home)
    ratios = {name: detail.pop(name) for name in ("p95_ms", "median_ms", "worst_ms")}
    return Outcome(ratios, peak, detail)


def _open(home: str) -> None:
    os.environ["REGULARS_HOME"] = home
    os.environ["DJANGO_SETTINGS_MODULE"] = "regulars.config.settings"
    os.environ.pop("DATABASE_URL", None)
    import django

    django.setup()


def build(home: str) -> None:
    """Make the shop in the folder ``home``."""
    _open(home)
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    say("writing 100,000 customers with orders and visits")
    with sqlite3.connect(Path(home) / "regulars.sqlite3", isolation_level=None) as base:
        base.execute("PRAGMA synchronous=OFF")
        seed._shop(base)
        base.execute("UPDATE shop_product SET category = 'Beans no. ' || (id % 8)")  # as many as a shop has
        seed._people(base)
        _orders(base)
        _visits(base)
        base.execute("ANALYZE")
    base.close()
    _settle()


def _orders(base: sqlite3.Connection) -> None:
    chance = random.Random(11)
    lines: list[tuple[Any, ...]] = []

    def orders() -> Iterator[tuple[Any, ...]]:
        for pk in range(1, ORDERS + 1):
            # Most buy once or twice, a few often.
            customer = pk if pk <= 90_000 else 1 + int(seed.CUSTOMERS * chance.random() ** 2)
            placed = seed.START_US + int((seed.END_US - seed.START_US) * chance.random())
            total = 0
            for position in range(1 + (chance.random() < 0.35)):
                product = 1 + int(seed.PRODUCTS * chance.random() ** 2)
                total += 900 + product
                said = (f"Coffee no. {product}", f"SKU-{product}", "250 g", product, 1, 900 + product, 900 + product)
                lines.append((pk, position, *said))
            state = "paid" if chance.random() < 0.97 else "closed"
            paid = total if state == "paid" else 0
            refunded = paid if paid and chance.random() < 0.03 else 0
            store = 1 if chance.random() < 0.7 else 2
            yield (
                pk, store, str(pk), customer, state, state, "USD", total, paid, 0, 0, 0, refunded, paid, 1, placed,
                placed if paid else None, None, b"", 0,
            )  # fmt: skip

    seed._insert(
        base, "shop_order",
        "id store_id number customer_id state platform_status currency gross_minor paid_minor discount_minor "
        "shipping_minor tax_minor refunded_minor reporting_minor items placed_at paid_at closed_at content revision",
        orders(),
    )  # fmt: skip
    seed._insert(
        base, "shop_line", "order_id position title sku variant_title product_id quantity unit_minor total_minor",
        iter(lines),
    )  # fmt: skip
    base.execute(
        "INSERT INTO shop_refund (order_id, amount_minor, refunded_at, is_date_known, reason) "
        "SELECT id, refunded_minor, paid_at, 1, '' FROM shop_order WHERE refunded_minor > 0"
    )
    for table in seed._OF_ORDERS[:1] + seed._OF_ORDERS[5:6]:
        kind, amount, at, where, body = table
        base.execute(
            f"{seed._ACTIVITY} SELECT '{kind}:' || id, '{kind}', customer_id, store_id, 'order:' || id, {amount}, "
            f"currency, {at}, {at}, 'import:1', 1, {body}, 0 FROM shop_order WHERE {where}"
        )


def _visits(base: sqlite3.Connection) -> None:
    """Visits of the last year, of visitors of whom each second is known by her e-mail address."""
    from regulars.base import secrets

    chance = random.Random(13)
    seed._insert(
        base, "tracker_sitekey", "id key store_id use name created_at by closed_by",
        iter([(1, "k", 1, "browser", "Site", seed.START_US, "staff:1", "")]),
    )  # fmt: skip
    seed._insert(
        base, "tracker_link", "visitor digest kind key_id at",
        (
            (f"v{n}", secrets.digest("email", "", f"customer{1 + n}@example.com"), "email", 1, seed.END_US)
            for n in range(0, VISITORS, 2)
        ),
    )  # fmt: skip

    def rows() -> Iterator[tuple[Any, ...]]:
        for n in range(VISITS):
            at = seed.END_US - int(365 * seed.DAY_US * chance.random())
            visitor = f"v{chance.randrange(VISITORS)}"
            product = 1 + int(seed.PRODUCTS * chance.random() ** 2)
            seen = f'{{"key":1,"product":"p{product}","name":"Coffee no. {product}","is_bot":false}}'
            visit = '{"key":1,"seconds":60,"pages":3,"channel":"direct","agent":"person"}'
            for kind, body in (("site.product_viewed", seen), ("site.visited", visit)):
                yield f"{kind}:{n}", kind, visitor, 1, at, at, "site:1", body, 0

    seed._insert(
        base, "stream_activity", "key kind visitor store_id occurred_at recorded_at by body tx", rows()
    )  # fmt: skip


def _settle() -> None:
    from regulars.base.actor import SYSTEM
    from regulars.base.clock import now
    from regulars.base.installation import ShopSettings, save_shop_settings
    from regulars.desks.outreach.audiences.operations import save_audience
    from regulars.shop.operations import refresh_summaries

    settled = ShopSettings(name="Corner Coffee", currency="USD", timezone="Europe/Berlin")
    save_shop_settings(settled, by=SYSTEM, at=now())
    refresh_summaries(range(1, seed.CUSTOMERS + 1))
    save_audience(name="Regulars", rule="orders at least 3 and agreed to email", by=SYSTEM, at=now())
    lately = "last order within 30 days or visits at least 1 in 30 days"
    save_audience(name="Came lately", rule=lately, by=SYSTEM, at=now())


def _steps(text: str) -> list[str]:
    """Return the beginnings of a rule that can be read, each that says something new; the page opens with none."""
    from regulars.decisions.audiences import RuleError
    from regulars.desks.outreach.audiences.queries import read

    found: list[str] = []
    seen = set()
    for end in range(len(text) + 1):
        try:
            rule = read(text[:end])
        except RuleError:
            continue
        if rule not in seen:
            seen.add(rule)
            found.append(text[:end])
    return found


def _asked(text: str) -> tuple[float, int]:
    """Return the milliseconds that a step takes, and how many people it finds."""
    from regulars.base.clock import now
    from regulars.desks.outreach.audiences.queries import find, read

    began = time.perf_counter()
    found = find(read(text), at=now())
    return (time.perf_counter() - began) * 1000, found.count


def measure(home: str) -> dict[str, Any]:
    """Return milliseconds over all steps, and of each whole rule."""
    _open(home)
    from regulars.desks.outreach.audiences import typing

    every: list[float] = []
    of_step: dict[str, tuple[float, int]] = {}
    for text in RULES:
        steps, rounds = _steps(text), []
        for _round in range(ROUNDS):
            typing.forget()
            rounds.append([_asked(step) for step in steps])
        for step, *taken in zip(steps, *rounds, strict=True):
            every.append(statistics.median(ms for ms, _people in taken))
            of_step[step] = (round(every[-1], 1), taken[0][1])
    slowest = sorted(of_step.items(), key=lambda item: -item[1][0])[:12]
    return {
        "p95_ms": statistics.quantiles(every, n=20, method="inclusive")[-1],
        "median_ms": statistics.median(every),
        "worst_ms": max(every),
        "steps": len(every),
        "slowest_ms_people": dict(slowest),
        "rules_ms_people": {text: of_step[text] for text in RULES if text in of_step},
    }
