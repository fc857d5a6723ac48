"""What is read of product quality: the board, a product, a lot, and what waits for a decision."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, Max, OuterRef, Q
from django.utils.functional import Promise

from regulars.desks.voice.quality.models import GoOn, LotReading, ProductFigures
from regulars.desks.voice.quality.rules import Share, Suspicion, suspicion
from regulars.shop.models import Check, Lot, Product, StopSale


@dataclass(frozen=True, slots=True)
class Beside:
    """A count that another room knows of products (pictures sent in, needs): its name, and who to ask.

    ``ask(products)`` returns for some of them (count, address of what is behind it; "" of none).
    """

    name: str
    label: str | Promise
    ask: Callable[[Sequence[int]], Mapping[int, tuple[int, str]]]


BESIDE: list[Beside] = []


@dataclass(frozen=True, slots=True)
class ProductRow:
    """A product as the board shows it."""

    id: int
    title: str
    figures: ProductFigures
    is_stopped: bool = False

    @property
    def bad(self) -> Share:
        """Return the share of its orders that went wrong, for sure because of it."""
        return Share(self.figures.bad, self.figures.orders)

    @property
    def returned(self) -> Share:
        """Return the share of its orders that came back."""
        return Share(self.figures.returned, self.figures.orders)

    @property
    def again(self) -> Share:
        """Return the share of its buyers who bought it again."""
        return Share(self.figures.bought_again, self.figures.buyers)

    @property
    def low(self) -> Share:
        """Return the share of its marks that are low."""
        return Share(self.figures.marks_low, self.figures.marks)

    @property
    def stars(self) -> float | None:
        """Return its mean mark of five; None with too few."""
        return self.figures.marks_total / self.figures.marks if self.low.is_shown else None

    @property
    def rank(self) -> tuple[float, ...]:
        """Return what orders the board: failing lots first, then those to watch, then what surely goes wrong most."""
        f = self.figures
        return (-f.lots_failing, -f.lots_watched, -self.bad.low, -f.bad, -f.orders)


def board() -> list[ProductRow]:
    """Return every product that was sold or spoken of, first what needs a look most. Products are few enough."""
    fields = [f.name for f in ProductFigures._meta.concrete_fields if f.name not in {"course", "variants"}]
    figures = list(ProductFigures.objects.only(*fields))
    titles = dict(Product.objects.values_list("pk", "title"))
    stopped = set(StopSale.objects.filter(lot=None, lifted_at=None).values_list("product_id", flat=True))
    rows = [
        ProductRow(f.product_id, titles[f.product_id], f, f.product_id in stopped)
        for f in figures
        if f.product_id in titles
    ]
    return sorted(rows, key=lambda row: (*row.rank, row.title.casefold(), row.id))


def product_row(product: Product) -> ProductRow:
    """Return one product's row, with figures of nothing if it was never sold."""
    figures = ProductFigures.objects.filter(pk=product.pk).first()
    stopped = StopSale.objects.filter(product=product, lot=None, lifted_at=None).exists()
    if figures is None:
        figures = ProductFigures(product_id=product.pk, as_of=product.created_at)
    return ProductRow(product.pk, product.title, figures, stopped)


@dataclass(frozen=True, slots=True)
class LotRow:
    """A lot with what is known of it, and what waits for a decision."""

    lot: Lot
    reading: LotReading | None
    stop: StopSale | None
    suspicion: Suspicion | None
    orders: int


def lot_rows(lots: Sequence[Lot]) -> list[LotRow]:
    """Return lots as lists show them, in a handful of queries."""
    ids = [lot.pk for lot in lots]
    if not ids:
        return []
    readings = LotReading.objects.in_bulk(ids)
    every_stop = list(StopSale.objects.filter(lot_id__in=ids))
    stops = {row.lot_id: row for row in every_stop if row.lifted_at is None}
    decided = _decided(ids, every_stop)
    failed = dict(
        Check.objects.filter(lot_id__in=ids, result="fail", taken_back_at=None)
        .values_list("lot_id").annotate(at=Max("at"))
    )  # fmt: skip
    rows = []
    for lot in lots:
        reading = readings.get(lot.pk)
        doubt = None
        if lot.withdrawn_at is None:
            doubt = suspicion(
                named_at=reading.named_at if reading else None, failed_check_at=failed.get(lot.pk),
                decided_at=decided.get(lot.pk), is_stopped=lot.pk in stops,
            )  # fmt: skip
        rows.append(LotRow(lot, reading, stops.get(lot.pk), doubt, reading.orders if reading else 0))
    return rows


def _decided(lots: Sequence[int], stops: Iterable[StopSale]) -> dict[int, datetime]:
    """Return when a person last decided about each lot: went on, or lifted a stop of it."""
    decided = dict(
        GoOn.objects.filter(lot_id__in=lots, taken_back_at=None).values_list("lot_id").annotate(at=Max("at"))
    )
    for stop in stops:
        if stop.lot_id is not None and stop.lifted_at is not None:
            decided[stop.lot_id] = max(stop.lifted_at, decided.get(stop.lot_id, stop.lifted_at))
    return decided


def lots_of(product: int) -> list[LotRow]:
    """Return the lots of a product: what waits for a decision first, then the latest."""
    lots = Lot.objects.filter(product_id=product).select_related("variant", "product").order_by("-at", "-pk")[:200]
    rows = lot_rows(list(lots))
    return sorted(rows, key=lambda row: (row.suspicion is None, row.lot.withdrawn_at is not None))


def under_suspicion() -> list[LotRow]:
    """Return the lots that wait for a person's decision, longest first."""
    failed = Check.objects.filter(lot=OuterRef("pk"), result="fail", taken_back_at=None)
    lots = Lot.objects.filter(Exists(failed) | Q(lotreading__named_at__isnull=False), withdrawn_at=None)
    lots = lots.exclude(Exists(StopSale.objects.filter(lot=OuterRef("pk"), lifted_at=None))).select_related("product")
    waiting = [row for row in lot_rows(list(lots)) if row.suspicion is not None]
    return sorted(waiting, key=lambda row: row.suspicion.since if row.suspicion else row.lot.at)
