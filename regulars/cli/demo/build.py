"""Making the demo shop: the world's orders go through the same operations as a real file's."""

from __future__ import annotations

import csv
import math
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import groupby, islice
from operator import itemgetter
from pathlib import Path

from django.db import transaction

from regulars.base.actor import SYSTEM, Actor
from regulars.base.clock import from_us
from regulars.base.installation import ShopSettings
from regulars.cli.demo import goods, reviews, speaking, visits, voices
from regulars.cli.demo.cast import DAN
from regulars.cli.demo.orders import Till
from regulars.cli.demo.world import DAYS, PLACES, World
from regulars.people import operations as people
from regulars.people import queries as people_queries
from regulars.shop import operations as shop
from regulars.shop.drafts import OrderDraft
from regulars.shop.models import Store
from regulars.shop.operations import Intake, RateEntry, apply_drafts

SEED = 20_260
CHUNK = 5000
ZONE_NAME = "Asia/Shanghai"
BY = Actor("demo")

Say = Callable[[str], None]


def build(*, now: datetime, customers: int, say: Say, seed: int = SEED) -> dict[str, int]:
    """Make the demo shop's facts and stream in an empty installation; return how many orders each store has."""
    begin = now - timedelta(days=DAYS)
    shop.change_settings(
        ShopSettings(name="Corner Coffee 街角咖啡", currency="CNY", timezone=ZONE_NAME), by=SYSTEM, at=begin
    )
    stores = {
        p.key: shop.add_store(
            name=p.name, platform=p.platform, currency=p.currency, timezone=ZONE_NAME, country=p.country,
            by=BY, at=begin,
        )
        for p in PLACES
    }  # fmt: skip
    shop.enter_rates(list(_rates(begin.date(), now.date())), by=BY, at=begin)
    say("three stores and three years of exchange rates")
    orders = Till(World(seed, now, customers), seed).orders()
    _apply(stores, orders, begin=begin, now=now, say=say)
    _dan_leaves(now)
    left, more = speaking.make(stores["own"], now=now, seed=seed)
    say(f"{left:,} mails of a campaign, written into a folder, and {more:,} orders by it")
    say(f"{voices.make(now=now, seed=seed):,} opinions of customers")
    say(f"{reviews.make(now=now, seed=seed):,} reviews of products")
    say(f"{visits.make(stores['own'], orders['own'], now=now, seed=seed):,} events of the site")
    return {store: len(drafts) + (more if store == "own" else 0) for store, drafts in orders.items()}


def _rates(first: date, last: date) -> Iterator[RateEntry]:
    """Yield a dollar's price in yuan on the first day, then on each first of a month, around what it was."""
    day = first - timedelta(days=1)  # the shop's first morning is still the day before in UTC
    while day <= last:
        wave = Decimal(f"{7.12 + 0.09 * math.sin(day.toordinal() / 97):.4f}")
        yield RateEntry(source="USD", target="CNY", date=day, rate=wave)
        day = (day.replace(day=1) + timedelta(days=32)).replace(day=1)


def _apply(
    stores: dict[str, Store], orders: dict[str, list[OrderDraft]], *, begin: datetime, now: datetime, say: Say
) -> None:
    """Apply all stores' orders in the order of time, so that whoever was met first was met first."""
    intakes = {key: Intake(store, source="demo", by=BY, at=begin) for key, store in stores.items()}
    everything = sorted(((d.placed_us, key, d) for key, drafts in orders.items() for d in drafts), key=itemgetter(0))
    # Small shops too are told in a dozen pieces: what a piece says is dated by its end.
    size = min(CHUNK, len(everything) // 12 + 1)
    listed = -1
    for start in range(0, len(everything), size):
        part = everything[start : start + size]
        at = min(now, from_us(part[-1][0]) + timedelta(days=1))
        year = min(2, int((at - begin) / timedelta(days=DAYS) * 3))
        if year != listed:
            _list_products(intakes, year, begin + timedelta(days=DAYS * year / 3))
            listed = year
        with transaction.atomic():
            for key, chunk in groupby(sorted(part, key=itemgetter(1, 0)), key=itemgetter(1)):
                apply_drafts(intakes[key], [d for _, _, d in chunk], at=at)
        say(f"{start + len(part):,} of {len(everything):,} orders")


def _list_products(intakes: dict[str, Intake], year: int, at: datetime) -> None:
    for place in PLACES:
        drafts = [
            d for d in goods.products(place.key, place.currency, year)
            if all(v.price_minor for v in d.variants)
        ]  # fmt: skip
        apply_drafts(intakes[place.key], drafts, at=at)


def _dan_leaves(now: datetime) -> None:
    """Let Dan unsubscribe, forty days ago."""
    at, by = now - timedelta(days=40), Actor("customer")
    for customer in people_queries.find_by_identifier(DAN.email):
        people.withdraw_consent(customer=customer, channel="email", source="unsubscribe link", by=by, at=at)
        people.suppress(kind="email", value=DAN.email, reason="unsubscribed", customer=customer, by=by, at=at)


def waiting_file(path: Path, now: datetime, rows: int = 48) -> Path:
    """Write a till's purchase log of yesterday's market stall, with a few rows that need mending."""
    with path.open("w", newline="", encoding="utf-8") as file:
        out = csv.writer(file)
        out.writerow(["Receipt", "Date", "E-mail", "Item", "Total"])
        for n in range(1, rows + 1):
            at = (now - timedelta(days=1)).astimezone(UTC).replace(hour=2 + n % 8, minute=n, second=0)
            total = {7: "free", 19: "", 33: "12,50,00"}.get(n, f"{22 + 3 * (n % 9)}.00")
            item = next(islice(goods.GOODS, n % len(goods.GOODS), None)).title
            out.writerow([f"M-{n:03d}", at.strftime("%Y-%m-%d %H:%M"), f"market{n}@example.net", item, total])
    return path
