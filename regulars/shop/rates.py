"""The dated exchange rates, for the lake."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from regulars.shop.models import ExchangeRate


def dated_rates() -> Iterator[tuple[str, str, date, float]]:
    """Yield (source, target, first day, rate): one source is worth rate targets from that day on."""
    rows = ExchangeRate.objects.order_by("source", "target", "date")
    for source, target, day, rate in rows.values_list("source", "target", "date", "rate"):
        yield source, target, day, float(rate)
