"""Keeping what was worked out, naming a failing lot once, and a person's decision to go on."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from regulars.base.actor import SYSTEM, Actor
from regulars.desks.voice.quality import kinds, outcomes, working
from regulars.desks.voice.quality.models import GoOn, LotReading, ProductFigures
from regulars.insight.lots import Verdict
from regulars.shop.models import Lot
from regulars.stream.operations import record


def work_out(*, at: datetime) -> list[int]:
    """Work the figures of every product and lot out anew; return the lots that are named failing for the first time.

    What is read is read before anything is locked: the writes are a moment.
    """
    found = outcomes.find(until=at)
    lots = working.read_lots(found, at=at)
    products = working.figures(found, lots, at=at)
    with transaction.atomic():
        known = LotReading.objects.in_bulk()
        rows = [working.reading_row(each, at=at, known=known.get(each.lot.pk)) for each in lots]
        named = [row for row in rows if row.verdict == Verdict.FAILING and row.named_at is None]
        for row in named:
            row.named_at = at
            _name(row, at)
        LotReading.objects.all().delete()
        LotReading.objects.bulk_create(rows, batch_size=500)
        ProductFigures.objects.all().delete()
        ProductFigures.objects.bulk_create(products, batch_size=200)
    return [row.pk for row in named]


def _name(row: LotReading, at: datetime) -> None:
    lot = row.lot
    body = kinds.LotFailing(lot=lot.pk, product=lot.product_id, orders=row.orders, bad=row.bad, low=row.low)
    record(
        "lot.failing", f"lot.failing:{lot.pk}", body, by=SYSTEM, at=at, store=lot.product.store_id,
        subject=f"lot:{lot.pk}",
    )  # fmt: skip


def go_on(lot: int, *, by: Actor, at: datetime) -> GoOn:
    """Decide to go on selling a lot that is under suspicion."""
    with transaction.atomic():
        row = GoOn.objects.create(lot_id=lot, at=at, by=str(by))
        _tell(lot, "lot.kept_on", kinds.KeptOn(lot=lot), row.pk, by=by, at=at)
    return row


def take_back_go_on(lot: int, *, by: Actor, at: datetime) -> bool:
    """Take the last such decision back, so that the suspicion waits again. False if there is none."""
    with transaction.atomic():
        row = GoOn.objects.filter(lot_id=lot, taken_back_at=None).order_by("-at", "-pk").first()
        if row is None:
            return False
        GoOn.objects.filter(pk=row.pk).update(taken_back_at=at, taken_back_by=str(by))
        _tell(lot, "lot.kept_on_taken_back", kinds.KeptOnTakenBack(lot=lot), row.pk, by=by, at=at)
    return True


def _tell(lot: int, kind: str, body: object, row: int, *, by: Actor, at: datetime) -> None:
    store = Lot.objects.select_related("product").get(pk=lot).product.store_id
    record(kind, f"{kind}:{row}", body, by=by, at=at, store=store, subject=f"lot:{lot}")


def record_download(lot: int, *, with_names: bool, by: Actor, at: datetime) -> None:
    """Write down that somebody downloads the orders that hold a lot."""
    body = kinds.LotDownloaded(lot=lot, with_names=with_names)
    record("lot.downloaded", f"lot.downloaded:{lot}:{by}:{at.isoformat()}", body, by=by, at=at, subject=f"lot:{lot}")
