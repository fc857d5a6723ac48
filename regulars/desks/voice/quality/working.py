"""Working out what came of every product and lot: a few statements over all orders, and the test of each lot."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from math import isinf
from typing import Any

from django.db import connection

from regulars.base.clock import to_us
from regulars.desks.voice.quality.models import LotReading, ProductFigures
from regulars.desks.voice.quality.outcomes import DAY_US, Found, Outcome, of_product
from regulars.insight.lots import Reading, Sent, Verdict, read
from regulars.shop.models import Lot, LotLine, StopSale
from regulars.shop.queries.lots import SentOrder, sent_orders
from regulars.shop.queries.products import sales

MONTH_US = 28 * DAY_US
MONTHS = 13
VARIANTS = 60


def day_of(at: datetime) -> int:
    """Return the day of an instant, counted from 1970 in UTC."""
    return to_us(at) // DAY_US


def date_of(day: int) -> date:
    """Return the date of a counted day."""
    return datetime.fromtimestamp(day * 86_400, UTC).date()


@dataclass(frozen=True, slots=True)
class LotFound:
    """A lot as it was read, and the returns of it whose day nobody knows."""

    lot: Lot
    reading: Reading
    kinds: Counter[str]
    undated: int


def read_lots(found: Found, *, at: datetime) -> list[LotFound]:
    """Return what the orders of every lot in use tell."""
    lots: dict[int, list[Lot]] = defaultdict(list)
    for lot in Lot.objects.filter(withdrawn_at=None).select_related("product").order_by("pk"):
        lots[lot.product_id].append(lot)
    return [each for product, rows in lots.items() for each in _read_product(product, rows, found, at)]


def _read_product(product: int, lots: Sequence[Lot], found: Found, at: datetime) -> Iterable[LotFound]:
    orders = sent_orders(product, until=at)
    held: dict[int, set[int]] = defaultdict(set)
    for pk, order in LotLine.objects.filter(lot__product_id=product).values_list("lot_id", "order_id"):
        held[order].add(pk)
    stopped = {
        pk: day_of(day)
        for pk, day in StopSale.objects.filter(product_id=product, lot__isnull=False).values_list("lot_id", "at")
    }
    bad = of_product(found, product)
    for lot in lots:
        mine = [o for o in orders if lot.pk in held.get(o.order, ())]
        first = min((day_of(o.at) for o in mine), default=0)
        # A lot that was known to be bad when this one began is no yardstick. One found bad later stays among the
        # others: to choose them by how they turned out would break the test.
        out = {pk for pk, day in stopped.items() if day < first}
        others = [o for o in orders if lot.pk not in (h := held.get(o.order, set())) and not h & out]
        reading = read(
            _sent(mine, bad), _sent(others, bad), today=day_of(at), quantity=lot.quantity
        )  # fmt: skip
        mine_bad = [bad[o.order] for o in mine if o.order in bad]
        kinds = Counter(kind for outcome in mine_bad for kind in outcome.kinds)
        yield LotFound(lot, reading, kinds, sum(outcome.day is None for outcome in mine_bad))


def _sent(orders: Iterable[SentOrder], bad: Any) -> list[Sent]:
    """Return orders for the test. What is known before an order left is about it all the same: it counts at once."""
    made = []
    for order in orders:
        day, outcome = day_of(order.at), bad.get(order.order)
        went = outcome.day if outcome is not None else None
        made.append(Sent(day, None if went is None else max(day, went)))
    return made


def reading_values(each: LotFound) -> dict[str, Any]:
    """Return the columns of a ``LotReading``."""
    r = each.reading
    return {
        "verdict": r.verdict.value, "orders": r.orders, "bad": r.bad, "usual": r.usual, "beside": r.beside,
        "evidence": r.evidence, "ratio": r.ratio, "low": r.low, "high": None if isinf(r.high) else r.high,
        "needed": r.needed, "failing_since": None if r.failing_since is None else date_of(r.failing_since),
        "returned": each.kinds["returned"], "complained": each.kinds["complained"],
        "marked_low": each.kinds["marked_low"], "undated": each.undated,
    }  # fmt: skip


# Counted by order, four weeks at a time, the latest first.
_COURSE = """
    SELECT product, month, count(*) FROM (
        SELECT DISTINCT +l.product_id AS product, o.id, (%s - o.placed_at) / %s AS month
        FROM shop_order o JOIN shop_line l ON l.order_id = o.id
        WHERE o.state = 'paid' AND l.product_id IS NOT NULL AND o.placed_at <= %s) d
    GROUP BY product, month"""
_AGAIN = """
    SELECT product, count(*) FROM (
        SELECT +l.product_id AS product, c.root_id FROM shop_order o JOIN shop_line l ON l.order_id = o.id
        JOIN people_customer c ON c.id = o.customer_id
        WHERE o.state = 'paid' AND l.product_id IS NOT NULL
        GROUP BY +l.product_id, c.root_id HAVING min(o.id) < max(o.id)) d
    GROUP BY product"""
_VARIANTS = """
    SELECT +l.product_id, l.sku, max(l.variant_title), count(DISTINCT l.order_id)
    FROM shop_order o JOIN shop_line l ON l.order_id = o.id
    WHERE o.state = 'paid' AND l.product_id IS NOT NULL GROUP BY +l.product_id, l.sku"""


def _rows(sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, list(values))
        return list(cursor.fetchall())


def figures(found: Found, lots: Iterable[LotFound], *, at: datetime) -> list[ProductFigures]:
    """Return what came of every product that was sold or spoken of."""
    now_us = to_us(at)
    sold = sales()
    course: dict[int, dict[int, int]] = defaultdict(dict)
    for product, month, count in _rows(_COURSE, [now_us, MONTH_US, now_us]):
        course[product][month] = count
    again = dict(_rows(_AGAIN))
    placed = _placed(found)
    lines = _variants(found)
    verdicts: dict[int, Counter[str]] = defaultdict(Counter)
    for each in lots:
        verdicts[each.lot.product_id][each.reading.verdict] += 1
    products = sold.keys() | course.keys() | found.said.keys() | verdicts.keys()
    rows = []
    for product in products:
        bad, said = of_product(found, product), found.said.get(product)
        months = Counter((now_us - placed.get(order, 0)) // MONTH_US for order in bad)
        row = ProductFigures(
            product_id=product, as_of=at, orders=sum(course[product].values()), bad=len(bad),
            returned=sum("returned" in o.kinds for o in bad.values()), returned_unclear=found.unclear.get(product, 0),
            bought_again=again.get(product, 0), lots_failing=verdicts[product][Verdict.FAILING],
            lots_watched=verdicts[product][Verdict.WATCH], variants=lines.get(product, []),
            course=[[course[product].get(month, 0), months[month]] for month in range(MONTHS)],
        )  # fmt: skip
        if product in sold:
            row.buyers, row.came_back = sold[product].buyers, sold[product].came_back
        if said is not None:
            row.opinions, row.complaints = said.opinions, said.complaints
            row.marks, row.marks_total, row.marks_low = said.marks, said.marks_total, said.marks_low
        rows.append(row)
    return rows


def _placed(found: Found) -> dict[int, int]:
    """Return when the orders that went wrong were placed."""
    ids = sorted({order for bad in found.bad.values() for order in bad})
    placed: dict[int, int] = {}
    for start in range(0, len(ids), 900):
        part = ids[start : start + 900]
        marks = ", ".join(["%s"] * len(part))
        placed |= dict(_rows(f"SELECT id, placed_at FROM shop_order WHERE id IN ({marks})", part))  # noqa: S608
    return placed


def _variants(found: Found) -> dict[int, list[list[Any]]]:
    """Return for each product its variants with orders and bad ones, most sold first."""
    bad: dict[tuple[int, str], int] = Counter()
    wrong: dict[int, dict[int, Outcome]] = found.bad
    ids = sorted({order for orders in wrong.values() for order in orders})
    for start in range(0, len(ids), 900):
        part = ids[start : start + 900]
        marks = ", ".join(["%s"] * len(part))
        sql = f"SELECT DISTINCT order_id, product_id, sku FROM shop_line WHERE order_id IN ({marks})"  # noqa: S608
        for order, product, sku in _rows(sql, part):
            if product is not None and order in wrong.get(product, ()):
                bad[product, sku] += 1
    lines: dict[int, list[list[Any]]] = defaultdict(list)
    for product, sku, title, count in _rows(_VARIANTS):
        lines[product].append([sku, title, count, bad[product, sku]])
    return {product: sorted(rows, key=lambda r: (-r[2], r[0]))[:VARIANTS] for product, rows in lines.items()}


def reading_row(each: LotFound, *, at: datetime, known: LotReading | None) -> LotReading:
    """Return the row of a lot's reading; when it was named stays."""
    return LotReading(lot=each.lot, as_of=at, named_at=known.named_at if known else None, **reading_values(each))
