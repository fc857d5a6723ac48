"""Lots: entered, changed, taken out, stopped by a person and released again."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from regulars.base.actor import Actor
from regulars.shop import kinds
from regulars.shop.models import Lot, StopSale, Variant
from regulars.stream.operations import record

FIELDS = ("variant_id", "supplier", "made_date", "bought_date", "arrived_date", "quantity")


class LotError(ValueError):
    """A lot cannot be kept so; the text says why and what to do."""


def add_lot(
    *,
    product: int,
    code: str,
    variant: int | None = None,
    supplier: str = "",
    made_date: date | None = None,
    bought_date: date | None = None,
    arrived_date: date | None = None,
    quantity: int | None = None,
    by: Actor,
    at: datetime,
) -> Lot:
    """Enter a lot. Raises LotError if its code is empty or taken, its variant another product's, its size below 1."""
    code = " ".join(code.split())[:60]
    if not code:
        raise LotError(_("A lot needs a code: the one printed on the goods, or one of your own."))
    said: dict[str, Any] = {
        "variant_id": variant, "supplier": supplier.strip()[:120], "made_date": made_date,
        "bought_date": bought_date, "arrived_date": arrived_date, "quantity": quantity,
    }  # fmt: skip
    _check(product, said)
    try:
        with transaction.atomic():
            lot = Lot.objects.create(product_id=product, code=code, at=at, by=str(by), **said)
            tell(lot, "lot.added", kinds.LotAdded(lot=lot.pk, product=product), key=f"lot.added:{lot.pk}", by=by, at=at)
    except IntegrityError as error:
        raise LotError(_("There is a lot “%(code)s” of this product already.") % {"code": code}) from error
    return lot


def change_lot(lot: int, *, by: Actor, at: datetime, **values: Any) -> bool:
    """Change what is known of a lot (``FIELDS``). False if nothing differs. Its code stays: it stands on the goods."""
    if unknown := values.keys() - set(FIELDS):
        raise LotError(_("%(field)s of a lot cannot be changed.") % {"field": ", ".join(sorted(unknown))})
    with transaction.atomic():
        row = Lot.objects.select_related("product").get(pk=lot)
        changed = {name: value for name, value in values.items() if getattr(row, name) != value}
        if not changed:
            return False
        _check(row.product_id, changed)
        Lot.objects.filter(pk=lot).update(**changed)
        body = kinds.LotChanged(lot=lot, fields=",".join(sorted(changed)))
        tell(row, "lot.changed", body, by=by, at=at)
    return True


def _check(product: int, said: dict[str, Any]) -> None:
    variant, quantity = said.get("variant_id"), said.get("quantity")
    if variant is not None and not Variant.objects.filter(pk=variant, product_id=product).exists():
        raise LotError(_("This variant belongs to another product."))
    if quantity is not None and not 0 < quantity < 2**31:
        raise LotError(_("A lot has one piece at least."))


def withdraw_lot(lot: int, *, by: Actor, at: datetime) -> bool:
    """Take a lot out: it is not watched any more. False if it is out."""
    with transaction.atomic():
        if not Lot.objects.filter(pk=lot, withdrawn_at=None).update(withdrawn_at=at, withdrawn_by=str(by)):
            return False
        tell(_lot(lot), "lot.withdrawn", kinds.LotWithdrawn(lot=lot), by=by, at=at)
    return True


def restore_lot(lot: int, *, by: Actor, at: datetime) -> bool:
    """Have a lot that was taken out watched again. False if it is."""
    with transaction.atomic():
        if not Lot.objects.filter(pk=lot, withdrawn_at__isnull=False).update(withdrawn_at=None, withdrawn_by=""):
            return False
        tell(_lot(lot), "lot.restored", kinds.LotRestored(lot=lot), by=by, at=at)
    return True


def stop_sale(*, product: int, lot: int | None = None, reason: str, by: Actor, at: datetime) -> StopSale | None:
    """Decide that a lot, or the whole product, is not to be sold for now. None if it is stopped already.

    It tells people and other rooms; the shop's own platform goes on selling until somebody stops it there.
    """
    if lot is not None and not Lot.objects.filter(pk=lot, product_id=product).exists():
        raise LotError(_("This lot belongs to another product."))
    said = {"reason": reason.strip()[:200], "at": at, "by": str(by)}
    where: dict[str, Any] = {"product_id": product, "lot_id": lot, "lifted_at": None}
    with transaction.atomic():
        row, is_new = StopSale.objects.get_or_create(**where, defaults=said)
        if not is_new:
            return None
        _tell_stop(row, "lot.stopped", kinds.SaleStopped(stop=row.pk, product=product, lot=lot), by=by, at=at)
    return row


def release_sale(stop: int, *, by: Actor, at: datetime) -> bool:
    """Lift a stop of sale. False if it is lifted."""
    with transaction.atomic():
        if not StopSale.objects.filter(pk=stop, lifted_at=None).update(lifted_at=at, lifted_by=str(by)):
            return False
        row = StopSale.objects.get(pk=stop)
        body = kinds.SaleReleased(stop=stop, product=row.product_id, lot=row.lot_id)
        _tell_stop(row, "lot.released", body, by=by, at=at)
    return True


def _tell_stop(row: StopSale, kind: str, body: Any, *, by: Actor, at: datetime) -> None:
    subject = f"product:{row.product_id}" if row.lot_id is None else f"lot:{row.lot_id}"
    record(kind, f"{kind}:{row.pk}", body, by=by, at=at, store=row.product.store_id, subject=subject)


def _lot(lot: int) -> Lot:
    return Lot.objects.select_related("product").get(pk=lot)


def tell(lot: Lot, kind: str, body: Any, *, key: str = "", by: Actor, at: datetime) -> None:
    """Record what happened to a lot."""
    key = key or f"{kind}:{lot.pk}:{at.isoformat()}"
    record(kind, key, body, by=by, at=at, store=lot.product.store_id, subject=f"lot:{lot.pk}")
