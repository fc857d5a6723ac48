"""Who is on the site now, and the lists that ask for something: looked without buying, baskets left, wanted in vain.

All of them read visits of the last days from the database, so they are as fresh as the follower: ten seconds. A list is
a name in LISTS with the persons it holds, for whoever makes audiences of them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from regulars.base.clock import from_us, local_midnight
from regulars.base.installation import ShopSettings
from regulars.shop.models import CustomerSummary, Order, Product
from regulars.sources.tracker.models import Visit
from regulars.sources.tracker.visits import Facts, decode_facts
from regulars.sources.tracker.whose import persons_of

HERE = timedelta(minutes=5)
DAYS = 7
# Beyond so many visits of a list nobody reads on; the newest are shown.
MOST = 5000


@dataclass(frozen=True, slots=True)
class Seen:
    """A visit in a list. ``person``: the customer's root record, if she is known."""

    visitor: str
    person: int | None
    store: int
    started_at: datetime
    last_at: datetime
    pages: int
    facts: Facts


@dataclass(frozen=True, slots=True)
class Wanted:
    """A product that nobody can buy and that was looked at: by how many visitors, and who of them is known."""

    product: int
    title: str
    viewers: int
    added: int
    persons: Sequence[int]
    last_at: datetime


@dataclass(slots=True)
class _Interest:
    visitors: set[str] = field(default_factory=set)
    added: set[str] = field(default_factory=set)
    last_at: datetime = from_us(0)


def _seen(visits: Any) -> list[Seen]:
    rows = list(
        visits.order_by("-last_at").values_list("visitor", "store_id", "started_at", "last_at", "pages", "facts")[:MOST]
    )
    persons = persons_of(sorted({row[0] for row in rows}))
    return [Seen(v, persons.get(v), store, start, last, n, decode_facts(f)) for v, store, start, last, n, f in rows]


def _of_people(*, store: int | None) -> Any:
    found = Visit.objects.filter(agent="person")
    return found.filter(store_id=store) if store is not None else found


def here_now(*, at: datetime, store: int | None = None) -> list[Seen]:
    """Return the visits of people in which something happened in the last five minutes, latest first."""
    return _seen(_of_people(store=store).filter(last_at__gt=at - HERE, last_at__lte=at + HERE))


def looked_today(*, at: datetime, shop: ShopSettings, store: int | None = None) -> list[Seen]:
    """Return regulars who were on the site today and have not ordered today: one line each, her latest visit."""
    midnight = local_midnight(at.astimezone(shop.zone).date(), shop.zone)
    latest: dict[int, Seen] = {}
    for seen in _seen(_of_people(store=store).filter(last_at__gte=midnight)):
        if seen.person is not None:
            latest.setdefault(seen.person, seen)
    summaries = CustomerSummary.objects.filter(
        customer_id__in=list(latest), orders__gte=shop.regular_orders, last_order_at__lt=midnight
    )
    regulars = set(summaries.values_list("customer_id", flat=True))
    return [seen for person, seen in latest.items() if person in regulars]


def baskets_left(*, at: datetime, store: int | None = None) -> list[Seen]:
    """Return the visits of the last seven days that ended with something in the basket and no order since.

    One line for each visitor, or person: her latest basket. An order of hers since, in any of our stores, empties it.
    """
    found = _of_people(store=store).filter(last_at__gt=at - timedelta(days=DAYS), added__gt=0, orders=0)
    left = [seen for seen in _seen(found.exclude(recorded_at=None)) if seen.facts.basket]
    ordered_by = _ordered_since([s.visitor for s in left], at)
    persons = {s.person for s in left if s.person is not None}
    orders = Order.objects.filter(customer__root_id__in=persons, placed_at__gt=at - timedelta(days=DAYS))
    bought: dict[int, datetime] = {}
    for root, placed in orders.values_list("customer__root_id", "placed_at"):
        bought[root] = max(placed, bought.get(root, placed))
    kept: dict[object, Seen] = {}
    for seen in left:
        last = max(bought.get(seen.person or 0, from_us(0)), ordered_by.get(seen.visitor, from_us(0)))
        if last < seen.started_at:
            kept.setdefault(seen.person or seen.visitor, seen)
    return list(kept.values())


