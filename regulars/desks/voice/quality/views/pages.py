"""Reading product quality: the board, a product, its lots, a lot, the orders that hold it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.core.files.storage import default_storage
from django.db.models import F, QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from regulars.base.clock import now
from regulars.desks.voice.quality import operations, queries
from regulars.desks.voice.quality.rules import Share
from regulars.desks.voice.quality.views.forms import CheckForm
from regulars.desks.voice.quality.words import HOW, RESULT_TONES, RESULTS, STAGES, TONES, VERDICTS
from regulars.people.models import Customer
from regulars.shop.models import Check, Lot, LotLine, Product
from regulars.staff.access import actor, may, needs
from regulars.staff.models import Staff
from regulars.staff.rules import Permission
from regulars.ui.charts import Series, line_chart
from regulars.ui.tables import csv_response, paginate
from regulars.ui.templatetags.ui import percent

SEES = needs(Permission.SEE_ORDERS)
SIZE = 50
AT_ONCE = 500


@SEES
@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """Show the products, first what needs a look most."""
    asked = request.GET.get("q", "").casefold().strip()
    rows = [row for row in queries.board() if asked in row.title.casefold()]
    page = paginate(rows, request, size=SIZE)
    counts = [b.ask([row.id for row in page.rows]) for b in queries.BESIDE]
    context = {
        "nav": "quality", "page": page, "asked": request.GET.get("q", ""),
        "as_of": rows[0].figures.as_of if rows else None, "waiting": _with_words(queries.under_suspicion()),
        "beside": [b.label for b in queries.BESIDE],
        "rows": [(row, [known.get(row.id, (0, "")) for known in counts]) for row in page.rows],
    }  # fmt: skip
    return render(request, "quality/board.html", context)


@needs(Permission.SEE_ORDERS, Permission.EXPORT_DATA)
@require_GET
def export(request: HttpRequest) -> HttpResponseBase:
    """Send the board as a file."""
    header = [
        _("Product"), _("Title"), _("Orders"), _("Went wrong"), _("Came back, only this in it"),
        _("Came back, among others"), _("Complaints"), _("Opinions"), _("Marks"), _("Mean mark"), _("Low marks"),
        _("Buyers"), _("Bought it again"), _("Failing lots"),
    ]  # fmt: skip
    return csv_response("quality", header, _board_lines())


def _board_lines() -> Iterator[list[Any]]:
    for row in queries.board():
        f = row.figures
        yield [
            row.id, row.title, f.orders, f.bad, f.returned, f.returned_unclear, f.complaints, f.opinions, f.marks,
            "" if row.stars is None else round(row.stars, 2), f.marks_low, f.buyers, f.bought_again, f.lots_failing,
        ]  # fmt: skip


@SEES
@require_GET
def product(request: HttpRequest, product: int) -> HttpResponse:
    """Show one product: its figures with their intervals, its course, variants and lots."""
    found = get_object_or_404(Product.objects.select_related("store"), pk=product)
    row = queries.product_row(found)
    course = list(reversed(row.figures.course))
    points = [
        (_("now") if back == 0 else _("%(weeks)s weeks ago") % {"weeks": 4 * back}, bad / orders if orders else None)
        for back, (orders, bad) in zip(range(len(course) - 1, -1, -1), course, strict=True)
    ]
    chart = None
    if sum(value is not None for _label, value in points) > 1:
        title = _("Share of orders that went wrong, four weeks at a time")
        chart = line_chart([Series(_("went wrong"), points)], title=title, head=_("Four weeks"), form=percent)
    variants = [
        (sku, title, Share(bad, orders)) for sku, title, orders, bad in row.figures.variants
    ]  # fmt: skip
    context = {
        "nav": "quality", "product": found, "row": row, "chart": chart,
        "variants": variants, "lots": _with_words(queries.lots_of(product)),
        "beside": [(b.label, *b.ask([product]).get(product, (0, ""))) for b in queries.BESIDE],
        "stop": found.stopsale_set.filter(lot=None, lifted_at=None).first(),
    }  # fmt: skip
    return render(request, "quality/product.html", context)


def _with_words(rows: Iterable[queries.LotRow]) -> list[tuple[queries.LotRow, Any, str]]:
    """Return lots with their verdict in words and its tone."""
    verdicts = [(row, row.reading.verdict if row.reading else "too_early") for row in rows]
    return [(row, VERDICTS[verdict], TONES[verdict]) for row, verdict in verdicts]  # type: ignore[index]


@SEES
@require_GET
def lots(request: HttpRequest) -> HttpResponse:
    """Show all lots, those with the worst verdict first, then the latest."""
    found = Lot.objects.select_related("product", "variant").annotate(evidence=F("lotreading__evidence"))
    if asked := request.GET.get("q", "").strip():
        found = found.filter(code__icontains=asked) | found.filter(product__title__icontains=asked)
    found = found.order_by(F("lotreading__named_at").desc(nulls_last=True), "-at", "-pk")
    page = paginate(found, request, size=SIZE)
    rows = _with_words(queries.lot_rows(page.rows))  # type: ignore[arg-type]
    context = {"nav": "quality", "page": page, "rows": rows, "asked": asked}
    return render(request, "quality/lots.html", context)


@SEES
@require_GET
def lot(request: HttpRequest, lot: int) -> HttpResponse:
    """Show one lot: what its orders tell, its checks, the orders that hold it, and what to do."""
    found = get_object_or_404(Lot.objects.select_related("product", "variant"), pk=lot)
    return lot_page(request, found)


def lot_page(request: HttpRequest, found: Lot, form: CheckForm | None = None, status: int = 200) -> HttpResponse:
    """Return a lot's page; ``form`` is the check that could not be kept."""
    row, label, tone = _with_words(queries.lot_rows([found]))[0]
    checks = list(Check.objects.filter(lot=found).order_by("-at", "-pk")[:100])
    names = {f"staff:{person.pk}": person.name for person in Staff.objects.all()} if checks else {}
    page = paginate(_holding(found), request, size=SIZE)
    if form is None:
        form = CheckForm(initial=_usual_check(found, checks, is_leaving=bool(page.rows)))
    context = {
        "nav": "quality", "lot": found, "product": found.product, "row": row, "label": label, "tone": tone,
        "reading": row.reading, "checks": [
            (c, STAGES[c.stage], RESULTS[c.result], RESULT_TONES[c.result], names.get(c.by, c.by)) for c in checks  # type: ignore[index]
        ],
        "page": page, "orders": [(line, HOW[line.how], who) for line, who in _with_people(page.rows)], "form": form,
        "may_see": may(request)["see_customers"],
    }  # fmt: skip
    return render(request, "quality/lot.html", context, status=status)


