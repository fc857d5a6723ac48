"""Which orders hold a lot: written down by hand or in a file, or assumed to leave first that came first."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.db.models import Max, Sum
from django.utils.translation import gettext as _

from regulars.base.actor import Actor
from regulars.base.clock import local_midnight, zone
from regulars.shop import kinds
from regulars.shop.models import Line, Lot, LotLine, Product, StopSale
from regulars.shop.operations.lots.lots import LotError, add_lot, tell
from regulars.shop.queries.lots import sent_orders
from regulars.stream.operations import record

AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class FileRow:
    """A line of a file: an order's number, what was in it (stock number; "" if it held one product), and the lot."""

    row: int
    number: str
    sku: str
    code: str
    quantity: int | None = None


@dataclass(slots=True)
class Assigned:
    """What was written: orders put to lots, lots that were new, and what could not be, by row."""

    orders: int = 0
    lots: int = 0
    problems: list[tuple[int, str]] = field(default_factory=list)


def assign(*, lot: int, order: int, quantity: int | None = None, by: Actor, at: datetime) -> bool:
    """Say that an order holds pieces of a lot (None: all of the product that is in it). False if that is known.

    What was only assumed of the order's lots gives way. Raises LotError if the product is not in the order.
    """
    with transaction.atomic():
        row = Lot.objects.select_related("product").get(pk=lot)
        held = _held(row.product_id, [order]).get(order, 0)
        if not held:
            raise LotError(_("This product is not in the order."))
        return bool(_write([(row, order, min(quantity or held, held))], LotLine.How.HAND, by=by, at=at))


def assign_file(rows: Iterable[FileRow], *, by: Actor, at: datetime) -> Assigned:
    """Put orders to lots as a file says; a code nobody entered yet becomes a lot. Rows that fit nothing are named."""
    done, rows = Assigned(), list(rows)
    with transaction.atomic():
        wanted: list[tuple[Lot, int, int]] = []
        known: dict[tuple[int, str], Lot] = {}
        for start in range(0, len(rows), AT_ONCE):
            part = rows[start : start + AT_ONCE]
            lines = _lines_of({r.number for r in part})
            for row in part:
                fits = {
                    (line.order_id, line.product_id)
                    for line in lines.get(row.number, ())
                    if line.product_id and (not row.sku or line.sku == row.sku)
                }
                if len(fits) != 1:
                    problem = _("no such order and product") if not fits else _("fits several: give the stock number")
                    done.problems.append((row.row, problem))
                    continue
                ((order, product),) = fits
                lot = _lot_of(known, product or 0, row.code, done, by=by, at=at)
                held = sum(x.quantity for x in lines[row.number] if (x.order_id, x.product_id) == (order, product))
                wanted.append((lot, order, max(1, min(row.quantity or held, held))))
        done.orders = _write(wanted, LotLine.How.FILE, by=by, at=at)
    return done


def _lines_of(numbers: set[str]) -> dict[str, list[Line]]:
    found: dict[str, list[Line]] = defaultdict(list)
    for line in Line.objects.filter(order__number__in=numbers, order__state="paid").select_related("order"):
        found[line.order.number].append(line)
    return found


def _lot_of(
    known: dict[tuple[int, str], Lot], product: int, code: str, done: Assigned, *, by: Actor, at: datetime
) -> Lot:
    place = (product, " ".join(code.split())[:60])
    if place not in known:
        lot = Lot.objects.filter(product_id=product, code=place[1]).select_related("product").first()
        if lot is None:
            lot = add_lot(product=product, code=code, by=by, at=at)
            done.lots += 1
        known[place] = lot
    return known[place]


def _held(product: int, orders: Sequence[int]) -> dict[int, int]:
    """Return how many pieces of a product are in these orders."""
    lines = Line.objects.filter(order_id__in=orders, product_id=product)
    return dict(lines.values_list("order_id").annotate(n=Sum("quantity")))


def _write(wanted: Sequence[tuple[Lot, int, int]], how: str, *, by: Actor, at: datetime) -> int:
    """Write what is not known yet; return how many orders. What was assumed of these orders gives way to it."""
    orders = {order for _lot, order, _quantity in wanted}
    products = {lot.product_id for lot, _order, _quantity in wanted}
    if how != LotLine.How.ASSUMED:
        for part in _parts(sorted(orders)):
            assumed = LotLine.objects.filter(order_id__in=part, lot__product_id__in=products)
            assumed.filter(how=LotLine.How.ASSUMED).delete()
    present: set[tuple[int, int]] = set()
    for part in _parts(sorted(orders)):
        present |= set(LotLine.objects.filter(order_id__in=part).values_list("lot_id", "order_id"))
    new: dict[tuple[int, int], LotLine] = {}
    lots: dict[int, Lot] = {}
    for lot, order, quantity in wanted:
        if (lot.pk, order) not in present:
            new[lot.pk, order] = LotLine(
                lot=lot, order_id=order, quantity=quantity, how=how, at=at, by=str(by)
            )  # fmt: skip
            lots[lot.pk] = lot
    LotLine.objects.bulk_create(new.values(), batch_size=AT_ONCE)
    for pk, lot in lots.items():
        count = sum(where == pk for where, _order in new)
        tell(lot, "lot.assigned", kinds.LotAssigned(lot=pk, orders=count, how=how), by=by, at=at)
    return len({order for _lot, order in new})


