"""What every expression starts from: orders and refunds of people, in one currency, and the question's parameters.

Parameters (``lake_start()`` …) and relations (``"lake:order.paid"``) stay names in the compiled SQL; the engine puts
values and files in their place. So one text serves every window, store and currency, and literal dates reach the
Parquet reader, which skips the row groups they exclude.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import ibis

from regulars.insight.activities import COLUMNS, DAILY, PAID, REFUNDED, VISIT_RELATIONS, VISITED
from regulars.insight.windows import By

Table = Any
Value = Any

ORDERS, REFUNDS = "orders", "refunds"


def parameter(name: str, kind: str = "int64") -> Value:
    """Return a named place for a value; the engine replaces its call in the SQL."""

    def place() -> None: ...

    return ibis.udf.scalar.builtin(place, name=f"lake_{name}", signature=((), kind))()


def start() -> Value:
    """Return the window's first day."""
    return parameter("start", "date")


def end() -> Value:
    """Return the window's last day."""
    return parameter("end", "date")


def ripe() -> Value:
    """Return the last day on which a cohort's members have been here long enough."""
    return parameter("ripe", "date")


def activities(kind: str) -> Table:
    """Return the activities of ``kind`` as stored."""
    return ibis.table(COLUMNS[kind], name=f"lake:{kind}")


def with_root(rows: Table) -> Table:
    """Return ``rows`` with the person in ``root``: the record the customer was merged into, if any."""
    people = ibis.table({"customer": "int64", "root": "int64"}, name="lake:customer_map")
    joined = rows.left_join(people, rows.customer == people.customer)
    return joined.mutate(root=ibis.coalesce(people.root, rows.customer))


def _day_factors(rows: Table) -> Table:
    """Return (currency, local_date, factor): the latest rate on or before each day that has foreign amounts."""
    rates = ibis.table({"source": "string", "target": "string", "date": "date", "rate": "float64"}, name="lake:rates")
    scales = ibis.table({"currency": "string", "scale": "float64"}, name="lake:currencies")
    into = parameter("currency", "string")
    direct = rates.filter(rates.target == into).select(currency=rates.source, since=rates.date, rate=rates.rate)
    turned = rates.filter(rates.source == into).select(currency=rates.target, since=rates.date, rate=1.0 / rates.rate)
    turned = turned.anti_join(direct, "currency")
    known = direct.union(turned)
    known = known.mutate(until=known.since.lead().over(group_by="currency", order_by="since"))
    days = rows.filter(rows.currency != into).select("currency", "local_date").distinct()
    found = days.join(
        known,
        [
            days.currency == known.currency,
            known.since <= days.local_date,
            known.until.isnull() | (days.local_date < known.until),
        ],
    ).select(currency=days.currency, local_date=days.local_date, rate=known.rate)
    return found.join(scales, "currency").select("currency", "local_date", factor=found.rate * scales.scale)


def _half_even(number: Value, digits: int) -> Value:
    def place(number: float, digits: int) -> None: ...

    built_in: Any = ibis.udf.scalar.builtin(place, name="round_even", signature=(("float64", "int64"), "float64"))
    return built_in(number, digits)


def _with_value(rows: Table) -> Table:
    """Return ``rows`` with the amount in the asked currency in ``value``; null where no rate is known.

    Rounded half to even like base.money; the inner rounding heals what a binary fraction did to an exact half.
    """
    factors = _day_factors(rows)
    joined = rows.left_join(factors, [rows.currency == factors.currency, rows.local_date == factors.local_date])
    exact = (rows.amount_minor.cast("float64") * factors.factor).round(6)
    converted = _half_even(exact, 0).cast("int64")
    return joined.mutate(
        value=ibis.ifelse(rows.currency == parameter("currency", "string"), rows.amount_minor, converted)
    )


def relation(name: str, *, is_mapped: bool, is_converted: bool) -> Table:
    """Return orders (root, local_date, placed_us, value) or refunds (root, local_date, value) as stored in the lake."""
    rows = activities(PAID if name == ORDERS else REFUNDED)
    rows = _with_value(rows) if is_converted else rows.mutate(value=rows.amount_minor)
    rows = with_root(rows) if is_mapped else rows.mutate(root=rows.customer)
    extra = ["placed_us"] if name == ORDERS else []
    return rows.select("root", "local_date", *extra, "value")


