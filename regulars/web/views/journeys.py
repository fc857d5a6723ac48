"""What visitors look at, in which order, how far they get, and when they come back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from regulars.base.clock import local_midnight
from regulars.base.installation import ShopSettings
from regulars.insight import LakeError
from regulars.insight import visits as reports
from regulars.insight.funnels import LEAST_STEPS, MOST_STEPS
from regulars.insight.returns import Since
from regulars.shop.models import Order, Product
from regulars.sources.tracker.models import SiteKey
from regulars.staff.access import needs
from regulars.staff.rules import Permission
from regulars.ui.context import shop_of
from regulars.ui.templatetags.ui import duration
from regulars.web.numbers import words
from regulars.web.numbers.engine import engine
from regulars.web.views.people import people_page
from regulars.web.views.visits import BACK, frame, unreadable
from regulars.web.visits import boards
from regulars.web.visits.asking import Asking, asking
from regulars.web.visits.shown import bar

STEPS: dict[str, Promise] = {
    "product_viewed": gettext_lazy("Looked at a product"),
    "product_added": gettext_lazy("Put one in the basket"),
    "checkout_started": gettext_lazy("Went to the till"),
    "order_hinted": gettext_lazy("Ordered"),
    "page_viewed": gettext_lazy("Saw a page …"),
}
USUAL = ("product_viewed", "product_added", "checkout_started", "order_hinted")
HOURS: dict[int, Promise] = {
    1: gettext_lazy("one hour"), 24: gettext_lazy("a day"), 72: gettext_lazy("three days"), 168: gettext_lazy("a week"),
}  # fmt: skip
SORTS = ("viewers", "views", "returned_to", "carted")


@needs(Permission.SEE_NUMBERS)
@require_GET
def products(request: HttpRequest) -> HttpResponse:
    """Show which products are looked at, come back to, put in the basket and bought."""
    order_by = request.GET.get("sort", "")
    order_by = order_by if order_by in SORTS else SORTS[0]
    shop = shop_of(request)
    try:
        asked = asking(request, "web:visits_products", more=("sort",))
        context = frame(asked, "products")
        if context["is_empty"]:
            return render(request, "web/visits/products.html", context)
        kept = boards.interest(asked, order_by, shop)
    except LakeError as error:
        return unreadable(request, error)
    context |= {
        "rows": _products(kept.data["rows"], asked, shop),
        "sorts": {name: asked.link(sort=name) for name in SORTS},
        "sort": order_by,
        "as_of": kept.as_of,
    }
    return render(request, "web/visits/products.html", context)


@dataclass(frozen=True, slots=True)
class ProductRow:
    """A product with what visitors and buyers made of it. ``bought``: paid orders of the same days."""

    title: str
    url: str
    viewers: int
    views: int
    returned_to: int
    carted: int
    bought: int | None


def _products(rows: list[dict[str, Any]], asked: Asking, shop: ShopSettings) -> list[ProductRow]:
    ids = [r["product"] for r in rows]
    known = Product.objects.filter(
        Q(external_id__in=ids) | Q(variant__sku__in=ids), store__in=SiteKey.objects.values("store")
    )
    if asked.store is not None:
        known = known.filter(store_id=asked.store)
    found: dict[str, tuple[int, str]] = {}
    for pk, external, title, sku in known.values_list("pk", "external_id", "title", "variant__sku"):
        found[external] = (pk, title)
        found.setdefault(sku, (pk, title))
    first, last = (local_midnight(d, shop.zone) for d in (asked.days[0], asked.days[1] + timedelta(days=1)))
    orders = Order.objects.filter(
        state=Order.State.PAID, placed_at__gte=first, placed_at__lt=last,
        line__product__in={pk for pk, _title in found.values()},
    )  # fmt: skip
    bought = dict(orders.values_list("line__product").annotate(n=Count("pk", distinct=True)))
    return [
        ProductRow(
            found[r["product"]][1] if r["product"] in found else r["name"] or r["product"] or "–",
            reverse("web:product", args=[found[r["product"]][0]]) if r["product"] in found else "",
            r["viewers"], r["views"], r["returned_to"], r["carted"],
            bought.get(found[r["product"]][0], 0) if r["product"] in found else None,
        )
        for r in rows
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Stage:
    """A step of the funnel in words. ``lost``: how many went no further."""

    number: int
    label: str
    visitors: int
    share: float | None
    of_before: float | None
    took: str
    width: float
    stopped_url: str


@needs(Permission.SEE_NUMBERS)
@require_GET
def paths(request: HttpRequest) -> HttpResponse:
    """Show the commonest ways through the site, and how far visitors get on a chosen one."""
    shop = shop_of(request)
    steps, hours = _funnel_of(request)
    try:
        asked = asking(request, "web:visits_paths")
        context = frame(asked, "paths")
        if context["is_empty"]:
            return render(request, "web/visits/paths.html", context)
        ways = boards.paths(asked, shop).data["rows"]
        kept = boards.funnel(asked, steps, hours, shop)
    except LakeError as error:
        return unreadable(request, error)
    most = max((w["visits"] for w in ways), default=1)
    context |= {
        "ways": [w | {"step": bar(w["visits"], most)} for w in ways],
        "stages": _stages(kept.data["stages"], steps, hours, asked),
        "chosen": [s.partition(":")[::2] for s in (*steps, *[""] * (MOST_STEPS - len(steps)))][: max(5, len(steps))],
        "steps": STEPS,
        "hours": HOURS,
        "within": hours,
        "as_of": kept.as_of,
    }
    return render(request, "web/visits/paths.html", context)


def _funnel_of(request: HttpRequest) -> tuple[tuple[str, ...], int]:
    """Return the steps and hours that the address asks for; the usual ones where it asks for none that can be."""
    chosen = []
    pages = request.GET.getlist("path")
    for place, name in enumerate(request.GET.getlist("step")[:MOST_STEPS]):
        path = pages[place].strip()[:200] if place < len(pages) else ""
        if name in STEPS:
            chosen.append(f"{name}:{path}" if name == "page_viewed" and path else name)
    text = request.GET.get("hours", "")
    hours = int(text) if text.isdecimal() and len(text) < 4 and int(text) in HOURS else 24
    return (tuple(chosen) if len(chosen) >= LEAST_STEPS else USUAL), hours


def _stages(found: list[list[Any]], steps: tuple[str, ...], hours: int, asked: Asking) -> list[Stage]:
    shown = []
    for place, (visitors, share, seconds) in enumerate(found):
        before = found[place - 1][0] if place else 0
        name, _colon, path = steps[place].partition(":")
        label = _("Saw a page %(path)s") % {"path": f"{path}…"} if path else str(STEPS[name])
        url = reverse("web:visits_stopped", args=[place + 1]) + asked.query(steps=",".join(steps), hours=hours)
        shown.append(Stage(
            place + 1, label, visitors, share, visitors / before if before else None,
            duration(seconds) if seconds is not None else "", bar(share or 0, 1), url if visitors else "",
        ))  # fmt: skip
    return shown


@needs(Permission.SEE_NUMBERS)
@require_GET
def stopped(request: HttpRequest, step: int) -> HttpResponseBase:
    """Show the known customers who went so far on a way and no further."""
    asked = asking(request, "web:visits_paths")
    steps = tuple(request.GET.get("steps", "").split(","))[:MOST_STEPS]
    text = request.GET.get("hours", "")
    hours = int(text) if text.isdecimal() and len(text) < 4 and int(text) in HOURS else 24
    if not all(s.partition(":")[0] in STEPS for s in steps) or len(steps) < LEAST_STEPS or step > len(steps):
        steps = USUAL
    step = max(1, min(step, len(steps)))
    label = STEPS[steps[step - 1].partition(":")[0]]
    return people_page(
        request,
        lambda: reports.people_of_funnel(
            engine(), steps, *asked.days, reached=step, is_last=step < len(steps), within_hours=hours, store=asked.store
        ),
        _("Got as far as: %(step)s") % {"step": label},
        f"funnel-{step}",
        lede=words.window(asked.days[0].isoformat(), asked.days[1].isoformat()),
        **BACK,
    )


@needs(Permission.SEE_NUMBERS)
@require_GET
def returns(request: HttpRequest) -> HttpResponse:
    """Show how soon people come back to the site after their first visit, and after their first order."""
    shop = shop_of(request)
    kinds: tuple[tuple[Since, str], ...] = (
        ("first_visit", _("After the first visit")), ("first_order", _("After the first order")),
        ("message", _("After a message that sells")),
    )  # fmt: skip
    try:
        asked = asking(request, "web:visits_returns")
        # A message is of no store, so it is not asked for where one is chosen.
        kinds = kinds[:2] if asked.store else kinds
        context = frame(asked, "returns")
        if context["is_empty"]:
            return render(request, "web/visits/returns.html", context)
        found = [(name, title, boards.returns(asked, name, shop)) for name, title in kinds]
    except LakeError as error:
        return unreadable(request, error)
    context |= {
        "tables": [
            {
                "name": name, "title": title, "n": kept.data["n"], "enough": kept.data["enough"],
                "rows": [(days, n, share, bar(share, 1)) for days, n, share in kept.data["rows"]],
                "caveats": words.caveats(kept.data["caveats"]),
                "url": reverse("web:visits_returned", args=[name]) + asked.query(),
            }
            for name, title, kept in found
        ],
        "as_of": found[0][2].as_of,
    }  # fmt: skip
    return render(request, "web/visits/returns.html", context)


@needs(Permission.SEE_NUMBERS)
@require_GET
def returned(request: HttpRequest, since: str) -> HttpResponseBase:
    """Show the known customers who came back, or those who did not."""
    asked = asking(request, "web:visits_returns")
    after: Since = since if since in ("first_order", "message") else "first_visit"  # type: ignore[assignment]
    has_returned = request.GET.get("came") != "not"
    start = asked.days[0] - timedelta(days=boards.RETURN_DAYS + 1)
    return people_page(
        request,
        lambda: reports.people_who_came_back(
            engine(), after, start, asked.days[1], days=boards.RETURN_DAYS, has_returned=has_returned, store=asked.store
        ),
        _("Came back to the site") if has_returned else _("Did not come back to the site"),
        f"returned-{after}",
        lede=words.window(start.isoformat(), asked.days[1].isoformat()),
        **BACK,
    )
