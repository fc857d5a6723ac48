"""What is derived from orders and kept beside them: a person's business in a row, and values in one currency."""

from __future__ import annotations

import bisect
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

from django.db import connection, transaction

from regulars.base import bulk, jobs
from regulars.base.actor import SYSTEM
from regulars.base.clock import from_us, now
from regulars.base.installation import shop_settings
from regulars.base.money import convert
from regulars.shop import kinds
from regulars.shop.models import ExchangeRate
from regulars.stream.operations import record

_SUMMARY = """
    INSERT INTO shop_customersummary (customer_id, orders, revenue_minor, refunded_minor, first_order_at, last_order_at)
    SELECT c.root_id, count(o.id), coalesce(sum(o.reporting_minor), 0),
           coalesce(sum(CASE WHEN o.paid_minor = 0 THEN 0
                             ELSE round(1.0 * o.reporting_minor * o.refunded_minor / o.paid_minor) END), 0),
           min(o.placed_at), max(o.placed_at)
    FROM people_customer c LEFT JOIN shop_order o ON o.customer_id = c.id AND o.state = 'paid'
    WHERE c.root_id IN ({}) GROUP BY c.root_id
    ON CONFLICT (customer_id) DO UPDATE SET orders = excluded.orders, revenue_minor = excluded.revenue_minor,
        refunded_minor = excluded.refunded_minor, first_order_at = excluded.first_order_at,
        last_order_at = excluded.last_order_at"""


def refresh_summaries(customers: Iterable[int]) -> None:
    """Make the summary rows of these customers' persons anew from their paid orders."""
    roots = {
        row[0]
        for row in bulk.select_in("SELECT root_id FROM people_customer WHERE id IN ({})", set(customers), size=5000)
    }
    ids = sorted(roots)
    with connection.cursor() as cursor:
        for start in range(0, len(ids), 5000):
            part = ids[start : start + 5000]
            cursor.execute(_SUMMARY.format(", ".join(["%s"] * len(part))), part)
    # A record that was merged away has no business of its own.
    bulk.update("DELETE FROM shop_customersummary WHERE customer_id = %s", [(pk,) for pk in set(customers) - roots])


def drop_summaries(customers: Sequence[int]) -> None:
    """Remove the summary rows of records that are about to go."""
    bulk.update("DELETE FROM shop_customersummary WHERE customer_id = %s", [(pk,) for pk in customers])


class Rates:
    """The dated rates into one currency: a day's rate is the latest on or before it, in either direction."""

    def __init__(self, target: str) -> None:
        self.target = target
        self._by_source: dict[str, tuple[list[date], list[Decimal]]] = {}
        rows = ExchangeRate.objects.order_by("date").values_list("source", "target", "date", "rate")
        inverse: dict[str, tuple[list[date], list[Decimal]]] = {}
        for source, into, day, rate in rows:
            if into == target:
                days, rates = self._by_source.setdefault(source, ([], []))
            elif source == target:
                days, rates = inverse.setdefault(into, ([], []))
                rate = 1 / rate
            else:
                continue
            days.append(day)
            rates.append(rate)
        for source, pair in inverse.items():
            self._by_source.setdefault(source, pair)

    def convert(self, minor: int, source: str, placed_us: int) -> int | None:
        """Return ``minor`` of ``source`` in the target's minor units on ``placed_us``'s UTC day, None without rate."""
        if source == self.target:
            return minor
        days, rates = self._by_source.get(source, ([], []))
        place = bisect.bisect_right(days, from_us(placed_us).date())
        return convert(minor, source, self.target, rates[place - 1]) if place else None


@jobs.job("shop.convert_orders")
def convert_orders() -> None:
    """Value every order in the reporting currency anew, and the summaries; after a rate or the currency changed."""
    target = shop_settings().currency
    rates = Rates(target)
    last, missing, count = 0, 0, 0
    while True:
        with transaction.atomic():
            rows = _orders_after(last)
            if not rows:
                break
            last = rows[-1][0]
            changed = []
            for pk, paid, currency, placed, was, _customer in rows:
                value = rates.convert(paid, currency, placed)
                missing += value is None
                if value != was:
                    changed.append((value, pk))
            bulk.update("UPDATE shop_order SET reporting_minor = %s WHERE id = %s", changed)
            moved = {pk for _, pk in changed}
            refresh_summaries({r[5] for r in rows if r[0] in moved and r[5] is not None})
            count += len(changed)
    at = now()
    if count:
        body = kinds.OrdersRevalued(target=target, orders=count, missing=missing)
        record("orders.revalued", f"orders.revalued:{at.isoformat()}", body, by=SYSTEM, at=at)


def _orders_after(last: int) -> Sequence[tuple[int, int, str, int, int | None, int | None]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, paid_minor, currency, placed_at, reporting_minor, customer_id FROM shop_order "
            "WHERE id > %s ORDER BY id LIMIT 5000",
            [last],
        )
        return list(cursor.fetchall())