def orders() -> Table:
    """Return the paid orders: root (null: buyer unknown), local_date and placed_us of placing, value in minor units."""
    return ibis.table(
        {"root": "int64", "local_date": "date", "placed_us": "int64", "value": "int64"}, name=f"lake:{ORDERS}"
    )


def refunds() -> Table:
    """Return the refunds: root, local_date of the refund, value (positive) in minor units."""
    return ibis.table({"root": "int64", "local_date": "date", "value": "int64"}, name=f"lake:{REFUNDS}")


def stored_visits(name: str) -> Table:
    """Return the relation of visits ``name`` (see VISIT_RELATIONS) as stored in the lake.

    Whose a visit is, is known by its visitor, or was known when it was recorded; a visitor of one day is nobody.
    """
    asked = VISIT_RELATIONS[name]
    rows = activities(VISITED)
    if asked.is_asked:
        rows = ibis.table(COLUMNS[VISITED] | {"label": "string"}, name=f"lake:{VISITED}")
    else:
        rows = rows.filter(rows.agent == "person")
    rows = rows.mutate(is_lasting=~rows.visitor.startswith(DAILY))
    if not asked.whose:
        return rows
    links = ibis.table({"visitor": "string", "customer": "int64"}, name="lake:visitor_map")
    # Under names of their own, since a join of joins may not have two columns of one name.
    links = links.select(link=links.visitor, linked=links.customer)
    found = rows.left_join(links, rows.visitor == links.link)
    person = ibis.coalesce(found.customer, found.linked)
    found = found.mutate(person=ibis.ifelse(found.is_lasting, person, ibis.null("int64")))
    if asked.whose == "person":
        return found
    people = ibis.table({"customer": "int64", "root": "int64"}, name="lake:customer_map")
    people = people.select(merged=people.customer, into=people.root)
    found = found.left_join(people, found.person == people.merged)
    return found.mutate(root=ibis.coalesce(found.into, found.person))


def _visits(name: str, *extra: str) -> Table:
    columns = COLUMNS[VISITED] | {"is_lasting": "boolean", "label": "string", "person": "int64", "root": "int64"}
    whose = VISIT_RELATIONS[name].whose
    chosen = ("visitor", "is_lasting", "local_date", "occurred_us", "orders", "first", *extra, *filter(None, [whose]))
    return ibis.table({c: columns[c] for c in chosen}, name=f"lake:{name}")


def visits() -> Table:
    """Return the visits of people, by whoever they were."""
    return _visits("visits")


def linked_visits() -> Table:
    """Return the visits of people with the customer's record in ``person``, null where nobody knows her."""
    return _visits("linked_visits")


def known_visits() -> Table:
    """Return the visits of people with the customer in ``root``, null where nobody knows her."""
    return _visits("known_visits")


def asked_visits(whose: str = "") -> Table:
    """Return the visits that the question's filters leave, with ``label``, and ``whose`` they are: person or root."""
    name = {"": "asked_visits", "person": "asked_linked_visits", "root": "asked_known_visits"}[whose]
    return _visits(name, "label", "pages", "added", "engaged_seconds", "entry", "second", "third")


def in_window(rows: Table) -> Table:
    """Return the rows of the asked window."""
    return rows.filter(rows.local_date.between(start(), end()))


def until_end(rows: Table) -> Table:
    """Return the rows of known people up to the window's end."""
    return rows.filter(rows.root.notnull() & (rows.local_date <= end()))


def month_number(day: Value) -> Value:
    """Return months since the year 0 (see windows.period_key)."""
    return day.year().cast("int64") * 12 + day.month() - 1


def _week_number(day: Value) -> Value:
    # 1970-01-05 was a Monday.
    days = day.delta(ibis.date(1970, 1, 5), unit="day") - (parameter("week_start") - 1)
    return (days // 7).cast("int64")


Period = Callable[[Value], Value] | None


def period_of(by: By | None) -> Period:
    """Return the function from a day to the number of its period, as windows.period_key numbers them."""
    if by == "day":
        return lambda day: day.delta(ibis.date(1970, 1, 1), unit="day")
    if by == "week":
        return _week_number
    return month_number if by == "month" else None


def summed(rows: Table, period: Period, **values: Value) -> Table:
    """Return ``values`` over all rows, or a row for each period of ``local_date``.

    The engine reads them by name: value, or top and bottom of a quotient, which add up over periods where a quotient
    does not; n, what stands behind it; missing, amounts without a rate; low and high, the quartiles.
    """
    if period is None:
        return rows.aggregate(**values)
    return rows.group_by(period=period(rows.local_date)).aggregate(**values)
