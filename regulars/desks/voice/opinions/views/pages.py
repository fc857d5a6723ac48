"""Reading opinions: what waits, the cases, everything; one of them; the days; the file."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import F, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_GET

from regulars.base.clock import now
from regulars.base.installation import shop_settings
from regulars.desks.voice.opinions import queries
from regulars.desks.voice.opinions.models import Case, Opinion
from regulars.desks.voice.opinions.sealing import earlier_words
from regulars.desks.voice.opinions.words import HOW, OUTCOMES, REASONS, SOURCES
from regulars.people.models import Customer
from regulars.shop.models import Product
from regulars.staff.access import needs
from regulars.staff.models import Staff
from regulars.staff.rules import Permission
from regulars.ui.tables import Page, csv_response, paginate

HEARS = needs(Permission.HEAR_CUSTOMERS, Permission.SEE_CUSTOMERS)
SIZE = 30
AT_ONCE = 1_000
PILES = {
    "waiting": pgettext_lazy("opinions", "Waiting"),
    "cases": gettext_lazy("Cases"),
    "all": pgettext_lazy("opinions", "All"),
}


def _pile(request: HttpRequest) -> str:
    asked = request.GET.get("pile", "")
    return asked if asked in PILES else "waiting"


def _chosen(request: HttpRequest) -> QuerySet[Opinion]:
    """Return the opinions that the URL asks for, the longest-waiting first, or the latest of all."""
    pile = _pile(request)
    if pile == "waiting":
        found = queries.waiting().filter(same_as=None).order_by("heard_at", "pk")
    elif pile == "cases":
        found = Opinion.objects.filter(case__closed_at=None, case__isnull=False).order_by("case__opened_at", "pk")
    else:
        found = queries.received().order_by("-said_at", "-pk")
    source, product, mark = (request.GET.get(name, "") for name in ("source", "product", "mark"))
    if source in SOURCES:
        found = found.filter(source=source)
    if product.isdecimal() and len(product) < 18:
        found = found.filter(product_id=int(product))
    if scope := request.GET.get("scope", ""):
        found = found.filter(scope=scope[:40])
    if mark == "low":
        found = found.filter(mark__isnull=False, mark__lte=F("best") * 0.4)
    elif mark == "high":
        found = found.filter(mark__gte=F("best") * 0.8)
    return found


@HEARS
@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """Show a pile of opinions."""
    pile = _pile(request)
    page = paginate(_chosen(request), request, size=SIZE)
    count, since = queries.longest_waiting()
    counts = {"waiting": count, "cases": queries.open_cases().count()}
    product = request.GET.get("product", "")
    known = Product.objects.filter(pk=int(product)).first() if product.isdecimal() and len(product) < 18 else None
    context = {
        "nav": "opinions", "page": page, "rows": _shown(page), "since": since,
        "rooms": [(label, reverse(name)) for label, name in queries.ROOMS],
        "piles": [(name, label, counts.get(name), name == pile) for name, label in PILES.items()], "pile": pile,
        "sources": SOURCES.items(), "source": request.GET.get("source", ""), "mark": request.GET.get("mark", ""),
        "product": known, "scope": request.GET.get("scope", ""), "outcomes": OUTCOMES.items(),
        "today": queries.days(until=now(), zone=shop_settings().zone, most=1)[0],
    }  # fmt: skip
    return render(request, "opinions/list.html", context)


def _shown(page: Page) -> list[dict[str, Any]]:
    return shown(page.rows)  # type: ignore[arg-type]


def shown(opinions: list[Opinion]) -> list[dict[str, Any]]:
    """Return opinions as ``opinions/_opinion.html`` shows them."""
    rows = queries.rows(opinions)
    products = Product.objects.in_bulk({row.opinion.product_id for row in rows if row.opinion.product_id})
    staff = Staff.objects.in_bulk({row.case.owner_id for row in rows if row.case and row.case.owner_id})
    return [
        {
            "row": row,
            "opinion": row.opinion,
            "words": row.words,
            "source": SOURCES[row.opinion.source],
            "product": products.get(row.opinion.product_id or 0),
            "is_low": row.opinion.mark is not None and row.opinion.mark <= (row.opinion.best or 5) * 0.4,
            "how": HOW[row.pondering.how] if row.pondering else "",
            "reason": REASONS.get(row.case.reason, row.case.reason) if row.case else "",
            "owner": staff.get(row.case.owner_id or 0) if row.case else None,
            "outcome": OUTCOMES.get(row.case.outcome, "") if row.case else "",
        }
        for row in rows
    ]


@HEARS
@require_GET
def show(request: HttpRequest, opinion: int) -> HttpResponse:
    """Show one opinion, what it said before, what says the same, and its case."""
    row = get_object_or_404(Opinion.objects.select_related("customer"), pk=opinion)
    context = {
        "nav": "opinions", "shown": shown([row])[0], "earlier": earlier_words(row), "outcomes": OUTCOMES.items(),
        "alike": shown(list(Opinion.objects.filter(same_as=row).order_by("said_at")[:SIZE])),
        "first": row.same_as_id, "is_alone": True,
    }  # fmt: skip
    return render(request, "opinions/opinion.html", context)


@HEARS
@require_GET
def of_customer(request: HttpRequest, customer: int) -> HttpResponse:
    """Show what a person said, latest first."""
    found = get_object_or_404(Customer, pk=customer)
    if found.root_id != customer:
        return redirect("opinions:customer", found.root_id)
    page = paginate(
        Opinion.objects.filter(customer__root_id=customer).order_by("-said_at", "-pk"), request, size=SIZE
    )  # fmt: skip
    context = {"nav": "customers", "who": found, "page": page, "rows": _shown(page), "outcomes": OUTCOMES.items()}
    return render(request, "opinions/customer.html", context)


@HEARS
@require_GET
def days(request: HttpRequest) -> HttpResponse:
    """Show, day by day, that nothing was left unread."""
    found = queries.days(until=now(), zone=shop_settings().zone)
    context = {
        "nav": "opinions", "days": found,
        "total": (sum(d.received for d in found), sum(d.pondered for d in found), sum(d.waiting for d in found)),
    }  # fmt: skip
    return render(request, "opinions/days.html", context)


@needs(Permission.HEAR_CUSTOMERS, Permission.SEE_CUSTOMERS, Permission.EXPORT_DATA)
@require_GET
def export(request: HttpRequest) -> HttpResponseBase:
    """Send the pile as a file, without contact data."""
    header = [
        _("Opinion"), _("Said"), _("Source"), _("Mark"), _("Out of"), _("Product"), _("Customer"), _("Title"),
        _("Words"), _("Decided"), _("Case"),
    ]  # fmt: skip
    return csv_response(f"opinions-{_pile(request)}", header, _lines(_chosen(request)))


def _lines(found: QuerySet[Opinion]) -> Iterator[list[Any]]:
    ids = list(found.values_list("pk", flat=True))
    for start in range(0, len(ids), AT_ONCE):
        part = Opinion.objects.in_bulk(ids[start : start + AT_ONCE])
        for line in shown([part[pk] for pk in ids[start : start + AT_ONCE] if pk in part]):
            row: queries.Row = line["row"]
            opinion, case = row.opinion, row.case
            yield [
                opinion.pk, opinion.said_at.isoformat(timespec="seconds"), line["source"], opinion.mark, opinion.best,
                line["product"].title if line["product"] else "", row.who.pk if row.who else "",
                row.words.title if row.words else "", row.words.text if row.words else "", line["how"], _state(case),
            ]  # fmt: skip


def _state(case: Case | None) -> str:
    if case is None:
        return ""
    return str(OUTCOMES.get(case.outcome, "")) if case.closed_at else _("open")
