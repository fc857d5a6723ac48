"""Today: the shop on one page. Seven numbers on its two legs, and what needs a person now."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from regulars.base.clock import now
from regulars.shop.models import Order, Store
from regulars.staff.access import may, person, signed_in
from regulars.ui.context import shop_of
from regulars.web.listed import listed
from regulars.web.numbers import boards, periods, shelf, words
from regulars.web.numbers.shelf import Board, Kept
from regulars.web.worklist import work_of

LAPSING_SHOWN = 5


@signed_in
@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """Show the numbers that this person may see, and the work that waits for her."""
    allowed = may(request)
    context: dict[str, Any] = {"nav": "today", "today": now().astimezone(shop_of(request).zone)}
    if allowed["see_numbers"]:
        context |= _numbers(request)
    if not context.get("is_empty"):
        staff = person(request)
        context["work"] = work_of(staff) if staff else []
    return render(request, "web/today.html", context)


def _numbers(request: HttpRequest) -> dict[str, Any]:
    """Return the figures as kept, or in what state the shop is while there are none."""
    period = request.GET.get("period", "")
    period = period if period in periods.TODAY_PERIODS else periods.MONTH
    stores = list(Store.objects.order_by("name"))
    store = chosen_store(request, stores)
    where, work = shelf.place("today", period=period, store=store), shelf.place("work")
    found = shelf.read(where, work)
    kept = found.get(where)
    if kept is None:
        has_orders = Order.objects.exists()
        return {"is_empty": not has_orders, "is_first_look": has_orders, "stores": stores, "store": store}
    return {
        "kept": kept,
        "period": period,
        "periods": [(p, words.PERIODS[p], link(p, store)) for p in periods.TODAY_PERIODS],
        "stores": stores,
        "store": store,
        "span": words.window(kept.data["start"], kept.data["end"]),
        "is_past": kept.data["end"] < kept.data["today"],
        "last": words.day_of(kept.data["last"]),
        "legs": _legs(kept, store),
        "lapsing": _lapsing(request, found.get(work)),
    }


def link(period: str, store: int | None) -> str:
    """Return the address of Today for a period and a store."""
    asked = {"period": period} | ({"store": store} if store is not None else {})
    return f"{reverse('web:today')}?{urlencode(asked)}"


def chosen_store(request: HttpRequest, stores: list[Store]) -> int | None:
    """Return the store that the URL names, None for the whole shop or one that is not there."""
    text = request.GET.get("store", "")
    return next((s.pk for s in stores if str(s.pk) == text), None)


def _legs(kept: Kept, store: int | None) -> list[list[words.Figure]]:
    by_name = {found["name"]: found for found in kept.data["figures"]}
    return [[_figure(by_name[name], store) for name in leg] for leg in (boards.GOODS, boards.PEOPLE)]


def _figure(found: Board, store: int | None) -> words.Figure:
    asked = {"from": found["now"]["start"], "to": found["now"]["end"]}
    if store is not None:
        asked["store"] = store
    return words.figure(found, f"{reverse('web:number', args=[found['name']])}?{urlencode(asked)}")


def _lapsing(request: HttpRequest, work: Kept | None) -> list[Any]:
    """Return the first of the regulars who are slipping away, for whoever may know them."""
    if work is None or not may(request)["see_customers"]:
        return []
    return listed(work.data["lapsing"]["first"][:LAPSING_SHOWN], may_see_customers=True)
