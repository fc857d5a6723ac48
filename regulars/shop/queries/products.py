"""What products sold: for all of them at once, and for one page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from regulars.base import bulk
from regulars.base.clock import from_us
from regulars.shop.models import Line


@dataclass(frozen=True, slots=True)
class Sales:
    """What one product sold in paid orders.

    ``quantity`` pieces; ``revenue_minor`` its lines' totals in the reporting currency; ``buyers`` persons;
    ``came_back`` of them bought anything in a later order.
    """

    quantity: int = 0
    revenue_minor: int = 0
    buyers: int = 0
    came_back: int = 0


# A line is worth its share of the order's value in the reporting currency, so that all lines compare.
_REVENUE = """coalesce(sum(CASE WHEN o.reporting_minor = o.paid_minor THEN l.total_minor
    WHEN o.paid_minor = 0 THEN 0 ELSE round(1.0 * l.total_minor * o.reporting_minor / o.paid_minor) END), 0)"""
# The plus keeps the index of a product's lines out of it: reading all lines in their own order meets the orders in
# theirs, which is several times faster than one product after the other.
_SALES = """
    SELECT b.product, sum(b.quantity), sum(b.revenue), count(b.root),
           sum(CASE WHEN s.last_order_at > b.first_at THEN 1 ELSE 0 END)
    FROM (SELECT {product} AS product, c.root_id AS root, sum(l.quantity) AS quantity, {revenue} AS revenue,
                 min(o.placed_at) AS first_at
          FROM shop_line l JOIN shop_order o ON o.id = l.order_id LEFT JOIN people_customer c ON c.id = o.customer_id
          WHERE {product} {which} AND o.state = 'paid' GROUP BY {product}, c.root_id) b
    LEFT JOIN shop_customersummary s ON s.customer_id = b.root GROUP BY b.product"""


def sales(product: int | None = None) -> dict[int, Sales]:
    """Return what every product sold, or the one; products without a sale are left out.

    Reads all lines: some seconds per million, so the pages of a large shop keep the result (see web.product_sales).
    """
    if product is None:
        sql, values = _SALES.format(product="+l.product_id", which="IS NOT NULL", revenue=_REVENUE), []
    else:
        sql, values = _SALES.format(product="l.product_id", which="= %s", revenue=_REVENUE), [product]
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return {row[0]: Sales(*(int(value) for value in row[1:])) for row in cursor.fetchall()}


def has_many_lines(limit: int, product: int | None = None) -> bool:
    """Return whether there are more than ``limit`` lines (of this product); counts no further."""
    lines = Line.objects.all() if product is None else Line.objects.filter(product_id=product)
    return lines.order_by()[: limit + 1].count() > limit


@dataclass(frozen=True, slots=True)
class RecentSale:
    """One order that had the product in it. ``customer`` is the root id of its buyer."""

    order: int
    number: str
    placed_at: datetime
    state: str
    customer: int | None
    customer_name: str
    quantity: int
    total_minor: int | None
    currency: str


_RECENT = """
    SELECT o.id, o.number, o.state, r.id, coalesce(r.name, ''), l.quantity, l.total_minor, o.currency, o.placed_at
    FROM {source} LEFT JOIN people_customer f ON f.id = o.customer_id LEFT JOIN people_customer r ON r.id = f.root_id
    WHERE l.product_id = %s ORDER BY o.placed_at DESC, o.id DESC LIMIT %s"""


def recent_sales(product: int, *, is_frequent: bool, limit: int = 20) -> list[RecentSale]:
    """Return the latest lines of a product, latest first. ``is_frequent``: it is in many orders ."""
    source = "shop_line l JOIN shop_order o ON o.id = l.order_id"
    if is_frequent and not bulk.on_postgres():
        # Walk the orders from the latest: the first few hundred hold enough of what sells often. CROSS JOIN keeps
        # SQLite to this order of the tables, and the plus to the index of the order's lines.
        source = "shop_order o CROSS JOIN shop_line l ON l.order_id = o.id"
    sql = _RECENT.format(source=source)
    if is_frequent and not bulk.on_postgres():
        sql = sql.replace("WHERE l.product_id", "WHERE +l.product_id")
    with connection.cursor() as cursor:
        cursor.execute(sql, [product, limit])
        return [_recent(row) for row in cursor.fetchall()]


def _recent(values: Sequence[Any]) -> RecentSale:
    order, number, state, customer, name, quantity, total, currency, placed = values
    return RecentSale(order, number, from_us(placed), state, customer, name, quantity, total, currency)
