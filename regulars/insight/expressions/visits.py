"""Visits of people: how many, how many with an order, of known customers, and which visitors come back."""

from __future__ import annotations

import ibis

from regulars.insight.activities import HANDED_OVER
from regulars.insight.expressions.relations import (
    Period,
    Table,
    activities,
    end,
    in_window,
    known_visits,
    linked_visits,
    orders,
    parameter,
    ripe,
    start,
    summed,
    until_end,
    visits,
    with_root,
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
    rows = in_window(linked_visits())
    return summed(rows, period, top=rows.person.count(), bottom=rows.count(), n=rows.count())


def _newcomers(rows: Table) -> Table:
    """Return (visitor, first_us, first_date) of lasting visitors whose first visit lies in the ripe window."""
    firsts = rows.filter(
        (rows["first"] == "new") & rows.is_lasting & rows.local_date.between(start(), ibis.least(end(), ripe()))
    )
    extra = {"root": firsts.root.max()} if "root" in rows.columns else {}
    return firsts.group_by("visitor").aggregate(
        first_us=firsts.occurred_us.min(), first_date=firsts.local_date.min(), **extra
    )


def _waited(firsts: Table, rows: Table, key: str) -> Table:
    """Return (key, local_date of the first, waited_us) of those of ``firsts`` with a visit after it by the horizon."""
    near = firsts.select(key, "first_us", "first_date").join(rows.select(key, at_us=rows.occurred_us), key)
    waited = near.at_us - near.first_us
    near = near.filter((waited > 0) & (waited <= parameter("horizon") * DAY_US))
    return near.group_by(key, local_date=near.first_date).aggregate(waited_us=(near.at_us - near.first_us).min())


def return_visits(period: Period) -> Table:
    """Return the share of newcomers who began another visit within the horizon."""
    firsts = _newcomers(visits())
    back = _waited(firsts, visits(), "visitor")
    # Side by side rather than joined: nothing need be known of one newcomer but her day.
    rows = firsts.select(local_date=firsts.first_date, is_back=False).union(back.select("local_date", is_back=True))
    newcomers = rows.count(where=~rows.is_back)
    return summed(rows, period, top=rows.count(where=rows.is_back), bottom=newcomers, n=newcomers)


def return_visit_roots() -> Table:
    """Return the known customers among the newcomers who came back in time."""
    rows = after_visit_people()
    return rows.filter(rows.waited_us.notnull()).select("root").distinct()


def _first_orders() -> Table:
    """Return (root, first_us, first_date) of who first ordered in the ripe window."""
    paid = until_end(orders())
    firsts = paid.group_by("root").aggregate(first_us=paid.placed_us.min(), first_date=paid.local_date.min())
    return firsts.filter(firsts.first_date.between(start(), ibis.least(end(), ripe())))


def _after_orders(firsts: Table) -> Table:
    rows = known_visits()
    return _waited(firsts, rows.filter(rows.root.notnull() & (rows.local_date >= start())), "root")


def _messages() -> Table:
    """Return (root, first_us, first_date) of who was written to in the ripe window: by the first message in it."""
    rows = with_root(activities(HANDED_OVER))
    rows = rows.filter(rows.is_marketing & rows.local_date.between(start(), ibis.least(end(), ripe())))
    return rows.group_by("root").aggregate(first_us=rows.occurred_us.min(), first_date=rows.local_date.min())


def after_message() -> Table:
    """Return how many days who was written to took to begin a visit after it."""
    firsts = _messages()
    return _days(firsts, _after_orders(firsts))


def after_message_people() -> Table:
    """Return (root, waited_us) of who was written to; null where they did not visit in time."""
    firsts = _messages()
    return _people(firsts, _after_orders(firsts), "root")


def _days(firsts: Table, back: Table) -> Table:
    """Return (days, people): begun days until the return; without days, everybody, also who did not return."""
    days = (back.waited_us + (DAY_US - 1)) // DAY_US
    rows = back.select(days=days).union(firsts.select(days=ibis.null("int64")))
    return rows.group_by("days").aggregate(people=rows.count())


def after_visit() -> Table:
    """Return how many days newcomers took to begin another visit."""
    firsts = _newcomers(visits())
    return _days(firsts, _waited(firsts, visits(), "visitor"))


def after_order() -> Table:
    """Return how many days who first ordered took to begin a visit after it."""
    firsts = _first_orders()
    return _days(firsts, _after_orders(firsts))


def _people(firsts: Table, back: Table, key: str) -> Table:
    back = back.select(returned=back[key], waited_us=back.waited_us)
    return firsts.left_join(back, firsts[key] == back.returned).select("root", "waited_us")


def after_visit_people() -> Table:
    """Return (root, waited_us) of newcomers; null where they did not return in time."""
    firsts = _newcomers(known_visits())
    return _people(firsts, _waited(firsts, visits(), "visitor"), "visitor")


def after_order_people() -> Table:
    """Return (root, waited_us) of who first ordered; null where they did not visit in time."""
    firsts = _first_orders()
    return _people(firsts, _after_orders(firsts), "root")