def _usual_check(lot: Lot, checks: Sequence[Check], *, is_leaving: bool) -> dict[str, str]:
    """Return what the next check most likely is, so that a phone needs two taps for it."""
    others = Check.objects.filter(lot__product_id=lot.product_id).order_by("-at", "-pk")
    last = checks[0] if checks else others.first()
    return {
        "stage": Check.Stage.DISPATCH if is_leaving else Check.Stage.SOURCING,
        "what": last.what if last else _("Looked at and felt"),
        "unit": last.unit if last else "",
    }


def _holding(lot: Lot) -> QuerySet[LotLine]:
    return LotLine.objects.filter(lot=lot).select_related("order__customer").order_by("-order__placed_at", "-pk")


@needs(Permission.SEE_ORDERS, Permission.EXPORT_DATA)
@require_GET
def orders_export(request: HttpRequest, lot: int) -> HttpResponseBase:
    """Send the orders that hold a lot as a file, with the customers' numbers and, to who may see them, names."""
    found = get_object_or_404(Lot, pk=lot)
    sees = may(request)["see_customers"]
    operations.record_download(lot, with_names=sees, by=actor(request), at=now())
    header = [_("Order"), _("Placed"), _("Pieces"), _("How it is known"), _("Customer")] + ([_("Name")] if sees else [])
    return csv_response(f"lot-{lot}-orders", header, _order_lines(found, sees))


def _order_lines(lot: Lot, sees: bool) -> Iterator[list[Any]]:
    ids = list(_holding(lot).values_list("pk", flat=True))
    for start in range(0, len(ids), AT_ONCE):
        for line, who in _with_people(_holding(lot).filter(pk__in=ids[start : start + AT_ONCE])):
            yield [
                line.order.number, line.order.placed_at.isoformat(timespec="seconds"), line.quantity,
                str(HOW[line.how]), who.pk if who else "", *([who.name if who else ""] if sees else []),
            ]  # fmt: skip


def _with_people(lines: Iterable[LotLine]) -> list[tuple[LotLine, Customer | None]]:
    """Return orders with the record that stands for the person who bought."""
    rows = list(lines)
    roots = {row.order.customer.root_id for row in rows if row.order.customer is not None}
    people = Customer.objects.in_bulk(roots)
    return [(row, people.get(row.order.customer.root_id) if row.order.customer else None) for row in rows]


@SEES
@require_GET
def photo(request: HttpRequest, check: int) -> HttpResponseBase:
    """Send the picture of a check."""
    found = get_object_or_404(Check, pk=check)
    if not found.photo or not default_storage.exists(found.photo):
        raise Http404(_("There is no such picture."))
    response = FileResponse(default_storage.open(found.photo), content_type="image/jpeg")
    response["Cache-Control"] = "private, max-age=86400"
    return response
