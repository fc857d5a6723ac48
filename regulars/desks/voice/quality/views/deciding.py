"""Deciding: stop a sale, go on, take a lot out, assume who got it. Each can be undone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from regulars.base.actor import Actor
from regulars.base.clock import from_us, now
from regulars.desks.voice.quality import operations as quality
from regulars.desks.voice.quality.jobs import ask_soon
from regulars.desks.voice.quality.views.entering import KEEPS, assume
from regulars.shop import operations
from regulars.shop.models import Check, Lot, Order, Product, StopSale
from regulars.shop.operations import LotError
from regulars.staff.access import actor
from regulars.ui.toasts import undoable

YEARS = timedelta(days=730)


def _said(request: HttpRequest, name: str) -> str:
    return request.POST.get(name) or request.GET.get(name) or ""


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 18 else None


@KEEPS
@require_POST
def decide_product(request: HttpRequest, product: int) -> HttpResponse:
    """Stop or release a whole product, or assume its lots first in, first out."""
    found = get_object_or_404(Product, pk=product)
    do, by, at = _said(request, "do"), actor(request), now()
    here = reverse("quality:decide_product", args=[product])
    if do == "stop":
        reason = _said(request, "reason") or _("decided on its page")
        if operations.stop_sale(product=product, reason=reason, by=by, at=at):
            undoable(
                request, _("The sale of this product is stopped. Stop it on your platform too."), f"{here}?do=release"
            )
    elif do == "release":
        for row in StopSale.objects.filter(product=found, lot=None, lifted_at=None):
            operations.release_sale(row.pk, by=by, at=at)
        undoable(request, _("The sale goes on."), f"{here}?do=stop")
    elif do == "assume":
        assume(request, found, at - YEARS, here)
    elif do == "undo_assume" and (made := _number(_said(request, "made"))) is not None:
        operations.undo_assignment(product, made_at=from_us(made), by=by, at=at)
        ask_soon()
        messages.success(request, _("It is as before."))
    return redirect("quality:product", product)


@KEEPS
@require_POST
def decide(request: HttpRequest, lot: int) -> HttpResponse:
    """Do one thing with a lot, and go back to it."""
    found = get_object_or_404(Lot.objects.select_related("product"), pk=lot)
    do, by, at = _said(request, "do"), actor(request), now()
    deeds: dict[str, Callable[[HttpRequest, Lot, str, Actor, datetime], None]] = {
        "stop": _stop, "release": _release, "go_on": _go_on, "doubt": _doubt, "withdraw": _withdraw,
        "restore": _restore, "assign": _assign, "unassign": _unassign, "uncheck": _uncheck,
    }  # fmt: skip
    if do in deeds:
        deeds[do](request, found, reverse("quality:decide", args=[lot]), by, at)
    return redirect("quality:lot", lot)


def _stop(request: HttpRequest, lot: Lot, here: str, by: Actor, at: datetime) -> None:
    reason = _said(request, "reason") or _("decided on its page")
    if operations.stop_sale(product=lot.product_id, lot=lot.pk, reason=reason, by=by, at=at):
        undoable(
            request, _("This lot is stopped. Take it off the shelf, or stop it on your platform."), f"{here}?do=release"
        )


def _release(request: HttpRequest, lot: Lot, here: str, by: Actor, at: datetime) -> None:
    for row in StopSale.objects.filter(lot=lot, lifted_at=None):
        operations.release_sale(row.pk, by=by, at=at)
    undoable(request, _("This lot may be sold again."), f"{here}?do=stop")


def _go_on(request: HttpRequest, lot: Lot, here: str, by: Actor, at: datetime) -> None:
    quality.go_on(lot.pk, by=by, at=at)
    undoable(request, _("Decided: the lot stays on sale."), f"{here}?do=doubt")


def _doubt(request: HttpRequest, lot: Lot, here: str, by: Actor, at: datetime) -> None:
    if quality.take_back_go_on(lot.pk, by=by, at=at):
        messages.success(request, _("It waits for a decision again."))


def _withdraw(request: HttpRequest, lot: Lot, here: str, by: Actor, at: datetime) -> None:
    operations.withdraw_lot(lot.pk, by=by, at=at)
    ask_soon()
    undoable(request, _("The lot is taken out."), f"{here}?do=restore")


def _restore(request: HttpRequest, lot: Lot, here: str, by: Actor, at: datetime) -> None:
    operations.restore_lot(lot.pk, by=by, at=at)
    ask_soon()
    undoable(request, _("The lot is back."), f"{here}?do=withdraw")


def _assign(request: HttpRequest, lot: Lot, here: str, by: Actor, at: datetime) -> None:
    asked = _said(request, "order").strip().removeprefix("#")[:80]
    orders = Order.objects.filter(
        number__in=[asked, f"#{asked}"], store=lot.product.store_id, line__product=lot.product_id
    ).distinct()  # fmt: skip
    order = orders.first()
    if order is None:
        messages.error(request, _("There is no order of this number with this product."))
        return
    try:
        is_new = operations.assign(
            lot=lot.pk, order=order.pk, quantity=_number(_said(request, "quantity")), by=by, at=at
        )
    except LotError as error:
        messages.error(request, str(error))
        return
    ask_soon()
    if is_new:
        undoable(request, _("The order holds this lot."), f"{here}?do=unassign&order={order.pk}")


def _unassign(request: HttpRequest, lot: Lot, here: str, by: Actor, at: datetime) -> None:
    order = _number(_said(request, "order"))
    if order is not None and operations.unassign(lot.pk, order, by=by, at=at):
        ask_soon()
        messages.success(request, _("The order is not held to contain this lot."))


def _uncheck(request: HttpRequest, lot: Lot, here: str, by: Actor, at: datetime) -> None:
    check = _number(_said(request, "check"))
    if check is not None and Check.objects.filter(pk=check, lot=lot).exists():
        operations.take_back_check(check, by=by, at=at)
        messages.success(request, _("The check is taken back. It stays to be read, and counts no more."))
