"""Entering lots and checks, and which orders hold which lot."""

from __future__ import annotations

import csv
from datetime import datetime
from io import StringIO

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from regulars.base.clock import now, to_us
from regulars.base.installation import shop_settings
from regulars.base.pictures import PictureError
from regulars.desks.voice.quality.jobs import ask_soon
from regulars.desks.voice.quality.views.forms import AssignForm, CheckForm, LotForm
from regulars.desks.voice.quality.views.pages import lot_page
from regulars.shop import operations
from regulars.shop.models import Check, Lot, Product
from regulars.shop.operations import FileRow, LotError
from regulars.shop.operations.lots.lots import FIELDS
from regulars.staff.access import actor, needs
from regulars.staff.rules import Permission
from regulars.ui.templatetags.ui import number
from regulars.ui.toasts import undoable

KEEPS = needs(Permission.SEE_ORDERS, Permission.KEEP_GOODS)
MOST_FILE = 20 * 2**20
MOST_ROWS = 200_000
COLUMNS = {"order": 80, "sku": 120, "lot": 60, "quantity": 12}


@KEEPS
@require_http_methods(["GET", "POST"])
def add(request: HttpRequest, product: int) -> HttpResponse:
    """Enter a lot of a product."""
    found = get_object_or_404(Product, pk=product)
    today = now().astimezone(shop_settings().zone).date()
    form = LotForm(request.POST or None, product=product, initial={"arrived_date": today})
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        said["variant"] = said.pop("variant_id", None)
        try:
            lot = operations.add_lot(product=product, **said, by=actor(request), at=now())
        except LotError as error:
            form.add_error(None, str(error))
        else:
            ask_soon()
            messages.success(request, _("The lot is kept. Now say what you saw."))
            return redirect("quality:lot", lot.pk)
    context = {"nav": "quality", "product": found, "form": form}
    return render(request, "quality/lot_form.html", context, status=400 if form.errors else 200)


@KEEPS
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, lot: int) -> HttpResponse:
    """Change what is known of a lot."""
    found = get_object_or_404(Lot.objects.select_related("product"), pk=lot)
    known = {name: getattr(found, name) for name in FIELDS}
    form = LotForm(request.POST or None, product=found.product_id, is_new=False, initial=known)
    if request.method == "POST" and form.is_valid():
        try:
            operations.change_lot(lot, by=actor(request), at=now(), **form.cleaned_data)
        except LotError as error:
            form.add_error(None, str(error))
        else:
            ask_soon()
            messages.success(request, _("Kept."))
            return redirect("quality:lot", lot)
    context = {"nav": "quality", "product": found.product, "lot": found, "form": form}
    return render(request, "quality/lot_form.html", context, status=400 if form.errors else 200)


@KEEPS
@require_POST
def check(request: HttpRequest, lot: int) -> HttpResponse:
    """Write a check down; the button that was pressed is its result."""
    found = get_object_or_404(Lot.objects.select_related("product", "variant"), pk=lot)
    form = CheckForm(request.POST, request.FILES)
    result = request.POST.get("result", "")
    if result not in Check.Result.values:
        form.add_error(None, _("Say how it went: press one of the three buttons."))
    if form.is_valid():
        by, at = actor(request), now()
        try:
            operations.add_check(lot=lot, result=result, **form.cleaned_data, by=by, at=at)
        except (LotError, PictureError) as error:
            form.add_error("photo" if isinstance(error, PictureError) else None, str(error))
        else:
            messages.success(request, _("The check is kept."))
            return redirect("quality:lot", lot)
    return lot_page(request, found, form, status=400)


@KEEPS
@require_http_methods(["GET", "POST"])
def assign_file(request: HttpRequest) -> HttpResponse:
    """Take a file that says which order holds which lot."""
    form = AssignForm(request.POST or None, request.FILES or None)
    done = None
    if request.method == "POST" and form.is_valid():
        try:
            rows = read_rows(form.cleaned_data["file"].read(MOST_FILE + 1))
        except LotError as error:
            form.add_error("file", str(error))
        else:
            done = operations.assign_file(rows, by=actor(request), at=now())
            ask_soon()
            text = ngettext(
                "%(count)s order is put to its lot.", "%(count)s orders are put to their lots.", done.orders
            )
            messages.success(request, text % {"count": number(done.orders)})
    context = {"nav": "quality", "form": form, "done": done, "problems": done.problems[:100] if done else []}
    return render(request, "quality/assign.html", context, status=400 if form.errors else 200)


def read_rows(raw: bytes) -> list[FileRow]:
    """Return the rows of a file with the columns order, sku, lot, quantity. Raises LotError."""
    if len(raw) > MOST_FILE:
        raise LotError(_("The file is larger than 20 MB. Send it in parts."))
    try:
        text = raw.decode("utf-8-sig")
        table = csv.DictReader(StringIO(text, newline=""))
        names = {(name or "").strip().casefold(): name for name in table.fieldnames or ()}
        if not {"order", "lot"} <= names.keys():
            raise LotError(_("The first line must name the columns order and lot, and may name sku and quantity."))
        rows: list[FileRow] = []
        for row in table:
            cells = {name: (row.get(names[name]) or "").strip()[:most] if name in names else ""
                     for name, most in COLUMNS.items()}  # fmt: skip
            if not cells["order"] or not cells["lot"]:
                continue
            count = int(cells["quantity"]) if cells["quantity"].isascii() and cells["quantity"].isdigit() else None
            rows.append(FileRow(table.line_num, cells["order"], cells["sku"], cells["lot"], count))
            if len(rows) > MOST_ROWS:
                raise LotError(_("The file has more than 200,000 rows. Send it in parts."))
    except (UnicodeDecodeError, csv.Error) as error:
        raise LotError(_("This is no CSV file in UTF-8.")) from error
    if not rows:
        raise LotError(_("No row of the file names an order and a lot."))
    return rows


def assume(request: HttpRequest, found: Product, since: datetime, undo_url: str) -> None:
    """Assume for the orders of a product since then that first in went out first, and offer to undo it."""
    at = now()
    count = operations.assume(found.pk, since=since, until=at, by=actor(request), at=at)
    ask_soon()
    if not count:
        messages.success(request, _("There is no order left to assume a lot of."))
        return
    text = ngettext("%(count)s order is assumed to hold a lot.", "%(count)s orders are assumed to hold lots.", count)
    undoable(request, text % {"count": number(count)}, f"{undo_url}?do=undo_assume&made={to_us(at)}")
