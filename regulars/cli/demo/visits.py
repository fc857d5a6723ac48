"""Ninety days of visits to the demo's own site, sent through the same checks as a real client's events.

Buyers look around before they order, regulars come by without buying, strangers come from everywhere and mostly do not
come back, some give no consent, and some are programs.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from random import Random
from typing import Any

from django.db import transaction

from regulars.base.actor import Actor
from regulars.base.clock import from_us, to_us
from regulars.cli.demo import goods
from regulars.shop.drafts import OrderDraft
from regulars.shop.models import Store
from regulars.sources.tracker import writer
from regulars.sources.tracker.following import follow
from regulars.sources.tracker.known import read_rules
from regulars.sources.tracker.messages import take
from regulars.sources.tracker.models import SiteKey
from regulars.sources.tracker.operations import add_key
from regulars.sources.tracker.rules import Origin, Taken

DAYS = 90
HOST = "https://cornercoffee.example"
CHUNK = 2000
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 Version/18.5 Mobile/15E148"
DESKTOP = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36"
BOT = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"
# How strangers come: weight, referrer, campaign.
WAYS: tuple[tuple[int, str, dict[str, str]], ...] = (
    (20, "", {}),
    (22, "https://www.google.com/", {}),
    (13, "https://www.google.com/", {"source": "google", "medium": "cpc", "name": "coffee-beans", "click": "gclid"}),
    (9, "https://www.instagram.com/", {}),
    (8, "https://www.xiaohongshu.com/", {}),
    (7, "https://mp.weixin.qq.com/", {}),
    (4, "https://weibo.com/", {}),
    (5, "", {"source": "facebook", "medium": "paid_social", "name": "autumn"}),
    (4, "https://coffeeblog.example/", {}),
    (3, "https://chatgpt.com/", {}),
    (3, "", {"source": "box", "medium": "qr", "name": "thank-you-card"}),
)
LETTER = ("", {"source": "letter", "medium": "email", "name": "new-harvest"})


@dataclass(slots=True)
class Walk:
    """One visit: when it begins, who, by which way, and what is done in it."""

    at: datetime
    visitor: str
    agent: str
    way: tuple[str, dict[str, str]]
    user: str = ""
    looks: list[goods.Good] = field(default_factory=list)
    adds: list[goods.Good] = field(default_factory=list)
    goes_to_till: bool = False
    order: str = ""
    is_daily: bool = False


def make(store: Store, orders: list[OrderDraft], *, now: datetime, seed: int) -> int:
    """Send the site's visits of the last ninety days; return how many events that is."""
    begin = now - timedelta(days=DAYS)
    made = add_key(name="cornercoffee.example", store=store, use="browser", by=Actor("demo"), at=begin)
    key = read_rules().keys[made.key]
    count, group = 0, []
    for walk in _walks([o for o in orders if from_us(o.placed_us) > begin], now, Random(seed + 7)):
        taken = Taken(key, origin=Origin(daily=walk.visitor, agent=walk.agent))
        for at, message in _messages(walk, Random(walk.visitor + walk.at.isoformat())):
            if at < now:
                take(taken, json.dumps(message).encode(), context={}, sent_us=None, received_us=to_us(at), kind="")
        count += len(taken.rows)
        group.append(taken)
        if len(group) == CHUNK:
            _send(group)
            group = []
    _send(group)
    SiteKey.objects.filter(pk=made.pk).update(created_at=begin)
    follow(at=now)
    return count


def _send(group: list[Taken]) -> None:
    with transaction.atomic():
        writer.put(group)


def _walks(orders: list[OrderDraft], now: datetime, r: Random) -> Iterator[Walk]:
    shelf = goods.sold_at("own")
    by_id = {g.id: g for g in shelf}
    weights = [g.wanted_in(now.month) + (3 if g.id == goods.SOLD_OUT else 0) for g in shelf]

    def some(most: int) -> list[goods.Good]:
        return r.choices(shelf, weights=weights, k=r.randint(1, most))

    known = [o for o in orders if o.buyer is not None and o.buyer.account]
    for order in known:
        if r.random() < 0.12:
            continue  # her browser sends nothing
        yield from _before_an_order(order, by_id, some, r)
    buyers = {o.buyer.account: o for o in known if o.buyer}
    for account in sorted(buyers):
        for _ in range(r.choices((0, 1, 2, 4), weights=(50, 25, 15, 10))[0]):
            yield _return(account, some, now, r)
    for visit in range(len(orders) * 2 + 200):
        yield from _stranger(visit, some, now, r)
    # Today: some have looked and gone, and somebody is there now.
    for account in sorted(buyers)[:40]:
        yield replace(_return(account, some, now, r), at=now - timedelta(minutes=r.randint(40, 600)))
    for n, account in enumerate(["", sorted(buyers)[-1], "", "", sorted(buyers)[-2]] if len(buyers) > 1 else [""]):
        visitor = _browser(account, r)[0] if account else f"here-{n}"
        at = now - timedelta(minutes=4 - n * 0.5)
        yield Walk(at, visitor, PHONE, WAYS[n][1:], user=account, looks=some(3))


