"""The list of orders, and one order's page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from regulars.base.clock import now
from regulars.base.installation import ShopSettings
from regulars.base.money import to_major
from regulars.people.queries import family
from regulars.shop.models import Line, Order, Parcel, Refund, Store
from regulars.shop.queries import orders as queries
from regulars.shop.queries.keyset import COUNT_LIMIT, Listing, Window, count_up_to, every_row
from regulars.staff.access import actor, may, needs
from regulars.staff.rules import Permission
from regulars.stream.queries import told
from regulars.ui.context import shop_of
from regulars.ui.tables import csv_response
from regulars.web import words
from regulars.web.actors import ActorNames
from regulars.web.lists import Asked, make_page, read_sort, views_of
from regulars.web.operations import record_download

DEFAULT_SORT = "-placed"
FILTERS = ("q", "store", "from", "to", "customer")


@dataclass(frozen=True, slots=True)
class Shown:
    """An order as lists show it."""

    row: queries.OrderRow
    customer: str

    @property
    def url(self) -> str:
        """Return the address of its page."""
        return reverse("web:order", args=[self.row.id])

    @property
    def state_label(self) -> str:
        """Return the state in a word."""
        return str(words.ORDER_STATES[self.row.state])

    @property
    def tone(self) -> str:
        """Return how the state is coloured."""
        return words.ORDER_TONES[self.row.state]


def present(rows: Iterable[queries.OrderRow], *, may_see_customers: bool) -> list[Shown]:
    """Return orders as lists show them; names are masked for who may not see customers."""
    return [
        Shown(
            row,
            ""
            if row.customer is None
            else words.shown_customer(row.customer_name, row.customer, may_see_customers=may_see_customers),
        )
        for row in rows
    ]


def _wanted(asked: Asked, shop: ShopSettings, stores: Iterable[Store]) -> queries.OrderFilter:
    number, store, customer = asked.text("q"), asked.number("store"), asked.number("customer")
    # A number is looked for among all orders; otherwise only one state is shown, and business is the usual one.
    states = asked.choices("state", list(words.ORDER_STATES)) or ("paid",)
    if number or customer:
        states = asked.choices("state", list(words.ORDER_STATES))
    return queries.OrderFilter(
        number=number,
        states=states,
        store=store if store in {s.pk for s in stores} else None,
        placed_from=asked.since("from", shop),
        placed_before=asked.until("to", shop),
        customers=tuple(family(customer)) or (-1,) if customer else (),
    )


@needs(Permission.SEE_ORDERS)
@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """Show the orders that the URL's filters ask for."""
    shop, asked = shop_of(request), Asked(request.GET)
    stores = list(Store.objects.order_by("name"))
    wanted = _wanted(asked, shop, stores)
    asked_list = queries.listing(wanted)
    sorts, problems = _sorts(request, asked_list, asked.problems)
    may_see = may(request)["see_customers"]

    def shown(part: Window[Any]) -> list[Shown]:
        return present(part.rows, may_see_customers=may_see)

    page = make_page(
        request,
        asked_list,
        name="orders",
        path=reverse("web:orders"),
        sorts=sorts,
        default_sort=DEFAULT_SORT,
        filters=FILTERS,
        present=shown,
        problems=problems,
    )
    state = wanted.states[0] if len(wanted.states) == 1 else ""
    context = {
        "nav": "orders",
        "page": page,
        "stores": stores,
        "state": state,
        "tabs": [(code, label, page.link(state=code), code == state) for code, label in words.ORDER_STATES.items()],
        "views": views_of("orders", request),
        "export_url": f"{reverse('web:orders_export')}?{page.query}",
        "has_nothing": not page.rows and not page.is_filtered and not Order.objects.exists(),
    }
    return render(request, "web/orders.html", context)


def _sorts(request: HttpRequest, listing: Listing[Any], problems: list[str]) -> tuple[dict[str, Any], list[str]]:
    """Return what the list can be sorted by. Sorting by amount reads every order found, so only where they are few."""
    sorts = dict(queries.SORTS)
    if read_sort(request.GET, sorts, DEFAULT_SORT)[0] == "amount" and not count_up_to(listing, COUNT_LIMIT)[1]:
        del sorts["amount"]
        text = _("More than %(limit)s orders: choose a time or a store to sort them by amount.")
        problems = [*problems, text % {"limit": f"{COUNT_LIMIT:,}"}]
    return sorts, problems


@needs(Permission.SEE_ORDERS, Permission.EXPORT_DATA)
@require_GET
def export(request: HttpRequest) -> HttpResponseBase:
    """Send the whole filtered list as CSV."""
    shop, asked = shop_of(request), Asked(request.GET)
    wanted = _wanted(asked, shop, list(Store.objects.order_by("name")))
    column, falling = read_sort(request.GET, queries.SORTS, DEFAULT_SORT)
    rows = every_row(queries.listing(wanted), queries.SORTS[column], descending=falling)
    with_names = may(request)["see_customers"]
    record_download(page="orders", with_contacts=False, by=actor(request), at=now())
    header = [
        _("Order"), _("Store"), _("Placed at"), _("State"), _("Customer"), *([_("Name")] if with_names else []),
        _("Items"), _("Currency"), _("Total"), _("Paid"), _("Refunded"),
    ]  # fmt: skip
    # The rows are written after the request's language is put away, so the words are taken now.
    labels = {state: str(label) for state, label in words.ORDER_STATES.items()}
    return csv_response("orders", header, _csv(rows, shop, labels, with_names=with_names))


def _csv(
    rows: Iterator[queries.OrderRow], shop: ShopSettings, labels: dict[str, str], *, with_names: bool
) -> Iterator[list[Any]]:
    for row in rows:
        yield [
            row.number, row.store, row.placed_at.astimezone(shop.zone).strftime("%Y-%m-%d %H:%M:%S"),
            labels[row.state], row.customer or "", *([row.customer_name] if with_names else []),
            row.items, row.currency, to_major(row.gross_minor, row.currency), to_major(row.paid_minor, row.currency),
            to_major(row.refunded_minor, row.currency),
        ]  # fmt: skip


@needs(Permission.SEE_ORDERS)
@require_GET
def order(request: HttpRequest, order: int) -> HttpResponse:
    """Show one order: what was bought, what was paid, where it is, and what happened to it."""
    found = Order.objects.filter(pk=order).select_related("store", "customer").first()
    if found is None:
        raise Http404(_("There is no such order."))
    buyer = found.customer
    may_see = may(request)["see_customers"]
    context = {
        "nav": "orders",
        "order": found,
        "state_label": words.ORDER_STATES[found.state],
        "state_tone": words.ORDER_TONES[found.state],
        "customer": buyer.root_id if buyer and not buyer.erased_at else None,
        "customer_title": words.shown_customer(buyer.name, buyer.root_id, may_see_customers=may_see) if buyer else "",
        "is_erased": bool(buyer and buyer.erased_at),
        "lines": list(Line.objects.filter(order=found).select_related("product").order_by("position")),
        "parcels": list(Parcel.objects.filter(order=found).order_by("shipped_at", "id")),
        "refunds": list(Refund.objects.filter(order=found).order_by("refunded_at", "id")),
        "kept_minor": found.paid_minor - found.refunded_minor,
        "entries": [(entry, "") for entry in told(queries.activity_keys(found), name_of=ActorNames())],
    }
    return render(request, "web/order.html", context)
