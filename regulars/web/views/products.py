"""The list of products with what they sold, and one product's page."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from regulars.base.clock import now
from regulars.base.installation import ShopSettings
from regulars.base.money import to_major
from regulars.shop.models import Price, Product, Store, Variant
from regulars.shop.queries.products import Sales, recent_sales
from regulars.staff.access import actor, may, needs
from regulars.staff.rules import Permission
from regulars.ui.context import shop_of
from regulars.ui.tables import csv_response
from regulars.web import words
from regulars.web.lists import SIZE, Asked, ListPage, read_sort, views_of
from regulars.web.operations import record_download
from regulars.web.product_sales import LINES_OF_PRODUCT, sales_of, sales_of_all

DEFAULT_SORT = "-revenue"
FILTERS = ("q", "store")


@dataclass(frozen=True, slots=True)
class Shown:
    """A product as the list shows it."""

    id: int
    title: str
    store: str
    is_listed: bool
    sales: Sales

    @property
    def url(self) -> str:
        """Return the address of its page."""
        return reverse("web:product", args=[self.id])

    @property
    def came_back_share(self) -> float | None:
        """Return the share of its buyers who bought again, 0 to 1; None without buyers."""
        return self.sales.came_back / self.sales.buyers if self.sales.buyers else None


SORTS: dict[str, Callable[[Shown], Any]] = {
    "title": lambda row: row.title.casefold(),
    "quantity": lambda row: row.sales.quantity,
    "revenue": lambda row: row.sales.revenue_minor,
    "buyers": lambda row: row.sales.buyers,
    "came_back": lambda row: row.came_back_share or 0.0,
}


def _found(asked: Asked, stores: Iterable[Store]) -> QuerySet[Product]:
    products = Product.objects.all()
    if text := asked.text("q"):
        products = products.filter(title__icontains=text) | products.filter(variant__sku=text)
    store = asked.number("store")
    if store in {s.pk for s in stores}:
        products = products.filter(store_id=store)
    return products.order_by().distinct()


def _sorted(request: HttpRequest, asked: Asked, stores: list[Store]) -> tuple[list[Shown], str, Any]:
    """Return all products found in the order asked for. Products are few enough to be sorted here, by sales too."""
    known = sales_of_all()
    names = {store.pk: store.name for store in stores}
    rows = [
        Shown(pk, title, names.get(store, ""), is_listed, known.of(pk))
        for pk, title, store, is_listed in _found(asked, stores).values_list("id", "title", "store_id", "is_listed")
    ]
    column, falling = read_sort(request.GET, SORTS, DEFAULT_SORT)
    # Sorting is stable: products of equal value stay in the order of their titles.
    rows.sort(key=lambda row: (row.title.casefold(), row.id))
    rows.sort(key=SORTS[column], reverse=falling)
    return rows, f"-{column}" if falling else column, known


@needs(Permission.SEE_ORDERS)
@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """Show the products that the URL's filters ask for."""
    shop, asked = shop_of(request), Asked(request.GET)
    stores = list(Store.objects.order_by("name"))
    rows, sort, known = _sorted(request, asked, stores)
    start = asked.number("after") or 0
    page = ListPage(
        name="products",
        path=reverse("web:products"),
        params=request.GET.copy(),
        sort=sort,
        rows=rows[start : start + SIZE],
        after=str(start + SIZE) if start + SIZE < len(rows) else "",
        count=len(rows),
        filters=FILTERS,
        problems=asked.problems,
    )
    context = {
        "nav": "products",
        "page": page,
        "stores": stores,
        "currency": shop.currency,
        "known": known,
        "views": views_of("products", request),
        "export_url": f"{reverse('web:products_export')}?{page.query}",
        "has_nothing": not rows and not page.is_filtered,
    }
    return render(request, "web/products.html", context)


@needs(Permission.SEE_ORDERS, Permission.EXPORT_DATA)
@require_GET
def export(request: HttpRequest) -> HttpResponseBase:
    """Send the whole filtered list as CSV."""
    shop, asked = shop_of(request), Asked(request.GET)
    rows, _sort, _known = _sorted(request, asked, list(Store.objects.order_by("name")))
    record_download(page="products", with_contacts=False, by=actor(request), at=now())
    header = [
        _("Product"), _("Title"), _("Store"), _("Sold"), _("Revenue (%(currency)s)") % {"currency": shop.currency},
        _("Buyers"), _("Came back"),
    ]  # fmt: skip
    return csv_response("products", header, _csv(rows, shop))


def _csv(rows: Iterable[Shown], shop: ShopSettings) -> Iterator[list[Any]]:
    for row in rows:
        sold = row.sales
        revenue = to_major(sold.revenue_minor, shop.currency)
        yield [row.id, row.title, row.store, sold.quantity, revenue, sold.buyers, sold.came_back]


@needs(Permission.SEE_ORDERS)
@require_GET
def product(request: HttpRequest, product: int) -> HttpResponse:
    """Show one product: variants, prices so far, what it sold, who bought it last."""
    found = Product.objects.filter(pk=product).select_related("store").first()
    if found is None:
        raise Http404(_("There is no such product."))
    shop, known = shop_of(request), sales_of(product)
    may_see = may(request)["see_customers"]
    sold = known.of(product)
    is_frequent = known.as_of is not None or sold.quantity > LINES_OF_PRODUCT
    recent = [
        (
            sale,
            words.ORDER_STATES[sale.state],
            words.ORDER_TONES[sale.state],
            ""
            if sale.customer is None
            else words.shown_customer(sale.customer_name, sale.customer, may_see_customers=may_see),
        )
        for sale in recent_sales(product, is_frequent=is_frequent)
    ]
    context = {
        "nav": "products",
        "product": found,
        "currency": shop.currency,
        "known": known,
        "sold": sold,
        "came_back_share": sold.came_back / sold.buyers if sold.buyers else None,
        "variants": list(Variant.objects.filter(product=found).order_by("position")[:200]),
        "prices": list(
            Price.objects.filter(variant__product=found).select_related("variant").order_by("-since_at", "-id")[:50]
        ),
        "recent": recent,
    }
    return render(request, "web/product.html", context)