def _before_an_order(order: OrderDraft, by_id: dict[str, goods.Good], some: Any, r: Random) -> Iterator[Walk]:
    assert order.buyer is not None
    account = order.buyer.account
    bought = [by_id[line.product_id] for line in order.lines if line.product_id in by_id]
    placed = from_us(order.placed_us)
    visitor, agent = _browser(account, r)
    for _ in range(r.choices((0, 1, 2), weights=(45, 35, 20))[0]):
        at = placed - timedelta(days=r.uniform(0.1, 9))
        yield Walk(at, visitor, agent, _way(r, account), looks=[*bought[:1], *some(3)], adds=bought[: r.randint(0, 1)])
    yield Walk(
        placed - timedelta(minutes=r.uniform(4, 20)), visitor, agent, _way(r, account), user=account,
        looks=[*bought, *some(2)], adds=bought, goes_to_till=True, order=order.number,
    )  # fmt: skip


def _browser(account: str, r: Random) -> tuple[str, str]:
    """Most use one browser, some two."""
    second = r.random() < 0.25
    return f"b{account}{'-2' if second else ''}", DESKTOP if second else PHONE


def _way(r: Random, account: str) -> tuple[str, dict[str, str]]:
    if account and r.random() < 0.3:
        return LETTER
    _weight, referrer, campaign = r.choices(WAYS, weights=[60 if account and not w[1] else w[0] for w in WAYS])[0]
    return referrer, campaign


def _return(account: str, some: Any, now: datetime, r: Random) -> Walk:
    visitor, agent = _browser(account, r)
    looks = some(4)
    adds = looks[:1] if r.random() < 0.2 else []
    at = now - timedelta(days=r.uniform(0, DAYS))
    return Walk(at, visitor, agent, _way(r, account), user=account, looks=looks, adds=adds)


def _stranger(number: int, some: Any, now: datetime, r: Random) -> Iterator[Walk]:
    # More came lately than ninety days ago.
    at = now - timedelta(days=DAYS * r.random() ** 1.15)
    agent, way = (PHONE if r.random() < 0.68 else DESKTOP), _way(r, "")
    if r.random() < 0.06:
        yield Walk(at, f"bot-{number}", BOT, ("", {}), looks=some(2))
        return
    is_daily = r.random() < 0.3
    visitor = f"d:{r.getrandbits(128):032x}" if is_daily else f"{r.getrandbits(96):024x}"
    looks = some(3) if r.random() < 0.62 else []
    adds = looks[:1] if looks and r.random() < 0.13 else []
    till = bool(adds) and r.random() < 0.3
    yield Walk(at, visitor, agent, way, looks=looks, adds=adds, goes_to_till=till, is_daily=is_daily)
    if not is_daily and r.random() < 0.22:
        later = at + timedelta(days=r.expovariate(1 / 6))
        if later < now:
            yield Walk(later, visitor, agent, _way(r, ""), looks=some(3))


def _messages(walk: Walk, r: Random) -> Iterator[tuple[datetime, dict[str, Any]]]:
    at, number = walk.at, 0

    def said(kind: str, event: str = "", properties: dict[str, Any] | None = None, path: str = "") -> Any:
        nonlocal number
        number += 1
        context: dict[str, Any] = {"userAgent": walk.agent}
        if path:
            context["page"] = {"url": HOST + path, "path": path, "referrer": walk.way[0] if number == 1 else HOST + "/"}
            if number == 1 and walk.way[1]:
                context["campaign"] = walk.way[1]
        message: dict[str, Any] = {"type": kind, "context": context, "properties": properties or {}}
        if event:
            message["event"] = event
        if walk.is_daily:
            context["daily"] = True
        else:
            message["anonymousId"] = walk.visitor
        if walk.user:
            message["userId"] = walk.user
        message["messageId"] = f"{walk.visitor}-{to_us(walk.at)}-{number}"
        return at, message

    entry = "/" if r.random() < 0.55 or not walk.looks else f"/products/{walk.looks[0].id}"
    yield said("page", path=entry)
    for good in walk.looks:
        stay = min(600, int(r.expovariate(1 / 45)) + 4)
        at += timedelta(seconds=stay)
        path = f"/products/{good.id}"
        yield said("track", "Page Engaged", {"path": entry, "seconds": int(stay * 0.8), "scroll": r.randint(20, 100)})
        if path != entry:
            yield said("page", path=path)
        yield said("track", "Product Viewed", {"product_id": good.id, "name": good.title})
        entry = path
        if good in walk.adds:
            at += timedelta(seconds=8)
            yield said("track", "Product Added", {"product_id": good.id, "name": good.title, "quantity": 1})
    if walk.goes_to_till:
        at += timedelta(seconds=25)
        yield said("page", path="/basket")
        yield said("track", "Checkout Started", {})
    if walk.order:
        at += timedelta(seconds=70)
        yield said("page", path="/thanks")
        yield said("track", "Order Completed", {"order_id": walk.order, "products": [{}] * len(walk.adds)})
