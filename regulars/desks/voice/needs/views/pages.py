"""The needs in their order, one of them, and the people behind it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from regulars.base.clock import now
from regulars.base.installation import shop_settings
from regulars.desks.voice.needs.models import Deed, Need, Split
from regulars.desks.voice.needs.names import is_safety, name_of, severity_of
from regulars.desks.voice.needs.queries import deeds as deed_queries
from regulars.desks.voice.needs.queries import proposals, quality
from regulars.desks.voice.needs.queries.ranking import Line, Period, products_of, ranking, without_deed
from regulars.desks.voice.needs.rules import root_of
from regulars.desks.voice.opinions.models import Opinion
from regulars.desks.voice.opinions.queries import longest_waiting
from regulars.desks.voice.opinions.views.pages import HEARS
from regulars.desks.voice.opinions.views.pages import shown as opinions_shown
from regulars.people.models import Customer
from regulars.shop.models import CustomerSummary, Product
from regulars.staff.access import needs
from regulars.staff.rules import Permission
from regulars.ui.tables import csv_response, paginate

PERIODS: dict[str, tuple[int | None, Any]] = {
    "30": (30, gettext_lazy("30 days")),
    "90": (90, gettext_lazy("90 days")),
    "365": (365, gettext_lazy("a year")),
    "all": (None, gettext_lazy("everything")),
}
TRENDS = {
    "more": gettext_lazy("more than before"),
    "less": gettext_lazy("less than before"),
    "same": gettext_lazy("no more than noise"),
    "": gettext_lazy("too few to say"),
}
WEEKS = 13
QUOTES = 20
PAIRS = 20


def _asked(request: HttpRequest) -> tuple[str, Period, Product | None]:
    code = request.GET.get("period", "90")
    code = code if code in PERIODS else "90"
    number = request.GET.get("product", "")
    product = Product.objects.filter(pk=int(number)).first() if number.isdecimal() and len(number) < 18 else None
    return code, Period(PERIODS[code][0], now()), product


def shown(line: Line, products: dict[int, Product]) -> dict[str, Any]:
    """Return a need as the list shows it."""
    return {
        "line": line, "trend": TRENDS[line.trend.state],
        "products": [(products[pk], n) for pk, n in line.products if pk in products],
    }  # fmt: skip


@HEARS
@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """Show the needs in their order, and at the end what was said once."""
    code, period, product = _asked(request)
    found = ranking(period, product=product.pk if product else None)
    products = products_of(found.lines)
    context = {
        "nav": "opinions", "lines": [shown(line, products) for line in found.main],
        "singles": [shown(line, products) for line in found.singles], "decided": found.decided,
        "periods": [(name, label, name == code) for name, (_days, label) in PERIODS.items()], "period": code,
        "product": product, "waiting": longest_waiting()[0], "unanswered": len(without_deed(found.lines)),
        "quality": quality.printed(at=now()), "overdue": deed_queries.overdue(now().date()).count(),
        "unhelpful": deed_queries.unhelpful()[:20],
        "pairs": proposals.pairs()[:PAIRS] if "alike" in request.GET else None,
    }  # fmt: skip
    return render(request, "needs/list.html", context)


@needs(Permission.HEAR_CUSTOMERS, Permission.SEE_CUSTOMERS, Permission.EXPORT_DATA)
@require_GET
def export(request: HttpRequest) -> HttpResponseBase:
    """Send the list as a file."""
    code, period, product = _asked(request)
    header = [
        _("Need"), _("Named by"), _("Customers"), _("Share"), _("Share, at least"), _("Share, at most"), _("Before"),
        _("Trend"), _("Paid by the customers behind it, minor units"), _("Severity"), _("Safety"), _("Score"),
    ]  # fmt: skip
    lines = ranking(period, product=product.pk if product else None).lines
    rows = (
        [
            line.name, line.n, len(line.people), round(line.share, 4), round(line.low, 4), round(line.high, 4),
            line.trend.was, str(TRENDS[line.trend.state]), line.value_minor, line.severity,
            int(line.is_safety), round(line.score, 3),
        ]
        for line in lines
    )  # fmt: skip
    return csv_response(f"needs-{code}", header, rows)


@HEARS
@require_GET
def show(request: HttpRequest, need: int) -> HttpResponse:
    """Show one need: what was said, by whom and of what, its course, and what is done about it."""
    row = get_object_or_404(Need, pk=need)
    parents = dict(Need.objects.values_list("pk", "merged_into_id"))
    if row.merged_into_id is not None:
        return redirect("needs:need", root_of(parents, need))
    code, period, product = _asked(request)
    found = ranking(period, product=product.pk if product else None)
    line = next((line for line in found.lines if line.need.pk == need), None)
    family = [pk for pk in parents if root_of(parents, pk) == need]
    quotes = Opinion.objects.filter(voice__need_id__in=family, voice__confirmed_at__isnull=False, taken_back_at=None)
    if product is not None:
        quotes = quotes.filter(product=product)
    page = paginate(quotes.distinct().order_by("-said_at", "-pk"), request, size=QUOTES)
    course = _course(family)
    context = {
        "counts": [n for _week, n in course],
        "names": [(code, label, row.names.get(code, "")) for code, label in settings.LANGUAGES],
        "nav": "opinions", "need": row, "name": name_of(row), "is_safety": is_safety(row),
        "severity": severity_of(row), "shown": shown(line, products_of([line])) if line else None, "period": code,
        "periods": [(name, label, name == code) for name, (_days, label) in PERIODS.items()], "product": product,
        "page": page, "rows": opinions_shown(page.rows), "course": course,  # type: ignore[arg-type]
        "deeds": Deed.objects.filter(need_id__in=family).order_by("-planned_at"), "decided": found.decided,
        "folded": [(n.pk, name_of(n)) for n in Need.objects.filter(merged_into=row)],
        "others": sorted((name_of(n), n.pk) for n in Need.objects.filter(merged_into=None).exclude(pk=need)),
        "splits": Split.objects.filter(source_id__in=family, undone_at=None).select_related("made"),
        "severities": range(1, 6), "lots": proposals.lots_of(family),
        "parts": proposals.parts_of(family) if "parts" in request.GET else None,
    }  # fmt: skip
    return render(request, "needs/need.html", context)


def _course(family: list[int]) -> list[tuple[Any, int]]:
    """Return (Monday, voices) of the last weeks, oldest first, by the shop's calendar."""
    zone, at = shop_settings().zone, now()
    today = at.astimezone(zone).date()
    monday = today - timedelta(days=today.weekday())
    said = deed_queries.voices_of(family).filter(opinion__said_at__gte=at - timedelta(weeks=WEEKS + 1))
    days = [s.astimezone(zone).date() for _pk, s in said.values_list("opinion_id", "opinion__said_at").distinct()]
    counts = Counter(day - timedelta(days=day.weekday()) for day in days)
    return [(week, counts[week]) for n in range(WEEKS - 1, -1, -1) if (week := monday - timedelta(weeks=n))]


