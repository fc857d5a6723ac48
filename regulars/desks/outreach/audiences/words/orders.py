"""Words about orders: how many, how much, how long ago. Paid orders only; money in the reporting currency."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from regulars.base.clock import to_us
from regulars.base.installation import shop_settings
from regulars.decisions.audiences import (
    AGO,
    WORDS,
    Asked,
    Compare,
    Fragment,
    NumberSlot,
    Texts,
    TextSlot,
    TimeSlot,
    When,
    Word,
)
from regulars.desks.outreach.audiences.words.pieces import between, counted, one_of
from regulars.shop.models import Store
from regulars.shop.queries.customers import state_condition
from regulars.shop.rules import CustomerState

GROUP = _("Orders")
ORDERS = "people_customer f JOIN shop_order o ON o.customer_id = f.id"
PAID = Fragment("o.state = 'paid'")
_STATES = [
    (CustomerState.NEW, _("New")), (CustomerState.ONE_TIME, _("One-time")), (CustomerState.REPEAT, _("Repeat")),
    (CustomerState.REGULAR, _("Regular")), (CustomerState.LAPSING, _("Lapsing")), (CustomerState.LAPSED, _("Lapsed")),
    (CustomerState.NO_ORDERS, _("No orders")),
]  # fmt: skip


def _orders(args: tuple[Compare, When | None], asked: Asked) -> Fragment:
    compare, when = args
    if when is None:
        return Fragment(*compare.having("coalesce(s.orders, 0)"))
    return counted(ORDERS, [PAID, between("o.placed_at", when, asked)], compare)


def _spent(args: tuple[Compare, When | None], asked: Asked) -> Fragment:
    compare, when = args
    if when is None:
        return Fragment(*compare.having("coalesce(s.revenue_minor, 0)", asked.minor))
    where = [PAID, between("o.placed_at", when, asked)]
    return counted(ORDERS, where, compare, what="coalesce(sum(o.reporting_minor), 0)", unit=asked.minor)


def _instant(column: str) -> Any:
    def sql(args: tuple[When], asked: Asked) -> Fragment:
        return between(f"s.{column}", args[0], asked)

    return sql


def _refunded(args: tuple[Compare | None, When | None], asked: Asked) -> Fragment:
    source = "shop_refund r JOIN shop_order o ON o.id = r.order_id JOIN people_customer f ON f.id = o.customer_id"
    where = [Fragment("r.amount_minor > 0"), between("r.refunded_at", args[1], asked)]
    return counted(source, where, args[0], what="count(DISTINCT o.id)")


def _bought_at(args: tuple[Texts, Compare | None, When | None], asked: Asked) -> Fragment:
    store = one_of(
        "o.store_id", list(Store.objects.filter(name__in=args[0].values).values_list("id", flat=True)) or [0]
    )
    return counted(ORDERS, [PAID, store, between("o.placed_at", args[2], asked)], args[1])


def _state(args: tuple[Texts], asked: Asked) -> Fragment:
    regular = shop_settings().regular_orders
    parts = [state_condition(CustomerState(value), to_us(asked.now), regular) for value in args[0].values]
    # Who has no row of sums has no order.
    none = ["coalesce(s.orders, 0) = 0"] if CustomerState.NO_ORDERS in args[0].values else []
    params = tuple(value for _sql, values in parts for value in values)
    return Fragment(f"({' OR '.join([*(sql for sql, _values in parts), *none])})", params)


def _stores() -> list[tuple[str, Any]]:
    return [(name, name) for name in Store.objects.order_by("name").values_list("name", flat=True)]


_AMOUNT = _("Amount in the shop’s currency")
for word in (
    Word(
        "orders", _("Number of orders"), _orders, (NumberSlot(label=_("Orders")), TimeSlot(label=_("When"))), GROUP,
        _("Paid orders."), "orders at least 2 in 365 days",
    ),
    Word(
        "spent", _("Spent"), _spent, (NumberSlot(is_money=True, label=_AMOUNT), TimeSlot(label=_("When"))), GROUP,
        _("What was paid, refunds not deducted."), "spent at least 100",
    ),
    Word(
        "first order", _("First order"), _instant("first_order_at"),
        (TimeSlot(ops=AGO, is_required=True, label=_("When")),), GROUP, example="first order over 1 year ago",
    ),
    Word(
        "last order", _("Last order"), _instant("last_order_at"),
        (TimeSlot(ops=AGO, is_required=True, label=_("When")),), GROUP, example="last order over 60 days ago",
    ),
    Word(
        "bought at", _("Bought at the store"), _bought_at,
        (
            TextSlot(is_closed=True, choices=_stores, label=_("Store")),
            NumberSlot(is_required=False, label=_("Orders")),
            TimeSlot(label=_("When")),
        ),
        GROUP, example='bought at "Tmall"',
    ),
    Word(
        "refunded", _("Had money back"), _refunded,
        (NumberSlot(is_required=False, label=_("Orders")), TimeSlot(label=_("When"))), GROUP,
        example="refunded in 90 days",
    ),
    Word(
        "state", _("State"), _state,
        (TextSlot(ops=("is",), is_closed=True, choices=lambda: _STATES, label=_("State")),), GROUP,
        _("New, regular, lapsed …: by the customer’s own rhythm."), "state is lapsed",
    ),
):  # fmt: skip
    WORDS.register(word)