def _parts(ids: Sequence[int]) -> list[Sequence[int]]:
    return [ids[start : start + AT_ONCE] for start in range(0, len(ids), AT_ONCE)]


def assume(product: int, *, since: datetime, until: datetime, by: Actor, at: datetime) -> int:
    """Put the product's orders that left in this time to lots, first in, first out; return how many orders.

    A lot gives from the day it arrived (bought, made, entered: the first that is known) until it is used up, the next
    one of unlimited size begins, or a person stopped it. What is known of an order stays; these rows are marked as
    assumed.
    """
    with transaction.atomic():
        shelf = _shelf(product)
        wanted: list[tuple[Lot, int, int]] = []
        for sent in sent_orders(product, since=since, until=until):
            missing = sent.quantity - sent.known_quantity
            while missing > 0 and (place := _first(shelf, sent.at)) is not None:
                taken = missing if place.left is None else min(missing, place.left)
                wanted.append((place.lot, sent.order, taken))
                missing -= taken
                if place.left is not None:
                    place.left -= taken
        return _write(wanted, LotLine.How.ASSUMED, by=by, at=at)


@dataclass(slots=True)
class _Place:
    """A lot on the shelf: from when until when it gives, and how much is left (None: nobody counted)."""

    lot: Lot
    since: datetime
    until: datetime | None
    left: int | None


def _shelf(product: int) -> list[_Place]:
    in_zone = zone(Product.objects.select_related("store").get(pk=product).store.timezone)
    lots = list(Lot.objects.filter(product_id=product, withdrawn_at=None).select_related("product"))
    gone = dict(LotLine.objects.filter(lot__in=lots).values_list("lot_id").annotate(n=Sum("quantity")))
    stops = StopSale.objects.filter(lot__in=lots, lifted_at=None)
    stopped = dict(stops.values_list("lot_id").annotate(at=Max("at")))
    places = []
    for lot in lots:
        day = lot.arrived_date or lot.bought_date or lot.made_date
        left = None if lot.quantity is None else lot.quantity - gone.get(lot.pk, 0)
        places.append(_Place(lot, local_midnight(day, in_zone) if day else lot.at, stopped.get(lot.pk), left))
    places.sort(key=lambda p: (p.since, p.lot.pk))
    # A lot that nobody counted gives until the next one comes.
    for place, following in zip(places, places[1:], strict=False):
        if place.left is None:
            place.until = min(following.since, place.until or following.since)
    return places


def _first(shelf: list[_Place], at: datetime) -> _Place | None:
    return next(
        (p for p in shelf if p.since <= at and (p.until is None or at < p.until) and (p.left is None or p.left > 0)),
        None,
    )


def undo_assignment(product: int, *, made_at: datetime, by: Actor, at: datetime) -> int:
    """Take back what was put to lots of a product at that instant; return how many orders."""
    with transaction.atomic():
        rows = LotLine.objects.filter(lot__product_id=product, at=made_at)
        found: dict[int, set[int]] = defaultdict(set)
        for lot, order in rows.values_list("lot_id", "order_id"):
            found[lot].add(order)
        rows.delete()
        lots = Lot.objects.select_related("product").in_bulk(found)
        for pk, orders in found.items():
            body = kinds.LotUnassigned(lot=pk, orders=len(orders))
            key = f"lot.unassigned:{pk}:{at.isoformat()}"
            record(
                "lot.unassigned", key, body, by=by, at=at, store=lots[pk].product.store_id, subject=f"lot:{pk}"
            )  # fmt: skip
        return len(set().union(*found.values())) if found else 0


def unassign(lot: int, order: int, *, by: Actor, at: datetime) -> bool:
    """Say that an order does not hold a lot. False if it was not said to."""
    with transaction.atomic():
        if not LotLine.objects.filter(lot_id=lot, order_id=order).delete()[0]:
            return False
        row = Lot.objects.select_related("product").get(pk=lot)
        body = kinds.LotUnassigned(lot=lot, orders=1)
        tell(row, "lot.unassigned", body, key=f"lot.unassigned:{lot}:{order}:{at.isoformat()}", by=by, at=at)
    return True
