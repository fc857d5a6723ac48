"""The metric catalogue: each number of Regulars is defined here once, in words, and in ``expressions`` as a query."""

from __future__ import annotations

import difflib
from dataclasses import dataclass

from regulars.insight.activities import PAID, REFUNDED, VISITED
from regulars.insight.text import N_

# Raised whenever an expression changes its meaning, so that no older compiled text is used.
VERSION = 1

HORIZON_DAYS = 365
LEAST_ORDERS = 3
FLOOR_DAYS = 14
RETURN_DAYS = 30


@dataclass(frozen=True, slots=True)
class Metric:
    """One number. Texts are English messages for the translators.

    unit: money (minor units), count, share (0 to 1) or days. counted: what stands behind it and is given as ``n``.
    least: the smallest n at which the number may be relied on (0: a count or sum is a fact however small). kinds: the
    kinds of activity it reads. looks_back: it also needs what happened before the window. looks_on: and what happened
    after. is_moment: it is the state at the window's end. is_additive: periods add up to the window. is_rise_good:
    None where neither way is good as such. parameters: what else ``value`` takes for it. spans: the kind whose first
    and last days bound what can be told. horizon_days: of a metric with a horizon, the usual one.
    """

    name: str
    title: str
    unit: str
    formula: str
    counted: str
    caveats: tuple[str, ...] = ()
    least: int = 0
    kinds: tuple[str, ...] = (PAID,)
    has_money: bool = False
    looks_back: bool = False
    looks_on: bool = False
    is_moment: bool = False
    is_additive: bool = False
    is_rise_good: bool | None = True
    parameters: tuple[str, ...] = ()
    spans: str = PAID
    horizon_days: int = HORIZON_DAYS


_ORDERS, _CUSTOMERS, _GAPS = N_("orders"), N_("customers"), N_("pauses")
_PLACED = N_("An order counts on the shop's local day on which it was placed, once it is paid.")
_UNKNOWN = N_("Orders without a known buyer belong to no customer and are not counted.")
_SAME_DAY = N_("Orders of one customer on the same local day count as one visit.")
_VISITS = N_("visits")
_PEOPLE_ONLY = N_("Visits of machines and of the shop's own staff are left out.")
_STARTED = N_("A visit counts on the shop's local day on which it began.")
_RATE = N_("Other currencies are converted at the latest rate on or before the order's day.")

