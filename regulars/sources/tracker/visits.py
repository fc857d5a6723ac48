"""From events to visits. Pure: a visit ends with half an hour without an event, or when a new campaign brings her.

Midnight ends no visit. Events may come in any order: one that lies in a visit, or within half an hour of its ends,
belongs to it, also when the visit is over; two visits that it lies between are not made one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from regulars.sources.tracker import kinds
from regulars.sources.tracker.channels import channel_of

IDLE_US = 30 * 60 * 1_000_000
KINDS: Mapping[str, type] = {
    "site.page_viewed": kinds.PageViewed,
    "site.engaged": kinds.Engaged,
    "site.product_viewed": kinds.ProductSeen,
    "site.product_added": kinds.ProductSeen,
    "site.product_removed": kinds.ProductSeen,
    "site.basket_viewed": kinds.BasketEvent,
    "site.checkout_started": kinds.BasketEvent,
    "site.order_hinted": kinds.BasketEvent,
    "site.searched": kinds.Searched,
    "site.custom": kinds.Custom,
}
_DECODE: dict[str, Callable[[str], Any]] = {name: msgspec.json.Decoder(body).decode for name, body in KINDS.items()}
_REMEMBERED = 50  # products of a visit that are kept by name


class Facts(msgspec.Struct, omit_defaults=True):
    """What is kept of a visit beside its times and its main counts."""

    key: int = 0
    host: str = ""
    entry: str = ""
    second: str = ""
    third: str = ""
    exit: str = ""
    source: str = ""
    medium: str = ""
    campaign: str = ""
    click: str = ""
    referrer: str = ""
    place: str = ""
    device: str = ""
    engaged: int = 0
    searches: int = 0
    checkouts: int = 0
    products: int = 0
    seen: dict[str, str] = {}  # noqa: RUF012 - msgspec copies defaults; product ids looked at, with their names
    basket: dict[str, int] = {}  # noqa: RUF012 - product ids with quantities


class Going(msgspec.Struct):
    """A visit, on its way or over. Times in microseconds since 1970 UTC."""

    visitor: str
    store: int
    started: int
    last: int
    facts: Facts
    agent: str = "person"
    pages: int = 0
    added: int = 0
    orders: int = 0
    id: int = 0
    revision: int = 0
    is_recorded: bool = False

    def is_over(self, at_us: int) -> bool:
        """Return whether nothing came for half an hour."""
        return self.last + IDLE_US < at_us

    def is_visit(self) -> bool:
        """Return whether somebody was there: what a shop's server tells of an account alone is no visit."""
        return bool(self.pages or self.facts.products or self.added or self.facts.checkouts or self.facts.searches)


@dataclass(frozen=True, slots=True)
class Event:
    """One event of the site. ``body``: JSON of its kind."""

    visitor: str
    store: int
    at_us: int
    kind: str
    body: str


decode_facts = msgspec.json.Decoder(Facts).decode
encode_facts = msgspec.json.Encoder().encode


def fold(events: Iterable[Event], known: Iterable[Going]) -> list[Going]:
    """Return the visits that these events begin or change; ``known``: visits that some of them may belong to."""
    of: dict[tuple[str, int], list[Going]] = {}
    for visit in known:
        of.setdefault((visit.visitor, visit.store), []).append(visit)
    changed: dict[int, Going] = {}
    for event in sorted(events, key=lambda e: (e.visitor, e.at_us)):
        try:
            body = _DECODE[event.kind](event.body)
        except (msgspec.DecodeError, KeyError):
            continue  # a body that is not of its kind: the lake's writer names it
        visits = of.setdefault((event.visitor, event.store), [])
        visit = _place(visits, event, body)
        _add(visit, event, body)
        changed[id(visit)] = visit
    return list(changed.values())


def _place(visits: list[Going], event: Event, body: object) -> Going:
    """Return the visit that an event belongs to, a new one if there is none."""
    for visit in reversed(visits):
        if visit.started - IDLE_US <= event.at_us <= visit.last + IDLE_US and not _is_new_campaign(visit, event, body):
            return visit
    visit = Going(event.visitor, event.store, event.at_us, event.at_us, Facts())
    visits.append(visit)
    return visit


