"""How many customers, how many of them new, back again, or back within a time."""

from __future__ import annotations

import ibis

from regulars.insight.expressions.relations import (
    Period,
    Table,
    end,
    in_window,
    month_number,
    orders,
    parameter,
    ripe,
    start,
    summed,
    until_end,
)


def customers(period: Period) -> Table:
    """Return the number of people with a paid order."""
    rows = in_window(orders())
    return summed(rows, period, value=rows.root.nunique(), n=rows.root.nunique())


def customer_roots() -> Table:
    """Return the people with a paid order in the window."""
    return in_window(orders()).select("root").distinct()


def _lives() -> Table:
    """Return each person's first and last day and number of orders up to the window's end."""
    rows = until_end(orders())
    return rows.group_by("root").aggregate(
        local_date=rows.local_date.min(), last_date=rows.local_date.max(), orders=rows.count()
    )


def new_roots() -> Table:
    """Return the people whose first paid order lies in the window."""
    lives = _lives()
    return lives.filter(lives.local_date >= start())


def new_customers(period: Period) -> Table:
    """Return the number of people whose first paid order lies in the window."""
    rows = new_roots()
    return summed(rows, period, value=rows.count(), n=rows.count())


def returning_roots() -> Table:
    """Return the people who ordered in the window and for the first time before it."""
    lives = _lives()
    return lives.filter((lives.local_date < start()) & (lives.last_date >= start()))


def repeat_roots() -> Table:
    """Return the people who ordered in the window and had ordered before, or ordered more than once in it."""
    lives = _lives()
    return lives.filter((lives.orders >= 2) & (lives.last_date >= start()))


def _visits(period: Period) -> Table:
    """Return a row for each person and period of the window: how many orders, and when the first ever was."""
    assert period is not None
    rows = in_window(orders())
    rows = rows.filter(rows.root.notnull())
    visits = rows.group_by("root", period=period(rows.local_date)).aggregate(orders=rows.count())
    lives = until_end(orders())
    firsts = lives.group_by("root").aggregate(first_date=lives.local_date.min())
    joined = visits.join(firsts, "root").select("root", "period", "orders", "first_date")
    return joined.mutate(is_back=(period(joined.first_date) < joined.period) | (joined.first_date < start()))


def returning_customers(period: Period) -> Table:
    """Return the number of people whose first order lies before the window or period in which they ordered."""
    if period is None:
        rows = returning_roots()
        return rows.aggregate(value=rows.count(), n=rows.count())
    visits = _visits(period)
    back = visits.is_back.sum()
    return visits.group_by("period").aggregate(value=back, n=back)


def repeat_customers(period: Period) -> Table:
    """Return the number of people who ordered again in the window or period."""
    if period is None:
        rows = repeat_roots()
        return rows.aggregate(value=rows.count(), n=rows.count())
    visits = _visits(period)
    again = (visits.is_back | (visits.orders >= 2)).sum()
    return visits.group_by("period").aggregate(value=again, n=again)


def _cohort() -> tuple[Table, Table]:
    """Return all orders of known people, and (root, local_date) of those whose first order is in the ripe window."""
    rows = orders()
    rows = rows.filter(rows.root.notnull())
    firsts = rows.group_by("root").aggregate(first_date=rows.local_date.min())
    return rows, firsts.filter(firsts.first_date.between(start(), ibis.least(end(), ripe())))


def _repeaters() -> Table:
    """Return each member of the ripe cohort: root, local_date of the first order, whether a second came in time."""
    rows, firsts = _cohort()
    near = rows.join(firsts, "root").select("root", "first_date", "local_date")
    near = near.filter(near.local_date.delta(near.first_date, unit="day") <= parameter("horizon"))
    members = near.group_by("root", local_date=near.first_date).aggregate(orders=near.count())
    return members.select("root", "local_date", has_repeated=members.orders >= 2)


def repeat_rate(period: Period) -> Table:
    """Return the share of first-time customers who ordered again within the horizon."""
    rows = _repeaters()
    return summed(rows, period, top=rows.has_repeated.sum(), bottom=rows.count(), n=rows.count())


def repeat_rate_roots() -> Table:
    """Return the cohort's members who ordered again in time."""
    rows = _repeaters()
    return rows.filter(rows.has_repeated)


def _next_month() -> Table:
    """Return each member of the ripe cohort and whether she ordered in the month after her first."""
    rows, firsts = _cohort()
    months = rows.select("root", month=month_number(rows.local_date)).distinct()
    joined = months.join(firsts, "root").select("root", "first_date", "month")
    follows = (joined.month == month_number(joined.first_date) + 1).cast("int64")
    members = joined.group_by("root", local_date=joined.first_date).aggregate(came_back=follows.max())
    return members.select("root", "local_date", "came_back")


def retention(period: Period) -> Table:
    """Return the share of first-time customers who ordered again in the calendar month after their first."""
    rows = _next_month()
    return summed(rows, period, top=rows.came_back.sum(), bottom=rows.count(), n=rows.count())


def retention_roots() -> Table:
    """Return the cohort's members who ordered in the month after their first."""
    rows = _next_month()
    return rows.filter(rows.came_back == 1)


def retention_matrix() -> Table:
    """Return (cohort, age, customers): people by first month and months since it in which they ordered."""
    rows = until_end(orders())
    months = rows.select("root", month=month_number(rows.local_date)).distinct()
    cohorts = months.group_by("root").aggregate(cohort=months.month.min())
    cohorts = cohorts.filter(cohorts.cohort >= month_number(start()))
    joined = months.join(cohorts, "root").select("cohort", age=months.month - cohorts.cohort)
    return joined.group_by("cohort", "age").aggregate(customers=joined.count())
