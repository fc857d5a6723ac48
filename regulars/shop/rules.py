"""What a person's purchases say about her: pure functions; the same rule in SQL is in ``queries.customers``."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from regulars.base.clock import to_us

DAY_US = 86_400_000_000
# So long a first purchase counts as recent.
NEW_US = 60 * DAY_US
# Somebody who comes back is missed after twice her usual time between orders, but not within a month, and after a
# year at the latest; as long again and she is counted as lapsed.
LEAST_PATIENCE_US = 30 * DAY_US
MOST_PATIENCE_US = 365 * DAY_US


class CustomerState(StrEnum):
    """Where a person stands with the shop."""

    NO_ORDERS = "no_orders"
    NEW = "new"
    ONE_TIME = "one_time"
    REPEAT = "repeat"
    REGULAR = "regular"
    LAPSING = "lapsing"
    LAPSED = "lapsed"


@dataclass(frozen=True, slots=True)
class Business:
    """A person's paid orders: how many, and the instants of the first and last (None without orders)."""

    orders: int
    first_order_at: datetime | None
    last_order_at: datetime | None

    @property
    def usual_gap_us(self) -> int | None:
        """Return the mean time between her orders in microseconds; None with fewer than two orders."""
        if self.orders < 2 or self.first_order_at is None or self.last_order_at is None:
            return None
        return (to_us(self.last_order_at) - to_us(self.first_order_at)) // (self.orders - 1)

    @property
    def patience_us(self) -> int | None:
        """Return after how long without an order she is missed, in microseconds; None with fewer than two orders."""
        gap = self.usual_gap_us
        return None if gap is None else min(max(2 * gap, LEAST_PATIENCE_US), MOST_PATIENCE_US)


def customer_state(business: Business, *, now: datetime, regular_orders: int) -> CustomerState:
    """Return where a person stands. ``regular_orders``: at least so many orders make a regular."""
    if business.orders == 0 or business.last_order_at is None:
        return CustomerState.NO_ORDERS
    silent_us = to_us(now) - to_us(business.last_order_at)
    patience = business.patience_us
    if patience is None:
        return CustomerState.NEW if silent_us <= NEW_US else CustomerState.ONE_TIME
    if silent_us > 2 * patience:
        return CustomerState.LAPSED
    if silent_us > patience:
        return CustomerState.LAPSING
    return CustomerState.REGULAR if business.orders >= regular_orders else CustomerState.REPEAT