def _people(need: int) -> list[tuple[Customer, int, int, int]]:
    """Return (customer, times she said it, her orders, what she paid) of everybody behind a need, the best first."""
    voices = deed_queries.voices_of(deed_queries.family_of(need)).filter(opinion__customer__isnull=False)
    pairs = set(voices.values_list("opinion_id", "opinion__customer__root_id"))
    times = Counter(root for _opinion, root in pairs)
    people = Customer.objects.in_bulk(times)
    business = CustomerSummary.objects.in_bulk(times)
    rows = [
        (people[root], n, business[root].orders if root in business else 0,
         business[root].revenue_minor if root in business else 0)
        for root, n in times.items() if root in people
    ]  # fmt: skip
    return sorted(rows, key=lambda row: (-row[3], row[0].pk))


@HEARS
@require_GET
def people(request: HttpRequest, need: int) -> HttpResponse:
    """Show the customers behind a need."""
    row = get_object_or_404(Need, pk=need)
    page = paginate(_people(need), request)
    context = {"nav": "opinions", "need": row, "name": name_of(row), "page": page}
    return render(request, "needs/people.html", context)


@needs(Permission.HEAR_CUSTOMERS, Permission.SEE_CUSTOMERS, Permission.EXPORT_DATA)
@require_GET
def people_export(request: HttpRequest, need: int) -> HttpResponseBase:
    """Send the customers behind a need as a file, without contact data."""
    get_object_or_404(Need, pk=need)
    header = [_("Customer"), _("Name"), _("Times"), _("Orders"), _("Paid, minor units")]
    rows: Iterator[list[Any]] = ([who.pk, who.name, n, orders, paid] for who, n, orders, paid in _people(need))
    return csv_response(f"need-{need}-people", header, rows)
