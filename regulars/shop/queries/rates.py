"""What waits for an exchange rate."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Min

from regulars.shop.models import Order


@dataclass(frozen=True, slots=True)
class WithoutRate:
    """Paid orders whose amount is not known in the reporting currency: how many, in what currencies, since when."""

    count: int
    currencies: tuple[str, ...]
    oldest_at: datetime | None


def without_rate() -> WithoutRate:
    """Return the paid orders that no rate has valued. Reads every order: for background work, not for pages."""
    waiting = Order.objects.filter(state=Order.State.PAID, reporting_minor=None)
    rows = list(waiting.values("currency").annotate(found=Count("id"), oldest_at=Min("placed_at")).order_by("currency"))
    return WithoutRate(
        sum(row["found"] for row in rows),
        tuple(row["currency"] for row in rows),
        min((row["oldest_at"] for row in rows), default=None),
    )
