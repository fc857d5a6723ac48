"""Revenue, refunds, orders and what share of the revenue came back by itself."""

from __future__ import annotations

from regulars.insight.expressions.relations import (
    Period,
    Table,
    in_window,
    orders,
    refunds,
    summed,
    until_end,
)


def _total(rows: Table, period: Period) -> Table:
    return summed(
        rows,
        period,
        value=rows.value.sum(),
        n=rows.value.count(),
        missing=rows.count() - rows.value.count(),
    )


def revenue(period: Period) -> Table:
    """Return the sum of paid orders."""
    return _total(in_window(orders()), period)


def refunded(period: Period) -> Table:
    """Return the sum of refunds."""
    return _total(in_window(refunds()), period)


def refunded_roots() -> Table:
    """Return the people who got money back in the window."""
    return in_window(refunds()).select("root").distinct()


def net_revenue(period: Period) -> Table:
    """Return paid orders less refunds, each on its own day."""
    paid = in_window(orders()).select("local_date", "value")
    back = in_window(refunds())
    return _total(paid.union(back.select("local_date", value=-back.value)), period)


def order_count(period: Period) -> Table:
    """Return the number of paid orders."""
    rows = in_window(orders())
    return summed(rows, period, value=rows.count(), n=rows.count())


def average_order_value(period: Period) -> Table:
    """Return revenue over the number of orders whose value is known."""
    rows = in_window(orders())
    return summed(
        rows,
        period,
        top=rows.value.sum(),
        bottom=rows.value.count(),
        n=rows.value.count(),
        missing=rows.count() - rows.value.count(),
    )


def _with_firsts() -> Table:
    """Return the window's orders, each marked whether it lies after its customer's first one."""
    known = until_end(orders())
    firsts = known.group_by("root").aggregate(first_us=known.placed_us.min())
    rows = in_window(orders())
    return rows.left_join(firsts, rows.root == firsts.root).select(
        "root", "local_date", "value", is_own=rows.placed_us > firsts.first_us
    )


def own_roots() -> Table:
    """Return the people with an order in the window after their first one."""
    rows = _with_firsts()
    return rows.filter(rows.is_own).select("root").distinct()


def own_share(period: Period) -> Table:
    """Return the share of revenue from orders that lie after their customer's first one."""
    rows = _with_firsts()
    return summed(
        rows,
        period,
        top=rows.value.sum(where=rows.is_own),
        bottom=rows.value.sum(),
        n=rows.value.count(),
        missing=rows.count() - rows.value.count(),
    )
