"""What went wrong with orders, by product: money given back, a complaint, a low mark; with the day it was known."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection

from regulars.base.clock import to_us
from regulars.desks.voice.opinions.models import Case, Opinion
from regulars.shop.queries.lots import LEFT

DAY_US = 86_400_000_000
LOW = 0.4  # of the best: two of five stars
# Late is not bad goods; what turned out not to be ours is nobody's lot.
NOT_GOODS = "not_in_time"


@dataclass(slots=True)
class Outcome:
    """What went wrong with one product in one order. ``day``: when the first of it was known; None if no day is."""

    day: int | None = None
    kinds: set[str] = field(default_factory=set)  # returned, complained, marked_low

    def add(self, kind: str, at_us: int | None) -> None:
        """Add one thing that went wrong."""
        self.kinds.add(kind)
        if at_us is not None:
            day = at_us // DAY_US
            self.day = day if self.day is None else min(self.day, day)


@dataclass(slots=True)
class Said:
    """What was said of a product, with or without an order."""

    opinions: int = 0
    complaints: int = 0
    marks: int = 0
    marks_total: float = 0.0
    marks_low: int = 0


@dataclass(slots=True)
class Found:
    """All that went wrong: by product and order; returns among other products; what was said by product."""

    bad: dict[int, dict[int, Outcome]] = field(default_factory=lambda: defaultdict(dict))
    unclear: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    said: dict[int, Said] = field(default_factory=lambda: defaultdict(Said))

    def add(self, product: int, order: int, kind: str, at_us: int | None) -> None:
        """Add one thing that went wrong with a product in an order."""
        self.bad[product].setdefault(order, Outcome()).add(kind, at_us)


def find(*, until: datetime) -> Found:
    """Return what went wrong with every product until now. Reads refunds and opinions, which are few beside orders."""
    found = Found()
    _add_returns(found, to_us(until))
    _add_opinions(found, until)
    return found


# Money back for an order that holds one product only went back for that product. Of an order with several nobody wrote
# down which, so such a return is counted apart and tests no lot.
_RETURNS = """
    SELECT r.order_id, min(CASE WHEN r.is_date_known THEN r.refunded_at END), min(l.product_id),
           count(DISTINCT l.product_id), sum(CASE WHEN l.product_id IS NULL THEN 1 ELSE 0 END)
    FROM (SELECT order_id, is_date_known, refunded_at FROM shop_refund WHERE refunded_at < %s AND amount_minor > 0) r
    JOIN shop_order o ON o.id = r.order_id JOIN shop_line l ON l.order_id = r.order_id
    WHERE o.state = 'paid' GROUP BY r.order_id"""


def _add_returns(found: Found, until_us: int) -> None:
    mixed: list[int] = []
    with connection.cursor() as cursor:
        cursor.execute(_RETURNS, [until_us])
        for order, at_us, product, products, unknown in cursor.fetchall():
            if products == 1 and not unknown:
                found.add(product, order, "returned", at_us)
            else:
                mixed.append(order)
    for products in _products_of(mixed).values():
        for product in products - {0}:
            found.unclear[product] += 1


def _products_of(orders: Iterable[int]) -> dict[int, set[int]]:
    """Return the products of these orders; 0 stands for lines without one."""
    held: dict[int, set[int]] = defaultdict(set)
    ids = list(orders)
    for start in range(0, len(ids), 900):
        part = ids[start : start + 900]
        marks = ", ".join(["%s"] * len(part))
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT order_id, coalesce(product_id, 0) FROM shop_line WHERE order_id IN ({marks})",  # noqa: S608
                part,
            )
            for order, product in cursor.fetchall():
                held[order].add(product)
    return held


def _add_opinions(found: Found, until: datetime) -> None:
    rows = list(
        Opinion.objects.filter(said_at__lt=until, taken_back_at=None).values_list(
            "pk", "product_id", "order_id", "customer__root_id", "mark", "best", "said_at"
        )
    )
    cases = {
        row[0]: row[1:]
        for row in Case.objects.exclude(outcome=Case.Outcome.NOT_OURS).values_list("opinion_id", "reason", "opened_at")
    }
    held = _products_of({order for _pk, product, order, *_ in rows if product is None and order is not None})
    loose: list[tuple[int, int, int, str]] = []
    for pk, named, order, root, mark, best, said_at in rows:
        product = named
        if product is None and order is not None and len(held.get(order, ())) == 1:
            product = next(iter(held[order])) or None
        if product is None:
            continue
        for kind, at_us in _weigh(found.said[product], cases.get(pk), mark, best, said_at):
            if order is not None:
                found.add(product, order, kind, at_us)
            elif root is not None:
                loose.append((product, root, at_us, kind))
    for (about, _root, at_us, kind), likeliest in zip(loose, _orders_of(loose), strict=True):
        if likeliest is not None:
            found.add(about, likeliest, kind, at_us)


def _weigh(
    said: Said, case: tuple[Any, ...] | None, mark: int | None, best: int | None, said_at: datetime
) -> list[tuple[str, int]]:
    """Count an opinion, and return what of it is bad, with the instant."""
    bad = []
    said.opinions += 1
    if case is not None and case[0] != NOT_GOODS:
        said.complaints += 1
        bad.append(("complained", to_us(case[1])))
    if mark is not None and best:
        said.marks += 1
        said.marks_total += 5 * mark / best
        if mark <= best * LOW:
            said.marks_low += 1
            bad.append(("marked_low", to_us(said_at)))
    return bad


def _orders_of(loose: list[tuple[int, int, int, str]]) -> list[int | None]:
    """Return for each word about a product the order it is likeliest about: the customer's last one before it."""
    sql = f"""SELECT o.id FROM shop_order o JOIN people_customer c ON c.id = o.customer_id
        WHERE c.root_id = %s AND o.state = 'paid' AND {LEFT} <= %s
          AND EXISTS (SELECT 1 FROM shop_line l WHERE l.order_id = o.id AND l.product_id = %s)
        ORDER BY {LEFT} DESC, o.id DESC LIMIT 1"""  # noqa: S608 - our own text
    found: list[int | None] = []
    with connection.cursor() as cursor:
        for product, root, at_us, _kind in loose:
            cursor.execute(sql, [root, at_us, product])
            row = cursor.fetchone()
            found.append(row[0] if row else None)
    return found


def of_product(found: Found, product: int) -> Mapping[int, Outcome]:
    """Return what went wrong with a product, by order."""
    return found.bad.get(product, {})
