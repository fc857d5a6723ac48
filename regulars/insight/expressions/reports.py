"""Visits told apart by one of their columns or by period, the ways through the site, and who made them."""

from __future__ import annotations

import ibis

from regulars.insight.expressions.relations import Period, Table, asked_visits, in_window


def breakdown(period: Period) -> Table:
    """Return the counts of visits by label, or by period.

    Different visitors of a day are counted by gathering each visitor's day first: that is several times faster than
    counting distinct pairs. The median cannot be had of gathered rows, so it comes from a second, narrow pass, and
    from a relation of its own: rows shared by both would be copied whole.
    """
    rows = in_window(asked_visits("person"))
    if period is not None:
        rows = rows.mutate(label=period(rows.local_date))
    days = rows.group_by("label", "visitor", "local_date").aggregate(
        visits=rows.count(),
        new=rows.count(where=rows["first"] == "new"),
        returning=rows.count(where=rows["first"] == "returning"),
        known=rows.person.count(),
        orders=rows.count(where=rows.orders > 0),
        added=rows.count(where=rows.added > 0),
        bounce=rows.count(where=rows.pages <= 1),
    )
    sums = ("visits", "new", "returning", "known", "orders", "added", "bounce")
    counts = days.group_by("label").aggregate(
        visitors_days=days.visitor.count(), **{name: days[name].sum() for name in sums}
    )
    plain = in_window(asked_visits())
    if period is not None:
        plain = plain.mutate(label=period(plain.local_date))
    times = plain.group_by(row=plain.label).aggregate(engaged_seconds=plain.engaged_seconds.quantile(0.5))
    return counts.left_join(times, counts.label.identical_to(times.row)).drop("row")


def paths() -> Table:
    """Return (entry, second, third, visits, orders, total) of visits that saw a page; total: all of those."""
    rows = in_window(asked_visits())
    rows = rows.filter(rows.entry != "")
    ways = rows.group_by("entry", "second", "third").aggregate(
        visits=rows.count(), orders=rows.count(where=rows.orders > 0)
    )
    return ways.mutate(total=ways.visits.sum().over(ibis.window()))


def people() -> Table:
    """Return the known customers who made the visits asked for."""
    return in_window(asked_visits("root")).select("root").distinct()
