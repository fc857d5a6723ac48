"""How long customers take between orders, who keeps her rhythm and who falls out of it; recency and frequency."""

from __future__ import annotations

import ibis

from regulars.insight.expressions.relations import (
    Period,
    Table,
    end,
    in_window,
    orders,
    parameter,
    start,
    summed,
    until_end,
)


def _days() -> Table:
    """Return each person's order days up to the end, with the orders of the day and the days since the one before."""
    rows = until_end(orders())
    days = rows.group_by("root", "local_date").aggregate(orders=rows.count())
    before = days.local_date.lag().over(group_by="root", order_by="local_date")
    return days.mutate(gap=days.local_date.delta(before, unit="day"))


def _gaps() -> Table:
    days = _days()
    return days.filter(days.gap.notnull() & (days.local_date >= start()))


def time_between_orders(period: Period) -> Table:
    """Return median and quartiles of the days between a customer's consecutive order days."""
    gaps = _gaps()
    return summed(
        gaps,
        period,
        value=gaps.gap.quantile(0.5),
        n=gaps.count(),
        low=gaps.gap.quantile(0.25),
        high=gaps.gap.quantile(0.75),
    )


def time_between_roots() -> Table:
    """Return the people with an order in the window that followed an earlier order day."""
    return _gaps().select("root").distinct()


def rhythms() -> Table:
    """Return everybody with enough orders: root, orders, last_date, since_days, usual_days, state at the end.

    usual_days: the median of her own gaps from two gaps on, else that of all gaps of the shop, never below the floor.
    """
    days = _days()
    shop = days.aggregate(usual=days.gap.quantile(0.5))
    people = days.group_by("root").aggregate(
        orders=days.orders.sum(),
        last_date=days.local_date.max(),
        gaps=days.gap.count(),
        own=days.gap.quantile(0.5),
    )
    people = people.filter(people.orders >= parameter("least_orders")).cross_join(shop)
    usual = ibis.ifelse(people.gaps >= 2, people.own, ibis.coalesce(people.usual, 0.0))
    found = people.select(
        "root",
        "orders",
        "last_date",
        since_days=end().delta(people.last_date, unit="day"),
        usual_days=ibis.greatest(usual, parameter("floor_days").cast("float64")),
    )
    state = ibis.cases(
        (found.since_days <= 2 * found.usual_days, "regular"),
        (found.since_days <= 4 * found.usual_days, "lapsing"),
        else_="lapsed",
    )
    return found.mutate(state=state)


def in_state(state: str) -> Table:
    """Return the people in ``state``."""
    rows = rhythms()
    return rows.filter(rows.state == state)


def state_count(state: str, period: Period) -> Table:
    """Return how many are in ``state`` at the window's end, of how many with enough orders."""
    assert period is None
    rows = rhythms()
    return rows.aggregate(value=(rows.state == state).sum(), n=rows.count())


def classes() -> Table:
    """Return each customer of the window with her classes 1 to 5 of recency, frequency and money.

    A class is 1 plus five times the share of customers who are strictly lower, so equal customers are classed equally.
    """
    rows = in_window(orders())
    rows = rows.filter(rows.root.notnull())
    people = rows.group_by("root").aggregate(
        last_date=rows.local_date.max(),
        orders=rows.count(),
        revenue=ibis.coalesce(rows.value.sum(), 0),
        missing=rows.count() - rows.value.count(),
    )
    total = people.count().over(ibis.window())

    def class_of(value: Table) -> Table:
        lower = ibis.rank().over(order_by=value)
        return (1 + (5 * lower) // total).cast("int64")

    return people.mutate(
        recency=class_of(people.last_date), frequency=class_of(people.orders), money=class_of(people.revenue)
    )


def rfm(period: Period) -> Table:
    """Return how many customers of the window are classed; everybody is, so no classes are needed."""
    assert period is None
    rows = in_window(orders())
    return rows.aggregate(value=rows.root.nunique(), n=rows.root.nunique())


def rfm_grid() -> Table:
    """Return (recency, frequency, customers, orders, revenue, missing) of each occupied field."""
    rows = classes()
    return rows.group_by("recency", "frequency").aggregate(
        customers=rows.count(), orders=rows.orders.sum(), revenue=rows.revenue.sum(), missing=rows.missing.sum()
    )
