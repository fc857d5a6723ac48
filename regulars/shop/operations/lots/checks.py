"""Checks: a person looked at a lot and wrote down what she saw, with a picture if she took one."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from regulars.base import pictures
from regulars.base.actor import Actor
from regulars.shop import kinds
from regulars.shop.models import Check, Lot
from regulars.shop.operations.lots.lots import LotError, tell

FOLDER = "lots"
MOST_VALUE = Decimal(10) ** 9


def add_check(
    *,
    lot: int,
    stage: str,
    what: str,
    result: str,
    value: Decimal | None = None,
    unit: str = "",
    photo: bytes = b"",
    by: Actor,
    at: datetime,
) -> Check:
    """Write a check down. Raises LotError, or PictureError where the photo is none: then nothing is kept."""
    what = " ".join(what.split())[:200]
    if not what:
        raise LotError(_("Say what was checked, in a word or two."))
    if value is not None and not (value.is_finite() and abs(value) < MOST_VALUE):
        raise LotError(_("A value has at most nine digits before its point."))
    drawn = pictures.redrawn(photo) if photo else b""
    name = ""
    try:
        with transaction.atomic():
            row = Lot.objects.select_related("product").get(pk=lot)
            name = pictures.keep(drawn, folder=FOLDER) if drawn else ""
            check = Check.objects.create(
                lot=row, stage=Check.Stage(stage), what=what, result=Check.Result(result), value=value,
                unit=unit.strip()[:12], photo=name, at=at, by=str(by),
            )  # fmt: skip
            body = kinds.LotChecked(lot=lot, check=check.pk, stage=stage, result=result)
            tell(row, "lot.checked", body, key=f"lot.checked:{check.pk}", by=by, at=at)
    except Exception:
        # A kill between the two leaves a picture that nothing names, which harms nobody; a row never lacks its own.
        if name:
            pictures.let_go(name)
        raise
    return check


def take_back_check(check: int, *, by: Actor, at: datetime) -> bool:
    """Take a check back that was entered wrongly. False if it was. It stays, and counts no more."""
    with transaction.atomic():
        if not Check.objects.filter(pk=check, taken_back_at=None).update(taken_back_at=at, taken_back_by=str(by)):
            return False
        row = Check.objects.select_related("lot__product").get(pk=check)
        body = kinds.CheckTakenBack(lot=row.lot_id, check=check)
        tell(row.lot, "lot.check_taken_back", body, by=by, at=at)
    return True