def _campaign(page: kinds.PageViewed) -> tuple[str, str, str, str]:
    return page.source, page.medium, page.campaign, page.click


def _is_new_campaign(visit: Going, event: Event, body: object) -> bool:
    if not isinstance(body, kinds.PageViewed) or not visit.pages or not any(_campaign(body)):
        return False
    facts = visit.facts
    return _campaign(body) != (facts.source, facts.medium, facts.campaign, facts.click)


def _add(visit: Going, event: Event, body: Any) -> None:
    facts = visit.facts
    is_earliest = event.at_us < visit.started
    if isinstance(body, kinds.PageViewed):
        _add_page(visit, event, body, is_earliest=is_earliest)
    elif isinstance(body, kinds.ProductSeen):
        _add_product(visit, event.kind, body)
    elif isinstance(body, kinds.Engaged):
        facts.engaged += body.seconds
    elif isinstance(body, kinds.Searched):
        facts.searches += 1
    elif event.kind == "site.checkout_started":
        facts.checkouts += 1
    elif event.kind == "site.order_hinted":
        visit.orders += 1
        facts.basket = {}
    facts.key = facts.key or body.key
    if getattr(body, "is_bot", False) and visit.agent == "person":
        visit.agent = "bot"
    visit.started, visit.last = min(visit.started, event.at_us), max(visit.last, event.at_us)


def _add_page(visit: Going, event: Event, page: kinds.PageViewed, *, is_earliest: bool) -> None:
    facts = visit.facts
    if visit.pages == 0 or is_earliest:
        facts.host, facts.entry, facts.referrer = page.host, page.path, page.referrer
        facts.source, facts.medium, facts.campaign, facts.click = _campaign(page)
        facts.place, facts.device = page.place or facts.place, page.device or facts.device
    elif not facts.second and page.path != facts.entry:
        facts.second = page.path
    elif facts.second and not facts.third and page.path != facts.second:
        facts.third = page.path
    if event.at_us >= visit.last:
        facts.exit = page.path
    visit.pages += 1
    if page.is_staff:
        visit.agent = "staff"


def _add_product(visit: Going, kind: str, body: kinds.ProductSeen) -> None:
    facts = visit.facts
    if kind == "site.product_viewed":
        if body.product not in facts.seen and len(facts.seen) < _REMEMBERED:
            facts.seen = facts.seen | {body.product: body.name}
            facts.products += 1
        return
    held = facts.basket.get(body.product, 0)
    if kind == "site.product_added":
        visit.added += 1
        facts.basket = facts.basket | {body.product: held + body.quantity}
        if body.product not in facts.seen and len(facts.seen) < _REMEMBERED:
            facts.seen = facts.seen | {body.product: body.name}
    else:
        left = {p: q for p, q in facts.basket.items() if p != body.product}
        facts.basket = left | {body.product: held - body.quantity} if held > body.quantity else left


def channel(facts: Facts) -> str:
    """Return the channel that brought a visit."""
    f = facts
    return channel_of(
        source=f.source, medium=f.medium, campaign=f.campaign, click=f.click, referrer=f.referrer, host=f.host
    )


def body_of(visit: Going, *, first: str) -> kinds.Visited:
    """Return the activity's body of a visit that is over."""
    f = visit.facts
    return kinds.Visited(
        key=f.key,
        seconds=(visit.last - visit.started) // 1_000_000,
        engaged_seconds=f.engaged,
        pages=visit.pages,
        products=f.products,
        added=visit.added,
        checkouts=f.checkouts,
        orders=visit.orders,
        searches=f.searches,
        host=f.host,
        entry=f.entry,
        second=f.second,
        third=f.third,
        exit=f.exit,
        product=next(iter(f.seen), ""),
        channel=channel(f),
        source=f.source,
        medium=f.medium,
        campaign=f.campaign,
        referrer=f.referrer,
        place=f.place,
        device=f.device,
        first=first,
        agent=visit.agent,
    )