def _ordered_since(visitors: Sequence[str], at: datetime) -> dict[str, datetime]:
    """Return when each of these visitors last ordered, as the site told."""
    found: dict[str, datetime] = {}
    for start in range(0, len(visitors), 500):
        rows = Visit.objects.filter(
            visitor__in=visitors[start : start + 500], orders__gt=0, last_at__gt=at - timedelta(days=DAYS)
        ).values_list("visitor", "last_at")
        for visitor, last in rows:
            found[visitor] = max(last, found.get(visitor, last))
    return found


# All variants of it are counted, and none is there.
_SOLD_OUT = """SELECT p.id, p.store_id, p.external_id, p.title FROM shop_product p
WHERE EXISTS (SELECT 1 FROM shop_variant v WHERE v.product_id = p.id)
AND NOT EXISTS (SELECT 1 FROM shop_variant v WHERE v.product_id = p.id AND (v.stock IS NULL OR v.stock > 0))
ORDER BY p.id LIMIT 2000"""


def wanted_in_vain(*, at: datetime, store: int | None = None) -> list[Wanted]:
    """Return the products that are out of stock and were looked at in the last seven days, the most wanted first."""
    with connection.cursor() as cursor:
        cursor.execute(_SOLD_OUT)
        rows = cursor.fetchall()
    if not rows:
        return []
    codes = _codes([row[0] for row in rows])
    places: dict[tuple[int, str], int] = {}
    for pk, of_store, external, _title in rows:
        for code in (external, *codes.get(pk, ())):
            places[of_store, code] = pk
    interest: dict[int, _Interest] = {}
    visits = _of_people(store=store).filter(last_at__gt=at - timedelta(days=DAYS))
    for visitor, of_store, last, facts in visits.values_list("visitor", "store_id", "last_at", "facts").iterator():
        if '"seen"' not in facts:
            continue
        held = decode_facts(facts)
        for code in held.seen:
            if (pk := places.get((of_store, code))) is not None:
                found = interest.setdefault(pk, _Interest())
                found.visitors.add(visitor)
                if code in held.basket:
                    found.added.add(visitor)
                found.last_at = max(found.last_at, last)
    titles = {row[0]: row[3] for row in rows}
    wanted = []
    for pk, i in interest.items():
        persons = sorted(set(persons_of(sorted(i.visitors)).values()))
        wanted.append(Wanted(pk, titles[pk], len(i.visitors), len(i.added), persons, i.last_at))
    return sorted(wanted, key=lambda w: (-w.viewers, w.title))


def _codes(products: Sequence[int]) -> dict[int, list[str]]:
    """Return the stock numbers of these products' variants: sites name a product by one or the other."""
    found: dict[int, list[str]] = {}
    rows = Product.objects.filter(pk__in=products).exclude(variant__sku="").values_list("pk", "variant__sku")
    for pk, sku in rows:
        found.setdefault(pk, []).append(sku)
    return found


def _persons(seen: Sequence[Seen]) -> list[int]:
    return sorted({s.person for s in seen if s.person is not None})


def _wanted_by(at: datetime, shop: ShopSettings) -> list[int]:
    del shop
    return sorted({person for wanted in wanted_in_vain(at=at) for person in wanted.persons})


LISTS: dict[str, Callable[[datetime, ShopSettings], list[int]]] = {
    "looked-today": lambda at, shop: _persons(looked_today(at=at, shop=shop)),
    "baskets-left": lambda at, shop: _persons(baskets_left(at=at)),
    "wanted-in-vain": _wanted_by,
}
