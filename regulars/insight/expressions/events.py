"""What visitors did on the site, event by event: ways through steps in order, and interest in products."""

from __future__ import annotations

import ibis

from regulars.insight.activities import COLUMNS, DAILY, PRODUCT_ADDED, PRODUCT_VIEWED, VISITED
from regulars.insight.expressions.relations import Table, Value, activities, end, in_window, parameter, start

STEPS = range(2, 7)
SECOND_US = 1_000_000


def _by_people(rows: Table) -> Table:
    return rows.filter(~rows.is_bot & rows.visitor.notnull())


def _staff() -> Table:
    """Return the visitors of the window who are the shop's own."""
    rows = in_window(activities(VISITED))
    return rows.filter(rows.agent == "staff").select("visitor").distinct()


def _step(number: int) -> Table:
    """Return the events of a step: visitor, and occurred_us and turn, which order them. Later steps may end later.

    turn: even numbers in the order of ids, for events of one instant.
    """
    columns = ("id", "visitor", "local_date", "occurred_us", "is_bot")
    rows = ibis.table({c: COLUMNS[PRODUCT_VIEWED][c] for c in columns}, name=f"lake:step_{number}")
    last: Value = end() if number == 1 else parameter("until", "date")
    rows = _by_people(rows).filter(lambda t: t.local_date.between(start(), last))
    return rows.select("visitor", "occurred_us", turn=rows.id * 2)


def _chained(before: Table, step: Table) -> Table:
    """Return the events of ``step`` that continue a chain in time: with start_us of it, and its previous event's.

    before: the events that ended in a chain so far. Of all chains that a step could continue, the one that started
    last leaves it the most time, and that is the one of the last event before: starts never fall along a visitor's
    time. So running maxima in one order find both. An event cannot follow itself: as an end of a chain its turn is odd.
    """
    nothing = ibis.null("int64")
    ends = before.semi_join(step, "visitor")
    ends = ends.select("visitor", "occurred_us", "start_us", turn=ends.turn + 1, at_us=ends.occurred_us)
    rows = ends.union(step.select("visitor", "occurred_us", "turn", start_us=nothing, at_us=nothing)[ends.columns])
    past = ibis.window(group_by="visitor", order_by=[rows.occurred_us, rows.turn], preceding=None, following=0)
    rows = rows.mutate(started_us=rows.start_us.max().over(past), previous_us=rows.at_us.max().over(past))
    within = rows.occurred_us - rows.started_us <= parameter("within")
    found = rows.filter(rows.at_us.isnull() & rows.started_us.notnull() & within)
    return found.select("visitor", "occurred_us", "turn", "previous_us", start_us=found.started_us)


def reached(steps: int) -> Table:
    """Return (visitor, step, seconds): each step that a visitor reached, and how long after the one before."""
    events = [_step(number) for number in range(1, steps + 1)]
    chain = events[0].mutate(start_us=events[0].occurred_us)
    found = events[0].select("visitor").distinct().mutate(step=ibis.literal(1), seconds=ibis.null("float64"))
    for number, step in enumerate(events[1:], 2):
        chain = _chained(chain, step)
        waited = (chain.occurred_us - chain.previous_us) / SECOND_US
        first = chain.group_by("visitor").aggregate(seconds=waited.argmin(chain.occurred_us))
        found = found.union(first.select("visitor", step=ibis.literal(number), seconds=first.seconds))
    return found.anti_join(_staff(), "visitor")


def funnel(steps: int) -> Table:
    """Return (step, visitors, seconds): how many reached each step, and the median time since the step before."""
    rows = reached(steps)
    return rows.group_by("step").aggregate(visitors=rows.count(), seconds=rows.seconds.quantile(0.5))


def funnel_people(steps: int) -> Table:
    """Return (root, step): the last step that each known customer reached, with whichever of her visitors."""
    rows = reached(steps)
    links = ibis.table({"visitor": "string", "customer": "int64"}, name="lake:visitor_map")
    people = ibis.table({"customer": "int64", "root": "int64"}, name="lake:customer_map")
    rows = rows.filter(~rows.visitor.startswith(DAILY)).join(links, "visitor")
    people = people.select(merged=people.customer, into=people.root)
    rows = rows.left_join(people, rows.customer == people.merged)
    return rows.group_by(root=ibis.coalesce(rows.into, rows.customer)).aggregate(step=rows.step.max())


def _of_products(kind: str) -> Table:
    rows = _by_people(in_window(activities(kind)))
    return rows.filter(rows.product != "").anti_join(_staff(), "visitor")


def product_interest() -> Table:
    """Return (product, name, viewers, views, returned_to, carted) of each product that somebody looked at."""
    rows = _of_products(PRODUCT_VIEWED)
    # Whoever looked, the name is the name; and nothing of it need be shared with the rows below, which are many.
    named = activities(PRODUCT_VIEWED)
    named = named.filter((named.name != "") & named.local_date.between(start(), end()))
    names = named.group_by("product").aggregate(name=named.name.argmax(named.occurred_us))
    pairs = rows.group_by("product", "visitor").aggregate(
        views=rows.count(), first_date=rows.local_date.min(), last_date=rows.local_date.max()
    )
    came_again = ~pairs.visitor.startswith(DAILY) & (pairs.first_date < pairs.last_date)
    seen = pairs.group_by("product").aggregate(
        viewers=pairs.count(), views=pairs.views.sum(), returned_to=pairs.count(where=came_again)
    )
    added = _of_products(PRODUCT_ADDED)
    carts = added.group_by(carted_product=added.product).aggregate(carted=added.visitor.nunique())
    names = names.select(named=names.product, name=names.name)
    joined = seen.left_join(names, seen.product == names.named)
    joined = joined.left_join(carts, joined.product == carts.carted_product)
    return joined.select(
        "product", "viewers", "views", "returned_to",
        name=ibis.coalesce(joined.name, ""), carted=ibis.coalesce(joined.carted, 0),
    )  # fmt: skip
