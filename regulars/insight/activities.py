"""The kinds of activity that insight reads, and the columns of their files that it knows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

PAID, REFUNDED = "order.paid", "order.refunded"
VISITED = "site.visited"
PAGE_VIEWED = "site.page_viewed"
PRODUCT_VIEWED, PRODUCT_ADDED = "site.product_viewed", "site.product_added"
HANDED_OVER = "message.handed_over"
CHECKOUT_STARTED, ORDER_HINTED = "site.checkout_started", "site.order_hinted"
# A visitor whose id begins so is a pseudonym of one day: nobody who could return, and nobody's past.
DAILY = "d:"

_ORDER = {
    "customer": "int64",
    "amount_minor": "int64",
    "currency": "string",
    "local_date": "date",
    "occurred_us": "int64",
}
_EVENT = {"id": "int64", "visitor": "string", "local_date": "date", "occurred_us": "int64", "is_bot": "boolean"}
_PRODUCT = _EVENT | {"product": "string", "name": "string"}
_TEXTS = ("host", "entry", "second", "third", "exit", "product", "channel", "source", "medium", "campaign", "referrer")

# Column to Ibis type. The store is asked for by the engine itself.
COLUMNS: dict[str, dict[str, str]] = {
    PAID: _ORDER | {"placed_us": "int64"},
    REFUNDED: _ORDER,
    VISITED: {
        "customer": "int64",
        "visitor": "string",
        "local_date": "date",
        "local_hour": "int8",
        "occurred_us": "int64",
        **dict.fromkeys(("engaged_seconds", "pages", "added", "orders"), "int64"),
        **dict.fromkeys((*_TEXTS, "place", "device", "first", "agent"), "string"),
    },
    HANDED_OVER: {"customer": "int64", "local_date": "date", "occurred_us": "int64", "is_marketing": "boolean"},
    PAGE_VIEWED: _EVENT | {"path": "string"},
    PRODUCT_VIEWED: _PRODUCT,
    PRODUCT_ADDED: _PRODUCT,
    CHECKOUT_STARTED: _EVENT,
    ORDER_HINTED: _EVENT,
}


@dataclass(frozen=True, slots=True)
class VisitsRelation:
    """Visits as expressions see them. is_asked: those that a question's filters leave, labelled, else those of people.

    whose: the column that says whose a visit is. "person" is a customer's record; "root" is who it is after merges,
    and costs a join more.
    """

    is_asked: bool
    whose: Literal["", "person", "root"] = ""


VISIT_RELATIONS = {
    "visits": VisitsRelation(is_asked=False),
    "linked_visits": VisitsRelation(is_asked=False, whose="person"),
    "known_visits": VisitsRelation(is_asked=False, whose="root"),
    "asked_visits": VisitsRelation(is_asked=True),
    "asked_linked_visits": VisitsRelation(is_asked=True, whose="person"),
    "asked_known_visits": VisitsRelation(is_asked=True, whose="root"),
}
_SQL = {"int64": "BIGINT", "int8": "TINYINT", "string": "VARCHAR", "date": "DATE", "boolean": "BOOLEAN"}


def no_rows(kind: str) -> str:
    """Return SQL of a relation with the columns of ``kind`` and no rows, for a lake without a file of it."""
    columns = {"store": "int64"} | COLUMNS[kind]
    return f"(SELECT {', '.join(f'NULL::{_SQL[t]} AS {name}' for name, t in columns.items())} WHERE false)"
