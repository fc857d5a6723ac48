"""Which products visitors look at, come back to, and put in the basket."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from regulars.insight.activities import PRODUCT_ADDED, PRODUCT_VIEWED, VISITED
from regulars.insight.catalogue import metric_of
from regulars.insight.lake import Lake
from regulars.insight.questions import Question, ask
from regulars.insight.visit_results import Interest

ORDERS = ("viewers", "views", "returned_to", "carted")


def product_interest(
    lake: Lake,
    start: date,
    end: date,
    *,
    store: int | None = None,
    limit: int = 50,
    order_by: str = "viewers",
) -> tuple[Interest, ...]:
    """Return the products looked at in the window, most of ``order_by`` (one of ORDERS) first.

    Machines and staff are left out. What was bought is not in the lake by product: it is for the database to say.
    """
    if order_by not in ORDERS:
        raise ValueError(f"products are ordered by {', '.join(ORDERS)}, not {order_by!r}")
    metric = replace(metric_of("visits"), kinds=(PRODUCT_VIEWED, PRODUCT_ADDED, VISITED))
    outer = f"SELECT * FROM ({{}}) AS b ORDER BY {order_by} DESC, viewers DESC, product LIMIT {int(limit)}"  # noqa: S608
    answer = ask(lake, "site/products", metric, Question(start, end, store=store), outer=outer)
    return tuple(
        Interest(r["product"], r["name"], r["viewers"], int(r["views"]), int(r["returned_to"]), r["carted"])
        for r in answer.records()
    )
