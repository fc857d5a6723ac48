"""Lists of orders, and one order whole."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from regulars.base import bulk
from regulars.base.clock import from_us, to_us
from regulars.shop.models import Order
from regulars.shop.queries.keyset import COSTLY_COUNT_LIMIT, FEW, Listing, SortKey
from regulars.shop.queries.text import spellings

CORRECTIONS_SHOWN = 100
SORTS = {
    "placed": SortKey("o.placed_at"),
    "number": SortKey("o.number", is_text=True),
    # Amounts of several currencies compare in the reporting currency; without a rate an order comes last.
    "amount": SortKey("o.reporting_minor", "o.reporting_minor IS NOT NULL", "o.reporting_minor IS NULL"),
}


@dataclass(frozen=True, slots=True)
class OrderFilter:
    """Which orders are wanted; ``number`` with or without its ``#``. Empty ``states`` means any."""

    number: str = ""
    states: tuple[str, ...] = ()
    store: int | None = None
    placed_from: datetime | None = None
    placed_before: datetime | None = None
    customers: tuple[int, ...] = ()  # records of the buyer


@dataclass(frozen=True, slots=True)
class OrderRow:
    """One order in a list. ``customer`` is the root id of its buyer."""

    id: int
    number: str
    store_id: int
    store: str
    customer: int | None
    customer_name: str
    state: str
    currency: str
    gross_minor: int
    paid_minor: int
    refunded_minor: int
    items: int
    placed_at: datetime


def _row(values: Sequence[Any]) -> OrderRow:
    return OrderRow(*[*values[:-1], from_us(values[-1])])


_COLUMNS = (
    "o.id, o.number, o.store_id, t.name, r.id, coalesce(r.name, ''), o.state, o.currency, o.gross_minor, o.paid_minor, "
    "o.refunded_minor, o.items, o.placed_at"
)
_AROUND = (
    " JOIN shop_store t ON t.id = o.store_id LEFT JOIN people_customer f ON f.id = o.customer_id "
    "LEFT JOIN people_customer r ON r.id = f.root_id"
)


def listing(wanted: OrderFilter) -> Listing[OrderRow]:
    """Return the question for the orders ``wanted``."""
    asked = Listing(_COLUMNS, "shop_order o" + _AROUND, "o.id", _row, count_source="shop_order o")
    if wanted.number.strip():
        numbers = spellings(wanted.number) or [""]
        asked.only(f"o.number IN ({', '.join(['%s'] * len(numbers))})", *numbers)
    if wanted.states:
        asked.only(f"o.state IN ({', '.join(['%s'] * len(wanted.states))})", *wanted.states)
        if wanted.states != ("paid",):
            asked.count_limit = COSTLY_COUNT_LIMIT
    if wanted.customers:
        asked.only(f"o.customer_id IN ({', '.join(['%s'] * len(wanted.customers))})", *wanted.customers)
    if wanted.placed_from is not None:
        asked.only("o.placed_at >= %s", to_us(wanted.placed_from))
    if wanted.placed_before is not None:
        asked.only("o.placed_at < %s", to_us(wanted.placed_before))
    if wanted.store is not None:
        asked.count_limit = COSTLY_COUNT_LIMIT
        few = Order.objects.filter(store_id=wanted.store)[:FEW].count() < FEW
        # On SQLite the plus keeps the store's index out of it: in a large store the sort's own is the better one.
        asked.only(f"{'' if few or bulk.on_postgres() else '+'}o.store_id = %s", wanted.store)
    return asked


def of_customers(customers: Iterable[int], *, limit: int = 20) -> list[OrderRow]:
    """Return the latest orders of these records, all states, latest first."""
    ids = list(customers)
    if not ids:
        return []
    marks = ", ".join(["%s"] * len(ids))
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {_COLUMNS} FROM shop_order o{_AROUND} WHERE o.customer_id IN ({marks}) "  # noqa: S608
            "ORDER BY o.placed_at DESC, o.id DESC LIMIT %s",
            [*ids, limit],
        )
        return [_row(row) for row in cursor.fetchall()]


def activity_keys(order: Order) -> list[str]:
    """Return the keys of all that the stream may say of an order: there is an index of keys, none of subjects."""
    kinds = ("order.placed", "order.paid", "order.closed", "order.refunded", "parcel.shipped", "parcel.delivered")
    corrections = range(1, min(order.revision, CORRECTIONS_SHOWN) + 1)
    return [f"{kind}:{order.pk}" for kind in kinds] + [f"order.corrected:{order.pk}:{n}" for n in corrections]
