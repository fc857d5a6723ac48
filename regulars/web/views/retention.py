"""Retention: who comes back. Cohorts, curves, repeat rates, the time between orders and classes of customers."""

from __future__ import annotations

from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from regulars.insight import SEGMENTS, customers_behind, customers_in_segment
from regulars.shop.models import Order, Store
from regulars.staff.access import needs
from regulars.staff.rules import Permission
from regulars.web import retention
from regulars.web.numbers import boards, shelf, words
from regulars.web.numbers.engine import engine
from regulars.web.views.people import people_page
from regulars.web.views.today import chosen_store

LAST_AGE = 600
BACK: dict[str, Any] = {"nav": "retention", "back": "web:retention", "back_label": gettext_lazy("Back to retention")}


@needs(Permission.SEE_NUMBERS)
@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """Show the retention of the shop or of one store, as it was last worked out."""
    stores = list(Store.objects.order_by("name"))
    store = chosen_store(request, stores)
    as_counts, show_all = request.GET.get("show") == "counts", request.GET.get("all") == "1"
    where = shelf.place("retention", store=store)
    kept = shelf.read(where).get(where)
    context: dict[str, Any] = {"nav": "retention", "stores": stores, "store": store}
    if kept is None or not kept.data["cohorts"]:
        context |= {"is_empty": True, "is_first_look": kept is None and Order.objects.exists()}
        return render(request, "web/retention.html", context)
    board = kept.data
    context |= {
        "kept": kept,
        "enough": board["enough"],
        "as_counts": as_counts,
        "show_all": show_all,
        "has_more": len(board["cohorts"]) > retention.COHORTS_SHOWN,
        "counts_url": _link(store, "counts", show_all),
        "shares_url": _link(store, "", show_all),
        "all_url": _link(store, "counts" if as_counts else "", True),
        "rows": retention.rows(board, as_counts=as_counts, show_all=show_all),
        "ages": retention.ages(board),
        "curves": retention.curves(board),
        "horizons": boards.HORIZONS,
        "repeats": retention.repeats(board, show_all=show_all),
        "least": retention.LEAST,
        "last": words.day_of(board["last"]),
        **_gaps(board["gaps"]),
        **_classes(board["rfm"]),
        "store_query": f"?store={store}" if store is not None else "",
    }
    return render(request, "web/retention.html", context)


def _link(store: int | None, show: str, show_all: bool) -> str:
    asked = {"store": store, "show": show or None, "all": 1 if show_all else None}
    text = urlencode({k: v for k, v in asked.items() if v is not None})
    return f"{reverse('web:retention')}?{text}" if text else reverse("web:retention")


def _gaps(gaps: shelf.Board) -> dict[str, Any]:
    if not gaps["enough"] or gaps["value"] is None:
        return {"gap": "", "gap_notes": words.caveats(gaps["caveats"])}
    low, middle, high = (words.days(gaps[name]) for name in ("low", "value", "high"))
    return {"gap": middle, "gap_low": low, "gap_high": high, "gap_n": gaps["n"]}


def _classes(rfm: shelf.Board) -> dict[str, Any]:
    total = rfm["customers"] or 1
    return {
        "classes": [
            (name, _(title), _(meaning), customers, customers / total, orders, revenue)
            for name, title, meaning, customers, orders, revenue in rfm["segments"]
        ],
        "classes_enough": rfm["enough"],
        "classes_currency": rfm["currency"],
        "classes_notes": words.caveats(rfm["caveats"]),
        "classed": rfm["customers"],
    }


def _month(text: str, age: int) -> date:
    """Return the first day of a month of a URL. Raises Http404 where there is no such one, or none so much later."""
    try:
        month = date.fromisoformat(f"{text}-01")
    except ValueError:
        raise Http404(_("There is no such month.")) from None
    if not 1900 < month.year < 2200 or age > LAST_AGE:
        raise Http404(_("There is no such month."))
    return month


def _roots_of_cell(month: date, age: int, store: int | None) -> list[int]:
    """Return who of a month's first-time customers ordered ``age`` months later."""
    cohort, later = retention.cell_days(month, age)
    came_first = customers_behind(engine(), "new_customers", *cohort, store=store)
    if age == 0:
        return came_first
    came_later = set(customers_behind(engine(), "customers", *later, store=store))
    return [root for root in came_first if root in came_later]


@needs(Permission.SEE_NUMBERS)
@require_GET
def cell(request: HttpRequest, month: str, age: int) -> HttpResponseBase:
    """Show the customers behind a cell of the heat map."""
    first = _month(month, age)
    store = chosen_store(request, list(Store.objects.all()))
    later = retention.cell_days(first, age)[1][0].strftime("%Y-%m")
    if age == 0:
        title = _("First ordered in %(month)s") % {"month": month}
    else:
        title = _("First ordered in %(month)s, and again in %(later)s") % {"month": month, "later": later}
    return people_page(request, lambda: _roots_of_cell(first, age, store), title, f"cohort-{month}-{age}", **BACK)


@needs(Permission.SEE_NUMBERS)
@require_GET
def members(request: HttpRequest, name: str) -> HttpResponseBase:
    """Show the customers of a class."""
    found = next(((title, meaning) for key, title, meaning in SEGMENTS if key == name), None)
    if found is None:
        raise Http404(_("There is no such class."))
    store = chosen_store(request, list(Store.objects.all()))
    return people_page(
        request, lambda: customers_in_segment(engine(), name, store=store), _(found[0]), f"class-{name}",
        lede=_(found[1]), **BACK,
    )  # fmt: skip
