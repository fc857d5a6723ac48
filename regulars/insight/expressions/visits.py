"""Visits of people: how many, how many with an order, of known customers, and which visitors come back."""

from __future__ import annotations

import ibis

from regulars.insight.expressions.relations import (
    Period,
    Table,
    end,
    in_window,
    known_visits,
    orders,
    parameter,
    ripe,
    start,
    summed,
    until_end,
    visits,
)

DAY_US = 86_400_000_000


def visit_count(period: Period) -> Table:
    """Return the number of visits."""
    rows = in_window(visits())
    return summed(rows, period, value=rows.count(), n=rows.count())


def visit_roots() -> Table:
    """Return the known customers who visited in the window."""
    return in_window(known_visits()).select("root").distinct()


def visit_conversion(period: Period) -> Table:
    """Return the share of visits in which the site told of an order."""
    rows = in_window(visits())
    return summed(rows, period, top=rows.count(where=rows.orders > 0), bottom=rows.count(), n=rows.count())


def visit_conversion_roots() -> Table:
    """Return the known customers in whose visits the site told of an order."""
    rows = in_window(known_visits())
    return rows.filter(rows.orders > 0).select("root").distinct()


def known_share(period: Period) -> Table:
    """Return the share of visits by customers whom the shop knows."""
    rows = in_window(known_visits())
    return summed(rows, period, top=rows.root.count(), bottom=rows.count(), n=rows.count())


def newcomers(rows: Table) -> Table:
    """Return (visitor, first_us, first_date) of lasting visitors whose first visit lies in the ripe window."""
    firsts = rows.filter(
        (rows["first"] == "new") & rows.is_lasting & rows.local_date.between(start(), ibis.least(end(), ripe()))
    )
    return firsts.group_by("visitor").aggregate(first_us=firsts.occurred_us.min(), first_date=firsts.local_date.min())


def _returns(rows: Table) -> Table:
    """Return each newcomer with the local_date of the first visit, and whether another began within the horizon."""
    near = newcomers(visits()).join(rows, "visitor")
    age_us = near.occurred_us - near.first_us
    near = near.filter(age_us.between(0, parameter("horizon") * DAY_US))
    extra = {"root": near.root.max()} if "root" in rows.columns else {}
    return near.group_by("visitor", local_date=near.first_date).aggregate(
        has_returned=(near.occurred_us > near.first_us).any(), **extra
    )


def return_visits(period: Period) -> Table:
    """Return the share of newcomers who began another visit within the horizon."""
    rows = _returns(visits())
    return summed(rows, period, top=rows.count(where=rows.has_returned), bottom=rows.count(), n=rows.count())


def return_visit_roots() -> Table:
    """Return the known customers among the newcomers who came back in time."""
    rows = _returns(known_visits())
    return rows.filter(rows.has_returned).select("root").distinct()


def later_visits(*, has_root: bool) -> Table:
    """Return waited_us (and root) of each newcomer: until the next visit began, null where none did by the horizon."""
    rows = known_visits() if has_root else visits()
    near = newcomers(visits()).join(rows, "visitor")
    waited = near.occurred_us - near.first_us
    near = near.mutate(waited_us=waited).filter(waited.between(0, parameter("horizon") * DAY_US))
    extra = {"root": near.root.max()} if has_root else {}
    return near.group_by("visitor").aggregate(waited_us=near.waited_us.min(where=near.waited_us > 0), **extra)


def visits_after_order() -> Table:
    """Return (root, waited_us) of who first ordered in the ripe window: until a visit began, null where none did."""
    paid = until_end(orders())
    firsts = paid.group_by("root").aggregate(first_us=paid.placed_us.min(), first_date=paid.local_date.min())
    firsts = firsts.filter(firsts.first_date.between(start(), ibis.least(end(), ripe())))
    rows = known_visits()
    rows = rows.filter(rows.root.notnull() & (rows.local_date >= start()))
    rows = rows.select(guest=rows.root, at_us=rows.occurred_us)
    near = firsts.left_join(rows, firsts.root == rows.guest)
    waited = near.at_us - near.first_us
    in_time = (waited > 0) & (waited <= parameter("horizon") * DAY_US)
    return near.group_by("root").aggregate(waited_us=waited.min(where=in_time))


def waits(people: Table) -> Table:
    """Return (days, people) of whole and begun days until the return; days is null for who did not return."""
    rows = people.mutate(days=(people.waited_us + (DAY_US - 1)) // DAY_US)
    return rows.group_by("days").aggregate(people=rows.count())