_ALL = (
    Metric(
        name="revenue",
        title=N_("Revenue"),
        unit="money",
        formula=N_("The sum of what buyers paid for the paid orders of the window, with tax and shipping."),
        counted=_ORDERS,
        caveats=(_PLACED, N_("Refunds are not taken off."), _RATE),
        has_money=True,
        is_additive=True,
    ),
    Metric(
        name="refunds",
        title=N_("Refunds"),
        unit="money",
        formula=N_("The sum of what was given back in the window, on the day it was given back."),
        counted=N_("refunds"),
        caveats=(N_("The refunded order may lie before the window."), _RATE),
        kinds=(REFUNDED,),
        has_money=True,
        is_additive=True,
        is_rise_good=False,
    ),
    Metric(
        name="net_revenue",
        title=N_("Net revenue"),
        unit="money",
        formula=N_("Revenue less refunds, each on its own day."),
        counted=N_("orders and refunds"),
        caveats=(_PLACED, _RATE),
        kinds=(PAID, REFUNDED),
        has_money=True,
        is_additive=True,
    ),
    Metric(
        name="orders",
        title=N_("Orders"),
        unit="count",
        formula=N_("The number of paid orders of the window, also of unknown buyers."),
        counted=_ORDERS,
        caveats=(_PLACED,),
        is_additive=True,
    ),
    Metric(
        name="average_order_value",
        title=N_("Average order value"),
        unit="money",
        formula=N_("Revenue divided by the number of its orders."),
        counted=_ORDERS,
        least=1,
        caveats=(_PLACED, _RATE),
        has_money=True,
    ),
    Metric(
        name="customers",
        title=N_("Customers"),
        unit="count",
        formula=N_("The number of different people with a paid order in the window."),
        counted=_CUSTOMERS,
        caveats=(_UNKNOWN, N_("Merged records count as one person.")),
    ),
    Metric(
        name="new_customers",
        title=N_("New customers"),
        unit="count",
        formula=N_("The number of people whose first paid order ever lies in the window."),
        counted=_CUSTOMERS,
        caveats=(_UNKNOWN, N_("Who bought before the shop's first imported order is taken for new.")),
        looks_back=True,
        is_additive=True,
    ),
    Metric(
        name="returning_customers",
        title=N_("Returning customers"),
        unit="count",
        formula=N_(
            "The number of people with a paid order in the window whose first paid order lies on a day before it. "
            "New and returning customers together are all customers."
        ),
        counted=_CUSTOMERS,
        caveats=(_UNKNOWN, N_("By period, each period is a window of its own.")),
        looks_back=True,
    ),
    Metric(
        name="repeat_customers",
        title=N_("Repeat customers"),
        unit="count",
        formula=N_(
            "The number of people with a paid order in the window who had ordered before, in the window or ever: "
            "at least two paid orders up to its end, at least one of them inside."
        ),
        counted=_CUSTOMERS,
        caveats=(_UNKNOWN, N_("By period, each period is a window of its own.")),
        looks_back=True,
    ),
    Metric(
        name="repeat_rate",
        title=N_("Repeat rate"),
        unit="share",
        formula=N_(
            "Of the people whose first paid order lies in the window: the share with a second one within the horizon "
            "(365 days unless said otherwise) of the first order's day, that day included."
        ),
        counted=_CUSTOMERS,
        caveats=(
            _UNKNOWN,
            N_("Only people whose horizon has passed by the last day with an order are counted."),
        ),
        least=30,
        looks_back=True,
        looks_on=True,
        parameters=("horizon_days",),
    ),
    Metric(
        name="own_share",
        title=N_("Own share"),
        unit="share",
        formula=N_(
            "The share of the window's revenue from orders placed later than their customer's first paid order: "
            "what customers brought who came back."
        ),
        counted=_ORDERS,
        caveats=(N_("Orders of unknown buyers count as not own."), _RATE),
        least=30,
        has_money=True,
        looks_back=True,
    ),
    Metric(
        name="time_between_orders",
        title=N_("Time between orders"),
        unit="days",
        formula=N_(
            "The median number of days from one order day of a customer to the next, of all pauses that ended in "
            "the window; half of them lie between the quartiles."
        ),
        counted=_GAPS,
        caveats=(_SAME_DAY, _UNKNOWN, N_("Pauses that have not ended yet are not in it, so it looks too short.")),
        least=10,
        looks_back=True,
        is_rise_good=False,
    ),
    Metric(
        name="retention",
        title=N_("Retention"),
        unit="share",
        formula=N_(
            "Of the people whose first paid order lies in the window: the share that ordered again in the calendar "
            "month after the first one's. The retention page shows all later months."
        ),
        counted=_CUSTOMERS,
        caveats=(_UNKNOWN, N_("Only people whose second month is over are counted.")),
        least=30,
        looks_back=True,
        looks_on=True,
    ),
    Metric(
        name="rfm",
        title=N_("Recency, frequency, money"),
        unit="count",
        formula=N_(
            "Each customer of the window gets a class from 1 to 5 for the day of the last order, the number of orders "
            "and the revenue: 1 plus five times the share of customers who are strictly lower, without its fraction. "
            "The number is how many customers are classed."
        ),
        counted=_CUSTOMERS,
        caveats=(_UNKNOWN, N_("Equal customers are in the same class, so classes differ in size."), _RATE),
        least=30,
        is_moment=True,
        is_rise_good=None,
    ),
    Metric(
        name="regulars",
        title=N_("Regulars"),
        unit="count",
        formula=N_(
            "The number of people with at least three paid orders (or as many as the shop says) whose last order is no "
            "longer ago, at the window's end, than twice their usual pause. The usual pause is the median of a "
            "customer's own pauses from two pauses on, else that of all customers, and at least 14 days."
        ),
        counted=N_("customers with enough orders"),
        caveats=(_UNKNOWN, _SAME_DAY, N_("The window's first day does not matter.")),
        looks_back=True,
        is_moment=True,
        parameters=("least_orders",),
    ),
    Metric(
        name="lapsing",
        title=N_("Lapsing regulars"),
        unit="count",
        formula=N_(
            "The number of people with enough orders to be regulars whose last order is more than twice and at most "
            "four times their usual pause ago at the window's end: still within reach."
        ),
        counted=N_("customers with enough orders"),
        caveats=(_UNKNOWN, _SAME_DAY, N_("The window's first day does not matter.")),
        looks_back=True,
        is_moment=True,
        is_rise_good=False,
        parameters=("least_orders",),
    ),
    Metric(
        name="lapsed",
        title=N_("Lapsed regulars"),
        unit="count",
        formula=N_(
            "The number of people with enough orders to be regulars whose last order is more than four times their "
            "usual pause ago at the window's end."
        ),
        counted=N_("customers with enough orders"),
        caveats=(_UNKNOWN, _SAME_DAY, N_("The window's first day does not matter.")),
        looks_back=True,
        is_moment=True,
        is_rise_good=False,
        parameters=("least_orders",),
    ),
    Metric(
        name="visits",
        title=N_("Visits"),
        unit="count",
        formula=N_("The number of visits to the shop's sites that people began in the window."),
        counted=_VISITS,
        caveats=(_STARTED, _PEOPLE_ONLY, N_("Who blocks scripts is not seen.")),
        kinds=(VISITED,),
        is_additive=True,
        spans=VISITED,
    ),
    Metric(
        name="visit_conversion",
        title=N_("Visits with an order"),
        unit="share",
        formula=N_("The share of the window's visits in which the site told of at least one order."),
        counted=_VISITS,
        caveats=(
            N_("As the site tells it: orders of visitors who block scripts, and orders elsewhere, are not in it."),
            _STARTED,
            _PEOPLE_ONLY,
        ),
        least=30,
        kinds=(VISITED,),
        spans=VISITED,
    ),
    Metric(
        name="known_visits",
        title=N_("Visits of known customers"),
        unit="share",
        formula=N_("The share of the window's visits whose visitor the shop knows as a customer."),
        counted=_VISITS,
        caveats=(
            N_("A visitor who becomes known makes earlier visits from the same browser known too."),
            N_("Visitors who are counted without a lasting mark are never known."),
            _PEOPLE_ONLY,
        ),
        least=30,
        kinds=(VISITED,),
        spans=VISITED,
    ),
    Metric(
        name="return_visits",
        title=N_("Return visits"),
        unit="share",
        formula=N_(
            "Of the visitors whose first visit began in the window: the share with another visit that began within "
            "the horizon (30 days unless said otherwise) after the first one's beginning."
        ),
        counted=N_("visitors"),
        caveats=(
            N_("Only visitors with a lasting mark are counted; one person with two browsers is two visitors."),
            N_("Only visitors whose horizon was over before the last day with a visit are counted."),
            _PEOPLE_ONLY,
        ),
        least=30,
        kinds=(VISITED,),
        looks_on=True,
        parameters=("horizon_days",),
        spans=VISITED,
        horizon_days=RETURN_DAYS,
    ),
)

CATALOGUE = {metric.name: metric for metric in _ALL}


class UnknownMetric(LookupError):
    """A metric that is not in the catalogue; ``near`` are names like it."""

    def __init__(self, name: str) -> None:
        self.near = difflib.get_close_matches(name, CATALOGUE, n=3, cutoff=0.4)
        hint = f"; did you mean {' or '.join(self.near)}?" if self.near else ""
        super().__init__(f"there is no metric {name!r}{hint}")


def metric_of(name: str) -> Metric:
    """Return the metric ``name``; raise UnknownMetric if there is none."""
    try:
        return CATALOGUE[name]
    except KeyError:
        raise UnknownMetric(name) from None
