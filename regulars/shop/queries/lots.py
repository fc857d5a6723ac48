"""Orders of a product by the day they left, and which lots they hold."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from regulars.base.clock import from_us, to_us


@dataclass(frozen=True, slots=True)
class SentOrder:
    """A paid order that holds a product. ``at``: when it left, or was paid where no file tells of parcels.

    quantity: pieces of the product; known_quantity: of these, pieces whose lot is known or assumed; is_alone: it holds
    nothing else, so that what happens to the order happened to this product.
    """

    order: int
    at: datetime
    quantity: int
    known_quantity: int
    is_alone: bool


# When it left the shop. Where a file tells of no parcels, when it was paid: every order of such a shop is as early.
LEFT = (
    "coalesce((SELECT min(p.shipped_at) FROM shop_parcel p WHERE p.order_id = o.id), o.paid_at, o.placed_at)"
)  # fmt: skip
_SENT = f"""
    SELECT o.id, {LEFT}, l.quantity,
           coalesce((SELECT sum(h.quantity) FROM shop_lotline h JOIN shop_lot t ON t.id = h.lot_id
                     WHERE h.order_id = o.id AND t.product_id = %s), 0),
           NOT EXISTS (SELECT 1 FROM shop_line x WHERE x.order_id = o.id AND
                       (x.product_id IS NULL OR x.product_id <> %s))
    FROM (SELECT order_id, sum(quantity) AS quantity FROM shop_line WHERE product_id = %s GROUP BY order_id) l
    JOIN shop_order o ON o.id = l.order_id WHERE o.state = 'paid' AND o.placed_at < %s"""  # noqa: S608 - our own text


def sent_orders(product: int, *, since: datetime | None = None, until: datetime) -> list[SentOrder]:
    """Return the product's paid orders that left before ``until``, first to leave first."""
    return list(_sent(product, since, until))


def _sent(product: int, since: datetime | None, until: datetime) -> Iterator[SentOrder]:
    sql, values = _SENT, [product, product, product, to_us(until)]
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    first, last = to_us(since) if since else 0, to_us(until)
    for order, left, quantity, known, is_alone in sorted(rows, key=lambda r: (r[1], r[0])):
        if first <= left < last:
            yield SentOrder(order, from_us(left), int(quantity), int(known), bool(is_alone))
