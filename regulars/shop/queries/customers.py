"""Lists of persons with their business. Only roots are listed, never the erased."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from regulars.base import bulk
from regulars.base.clock import from_us, to_us
from regulars.people.queries import find_by_identifier
from regulars.shop.models import CustomerSummary, Order
from regulars.shop.queries.keyset import COSTLY_COUNT_LIMIT, FEW, VERY_COSTLY_COUNT_LIMIT, Listing, SortKey
from regulars.shop.queries.text import contains, pattern, spellings
from regulars.shop.rules import (
    LEAST_PATIENCE_US,
    MOST_PATIENCE_US,
    NEW_US,
    Business,
    CustomerState,
)

# More people than this found by a name are looked for along the list rather than beforehand.
NAMES = 5_000
SORTS = {
    "last": SortKey("s.last_order_at", "s.last_order_at IS NOT NULL", "s.last_order_at IS NULL"),
    "revenue": SortKey("s.revenue_minor"),
    "orders": SortKey("s.orders"),
    "name": SortKey("c.name", "c.name > ''", "c.name = ''", is_text=True),
}


@dataclass(frozen=True, slots=True)
class CustomerFilter:
    """Which persons are wanted. ``from`` is inclusive, ``before`` exclusive; money in minor units."""

    text: str = ""
    states: tuple[CustomerState, ...] = ()
    store: int | None = None
    orders_min: int | None = None
    orders_max: int | None = None
    revenue_min: int | None = None
    revenue_max: int | None = None
    last_from: datetime | None = None
    last_before: datetime | None = None
    ids: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class CustomerRow:
    """One person with her business; money in minor units of the reporting currency."""

    id: int
    name: str
    country: str
    region: str
    city: str
    orders: int
    revenue_minor: int
    refunded_minor: int
    first_order_at: datetime | None
    last_order_at: datetime | None

    @property
    def business(self) -> Business:
        """Return her purchases as the rules see them."""
        return Business(self.orders, self.first_order_at, self.last_order_at)


def _row(values: Sequence[Any]) -> CustomerRow:
    instants = [None if us is None else from_us(us) for us in values[8:]]
    return CustomerRow(*[*values[:8], *instants])


_COLUMNS = (
    "c.id, c.name, c.country, c.region, c.city, s.orders, s.revenue_minor, s.refunded_minor, s.first_order_at, "
    "s.last_order_at"
)
_SOURCE = "shop_customersummary s JOIN people_customer c ON c.id = s.customer_id"


def listing(
    wanted: CustomerFilter, *, now: datetime, regular_orders: int, countries: Iterable[str] = ()
) -> Listing[CustomerRow]:
    """Return the question for the persons ``wanted``. ``countries``: assumed for phone numbers without country code."""
    asked = Listing(_COLUMNS, _SOURCE, "c.id", _row)
    asked.only("c.erased_at IS NULL AND c.root_id = c.id")
    since = to_us(wanted.last_from) if wanted.last_from else None
    until = to_us(wanted.last_before) - 1 if wanted.last_before else None
    for column, low, high in (
        ("orders", wanted.orders_min, wanted.orders_max),
        ("revenue_minor", wanted.revenue_min, wanted.revenue_max),
        ("last_order_at", since, until),
    ):
        if low is not None or high is not None:
            _only_between(asked, column, low, high)
    if wanted.states:
        _only_states(asked, wanted.states, to_us(now), regular_orders)
    if wanted.store is not None:
        _only_store(asked, wanted.store)
    if wanted.text.strip():
        _only_text(asked, wanted.text.strip(), countries)
    bought = wanted.states and CustomerState.NO_ORDERS not in wanted.states
    if bought or wanted.last_from or wanted.last_before or wanted.orders_min:
        asked.impossible.add(SORTS["last"].missing)
    if wanted.ids:
        asked.only(f"c.id IN ({', '.join(['%s'] * len(wanted.ids))})", *wanted.ids)
    return asked


# The usual time between orders. Integer division rounds down on both engines, as ``rules.Business`` does.
_GAP = "((s.last_order_at - s.first_order_at) / (s.orders - 1))"


def _silent_for(now_us: int, times: int) -> tuple[str, list[int]]:
    """Return the condition that a person is silent for longer than ``times`` her patience, and its values.

    v > times * min(max(2 gap, least), most) as comparisons of plain columns first, which an index and a quick look
    at the row can answer, and the arithmetic last.
    """
    least, most = now_us - times * LEAST_PATIENCE_US, now_us - times * MOST_PATIENCE_US
    sql = f"(s.last_order_at < %s AND (s.last_order_at < %s OR %s - s.last_order_at > {2 * times} * {_GAP}))"
    return sql, [least, most, now_us]


def _back_within(now_us: int, times: int) -> tuple[str, list[int]]:
    """Return the opposite of ``_silent_for``."""
    least, most = now_us - times * LEAST_PATIENCE_US, now_us - times * MOST_PATIENCE_US
    sql = f"(s.last_order_at >= %s AND (s.last_order_at >= %s OR %s - s.last_order_at <= {2 * times} * {_GAP}))"
    return sql, [most, least, now_us]


def state_condition(state: CustomerState, now_us: int, regular_orders: int) -> tuple[str, list[int]]:
    """Return the condition on ``shop_customersummary s`` that a person is in ``state``, and its values."""
    if state is CustomerState.NO_ORDERS:
        return "(s.orders = 0)", []
    if state is CustomerState.NEW:
        return "(s.orders = 1 AND s.last_order_at >= %s)", [now_us - NEW_US]
    if state is CustomerState.ONE_TIME:
        return "(s.orders = 1 AND s.last_order_at < %s)", [now_us - NEW_US]
    if state is CustomerState.LAPSED:
        silent, values = _silent_for(now_us, 2)
        return f"(s.orders > 1 AND {silent})", values
    within, values = _back_within(now_us, 1)
    if state is CustomerState.LAPSING:
        silent, values = _silent_for(now_us, 1)
        within, more = _back_within(now_us, 2)
        return f"(s.orders > 1 AND {silent} AND {within})", [*values, *more]
    enough = "s.orders >= %s" if state is CustomerState.REGULAR else "s.orders < %s"
    return f"(s.orders > 1 AND {enough} AND {within})", [regular_orders, *values]


def _only_states(
    asked: Listing[CustomerRow], states: Iterable[CustomerState], now_us: int, regular_orders: int
) -> None:
    conditions, values = [], list[int]()
    for state in states:
        sql, bound = state_condition(state, now_us, regular_orders)
        conditions.append(sql)
        values += bound
    asked.only(f"({' OR '.join(conditions)})", *values)
    asked.count_limit = COSTLY_COUNT_LIMIT


def _only_between(asked: Listing[CustomerRow], column: str, low: int | None, high: int | None) -> None:
    """Keep a range of a column: a short one is read through its index, a long one met along the list."""
    bounds = {f"{column}__gte": low, f"{column}__lte": high}
    found = CustomerSummary.objects.filter(**{name: value for name, value in bounds.items() if value is not None})
    is_few = found.order_by()[:FEW].count() < FEW
    mark = "" if is_few or bulk.on_postgres() else "+"
    asked.is_few |= is_few
    if not is_few:
        asked.count_limit = COSTLY_COUNT_LIMIT
    if low is not None:
        asked.only(f"{mark}s.{column} >= %s", low)
    if high is not None:
        asked.only(f"{mark}s.{column} <= %s", high)


def _only_store(asked: Listing[CustomerRow], store: int) -> None:
    """Keep who bought in the store; a small store is read through its orders, a large one along the list."""
    if Order.objects.filter(store_id=store)[:FEW].count() < FEW:
        asked.only(
            "c.id IN (SELECT f.root_id FROM shop_order o JOIN people_customer f ON f.id = o.customer_id "
            "WHERE o.store_id = %s)",
            store,
        )
        asked.is_few = True
        return
    asked.count_limit = VERY_COSTLY_COUNT_LIMIT
    asked.only(
        "EXISTS (SELECT 1 FROM people_customer f JOIN shop_order o ON o.customer_id = f.id "  # noqa: S608
        f"WHERE f.root_id = c.id AND {'' if bulk.on_postgres() else '+'}o.store_id = %s)",
        store,
    )


def _only_text(asked: Listing[CustomerRow], text: str, countries: Iterable[str]) -> None:
    """Keep who is known by exactly ``text``, and whose name contains it.

    Looking through all names takes most of the time, so it is done once for the page and its count.
    """
    exact = ", ".join(map(str, known_as(text, countries))) or "NULL"
    sql = (
        f"SELECT root_id FROM people_customer WHERE {contains('name')} "  # noqa: S608 - numbers of our own rows
        f"UNION ALL SELECT root_id FROM people_customer WHERE id IN ({exact})"
    )
    with connection.cursor() as cursor:
        cursor.execute(f"{sql} LIMIT %s", [pattern(text), NAMES + 1])
        found = {row[0] for row in cursor.fetchall()}
    if len(found) <= NAMES:
        asked.is_few = True
        asked.only(f"c.id IN ({', '.join(map(str, sorted(found))) or 'NULL'})")
        return
    # So common a text is met soon when walking along the list.
    asked.count_limit = COSTLY_COUNT_LIMIT
    asked.only(
        f"(c.id IN ({exact}) OR EXISTS (SELECT 1 FROM people_customer f "  # noqa: S608
        f"WHERE f.root_id = c.id AND {contains('f.name')}))",
        pattern(text),
    )


def known_as(text: str, countries: Iterable[str] = ()) -> list[int]:
    """Return the records known by exactly ``text``: an e-mail, phone, account, or the number of an order of theirs."""
    text = text.replace("\0", "")
    found: set[int] = set()
    for country in sorted(set(countries)) or [""]:
        found.update(find_by_identifier(text, country=country))
    numbers = Order.objects.filter(number__in=spellings(text), customer__isnull=False)
    found.update(pk for pk in numbers.values_list("customer_id", flat=True)[:200] if pk is not None)
    return sorted(found)


def count_in_state(state: CustomerState, *, now: datetime, regular_orders: int, orders_min: int = 0) -> int:
    """Return how many persons are in ``state``; with ``orders_min`` only those with at least so many orders."""
    wanted = CustomerFilter(states=(state,), orders_min=orders_min or None)
    asked = listing(wanted, now=now, regular_orders=regular_orders)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT count(*) FROM {asked.source} WHERE {' AND '.join(asked.where)}",  # noqa: S608 - our own conditions
            asked.values,
        )
        return int(cursor.fetchone()[0])
