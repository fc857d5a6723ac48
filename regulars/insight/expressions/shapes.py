"""Which SQL texts there are: one for each metric and shape of question."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import ibis

from regulars.insight.activities import VISIT_RELATIONS
from regulars.insight.expressions import events, money, people, reports, rhythm, visits
from regulars.insight.expressions.relations import (
    ORDERS,
    REFUNDS,
    Period,
    Table,
    period_of,
    relation,
    stored_visits,
)

_MEASURES: dict[str, Callable[[Period], Table]] = {
    "revenue": money.revenue,
    "refunds": money.refunded,
    "net_revenue": money.net_revenue,
    "orders": money.order_count,
    "average_order_value": money.average_order_value,
    "own_share": money.own_share,
    "customers": people.customers,
    "new_customers": people.new_customers,
    "returning_customers": people.returning_customers,
    "repeat_customers": people.repeat_customers,
    "repeat_rate": people.repeat_rate,
    "retention": people.retention,
    "time_between_orders": rhythm.time_between_orders,
    "visits": visits.visit_count,
    "visit_conversion": visits.visit_conversion,
    "known_visits": visits.known_share,
    "return_visits": visits.return_visits,
}
# Numbers of a moment: a series asks them anew for each period's end.
_MOMENTS: dict[str, Callable[[Period], Table]] = {
    "regulars": partial(rhythm.state_count, "regular"),
    "lapsing": partial(rhythm.state_count, "lapsing"),
    "lapsed": partial(rhythm.state_count, "lapsed"),
    "rfm": rhythm.rfm,
}
_BEHIND: dict[str, Callable[[], Table]] = {
    "revenue": people.customer_roots,
    "refunds": money.refunded_roots,
    "net_revenue": people.customer_roots,
    "orders": people.customer_roots,
    "average_order_value": people.customer_roots,
    "own_share": money.own_roots,
    "customers": people.customer_roots,
    "new_customers": people.new_roots,
    "returning_customers": people.returning_roots,
    "repeat_customers": people.repeat_roots,
    "repeat_rate": people.repeat_rate_roots,
    "retention": people.retention_roots,
    "time_between_orders": rhythm.time_between_roots,
    "regulars": partial(rhythm.in_state, "regular"),
    "lapsing": partial(rhythm.in_state, "lapsing"),
    "lapsed": partial(rhythm.in_state, "lapsed"),
    "rfm": rhythm.classes,
    "visits": visits.visit_roots,
    "visit_conversion": visits.visit_conversion_roots,
    "known_visits": visits.visit_roots,
    "return_visits": visits.return_visit_roots,
}


def shapes() -> dict[str, Callable[[], Table]]:
    """Return every shape by its name, ``metric/total``, ``metric/month``, ``metric/behind`` …"""
    found: dict[str, Callable[[], Table]] = {}
    for name in (ORDERS, REFUNDS):
        for mapped in (False, True):
            for converted in (False, True):
                key = f"source/{name}/{'mapped' if mapped else 'plain'}/{'converted' if converted else 'single'}"
                found[key] = partial(relation, name, is_mapped=mapped, is_converted=converted)
    for name in VISIT_RELATIONS:
        found[f"source/{name}"] = partial(stored_visits, name)
    for name, measure in _MEASURES.items():
        found[f"{name}/total"] = partial(measure, None)
        for by in ("day", "week", "month"):
            found[f"{name}/{by}"] = partial(measure, period_of(by))
    for name, measure in _MOMENTS.items():
        found[f"{name}/total"] = partial(measure, None)
    for name, roots in _BEHIND.items():
        found[f"{name}/behind"] = roots
    found["retention/matrix"] = people.retention_matrix
    found["rfm/grid"] = rhythm.rfm_grid
    found["rhythm/list"] = rhythm.rhythms
    return found | _reports()


def _reports() -> dict[str, Callable[[], Table]]:
    """Return the shapes of reports on the shop's site."""
    found: dict[str, Callable[[], Table]] = {
        "site/breakdown": partial(reports.breakdown, None),
        **{f"site/course/{by}": partial(reports.breakdown, period_of(by)) for by in ("day", "week", "month")},
        "site/paths": reports.paths,
        "site/people": reports.people,
        "site/products": events.product_interest,
        "site/after_visit": visits.after_visit,
        "site/after_visit/people": visits.after_visit_people,
        "site/after_order": visits.after_order,
        "site/after_order/people": visits.after_order_people,
        "site/after_message": visits.after_message,
        "site/after_message/people": visits.after_message_people,
    }
    for steps in events.STEPS:
        found[f"site/funnel/{steps}"] = partial(events.funnel, steps)
        found[f"site/funnel/{steps}/people"] = partial(events.funnel_people, steps)
    return found


def compile_shape(name: str) -> str:
    """Return the DuckDB SQL of shape ``name``; raise KeyError for an unknown one."""
    return str(ibis.to_sql(shapes()[name](), dialect="duckdb"))


def compile_all() -> dict[str, str]:
    """Return the DuckDB SQL of every shape."""
    return {name: compile_shape(name) for name in shapes()}
