"""The list of customers: found, filtered, sorted, kept as a view, downloaded, merged."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from regulars.base.clock import now
from regulars.base.installation import ShopSettings
from regulars.base.money import to_major
from regulars.people.operations import MergeRefused, merge
from regulars.people.queries import contact_points
from regulars.shop.models import Store
from regulars.shop.queries import customers as queries
from regulars.shop.queries.keyset import Listing, Window, every_row
from regulars.shop.rules import CustomerState, customer_state
from regulars.staff.access import actor, may, needs
from regulars.staff.rules import Permission
from regulars.ui.context import shop_of
from regulars.ui.tables import csv_response
from regulars.ui.toasts import undoable
from regulars.web import words
from regulars.web.lists import Asked, make_page, read_sort, views_of
from regulars.web.operations import record_download

DEFAULT_SORT = "-last"
FILTERS = ("q", "state", "store", "orders_min", "orders_max", "revenue_min", "revenue_max", "last_from", "last_to")


@dataclass(frozen=True, slots=True)
class Shown:
    """A person as the list shows her."""

    row: queries.CustomerRow
    title: str
    state: CustomerState
    contacts: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        """Return the address of her page."""
        return reverse("web:customer", args=[self.row.id])

    @property
    def place(self) -> str:
        """Return town and country."""
        return ", ".join(filter(None, (self.row.city, self.row.country)))

    @property
    def state_label(self) -> str:
        """Return the state in a word."""
        return str(words.STATES[self.state])

    @property
    def tone(self) -> str:
        """Return how the state is coloured."""
        return words.STATE_TONES[self.state]


def _wanted(asked: Asked, shop: ShopSettings, stores: Iterable[Store]) -> queries.CustomerFilter:
    store = asked.number("store")
    return queries.CustomerFilter(
        text=asked.text("q"),
        states=tuple(CustomerState(s) for s in asked.choices("state", [str(s) for s in CustomerState])),
        store=store if store in {s.pk for s in stores} else None,
        orders_min=asked.number("orders_min"),
        orders_max=asked.number("orders_max"),
        revenue_min=asked.money("revenue_min", shop.currency),
        revenue_max=asked.money("revenue_max", shop.currency),
        last_from=asked.since("last_from", shop),
        last_before=asked.until("last_to", shop),
    )


def _present(
    rows: Iterable[queries.CustomerRow], shop: ShopSettings, at: datetime, *, may_see_contacts: bool
) -> list[Shown]:
    rows = list(rows)
    points = contact_points([row.id for row in rows])
    return [
        Shown(
            row,
            words.customer_title(row.name, row.id),
            customer_state(row.business, now=at, regular_orders=shop.regular_orders),
            words.main_contacts(points.get(row.id, []), may_see_contacts=may_see_contacts),
        )
        for row in rows
    ]


@needs(Permission.SEE_CUSTOMERS)
@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """Show the customers that the URL's filters ask for."""
    shop, at, asked = shop_of(request), now(), Asked(request.GET)
    stores = list(Store.objects.order_by("name"))
    wanted = _wanted(asked, shop, stores)
    may_see = may(request)["see_contacts"]

    def present(part: Window[Any]) -> list[Shown]:
        return _present(part.rows, shop, at, may_see_contacts=may_see)

    page = make_page(
        request,
        _listing(wanted, shop, at, stores),
        name="customers",
        path=reverse("web:customers"),
        sorts=queries.SORTS,
        default_sort=DEFAULT_SORT,
        filters=FILTERS,
        present=present,
        problems=asked.problems,
    )
    context = {
        "nav": "customers",
        "page": page,
        "stores": stores,
        "states": [(state.value, label, state in wanted.states) for state, label in _state_choices()],
        "views": views_of("customers", request),
        "currency": shop.currency,
        "export_url": _export_url(request),
        "has_nobody": not page.rows and not page.is_filtered and not request.GET.get("after"),
    }
    return render(request, "web/customers.html", context)


def _state_choices() -> list[tuple[CustomerState, Any]]:
    return [(CustomerState(state), label) for state, label in words.STATES.items()]


def _export_url(request: HttpRequest) -> str:
    params = request.GET.copy()
    params.pop("after", None)
    return f"{reverse('web:customers_export')}?{params.urlencode()}"


def _listing(
    wanted: queries.CustomerFilter, shop: ShopSettings, at: datetime, stores: Iterable[Store]
) -> Listing[queries.CustomerRow]:
    countries = {store.country for store in stores if store.country}
    return queries.listing(wanted, now=at, regular_orders=shop.regular_orders, countries=countries)


@needs(Permission.SEE_CUSTOMERS, Permission.EXPORT_DATA)
@require_http_methods(["GET", "POST"])
def export(request: HttpRequest) -> HttpResponseBase:
    """Send the whole filtered list as CSV; by POST the chosen rows only, named by ``id``."""
    shop, at, asked = shop_of(request), now(), Asked(request.GET)
    stores = list(Store.objects.order_by("name"))
    wanted = _wanted(asked, shop, stores)
    if request.method == "POST":
        chosen = _chosen(request)
        if not chosen:
            messages.error(request, _("Choose the customers to download."))
            return redirect(_back(request))
        wanted = queries.CustomerFilter(ids=tuple(chosen))
    column, falling = read_sort(request.GET, queries.SORTS, DEFAULT_SORT)
    rows = every_row(_listing(wanted, shop, at, stores), queries.SORTS[column], descending=falling)
    with_contacts = may(request)["see_contacts"]
    record_download(page="customers", with_contacts=with_contacts, by=actor(request), at=at)
    return csv_response("customers", _header(shop, with_contacts), _csv(rows, shop, at, with_contacts))


def _header(shop: ShopSettings, with_contacts: bool) -> list[str]:
    contacts = [_("E-mail"), _("Phone")] if with_contacts else []
    return [
        _("Customer"), _("Name"), *contacts, _("City"), _("Region"), _("Country"), _("State"), _("Orders"),
        _("Revenue (%(currency)s)") % {"currency": shop.currency},
        _("Refunded (%(currency)s)") % {"currency": shop.currency}, _("First order"), _("Last order"),
    ]  # fmt: skip


def _csv(
    rows: Iterator[queries.CustomerRow], shop: ShopSettings, at: datetime, with_contacts: bool
) -> Iterator[list[Any]]:
    # The rows are written after the request's language is put away, so the words are taken now.
    labels = {state: str(label) for state, label in words.STATES.items()}
    return _csv_rows(rows, shop, at, with_contacts, labels)


def _csv_rows(
    rows: Iterator[queries.CustomerRow],
    shop: ShopSettings,
    at: datetime,
    with_contacts: bool,
    labels: dict[str, str],
) -> Iterator[list[Any]]:
    while part := list(islice(rows, 2000)):
        points = contact_points([row.id for row in part]) if with_contacts else {}
        for row in part:
            state = customer_state(row.business, now=at, regular_orders=shop.regular_orders)
            contacts = []
            if with_contacts:
                known = points.get(row.id, [])
                contacts = ["; ".join(p.value for p in known if p.kind == kind) for kind in ("email", "phone")]
            yield [
                row.id, row.name, *contacts, row.city, row.region, row.country, labels[state], row.orders,
                to_major(row.revenue_minor, shop.currency), to_major(row.refunded_minor, shop.currency),
                _day(row.first_order_at, shop), _day(row.last_order_at, shop),
            ]  # fmt: skip


def _day(at: datetime | None, shop: ShopSettings) -> str:
    return at.astimezone(shop.zone).date().isoformat() if at else ""


def _chosen(request: HttpRequest) -> list[int]:
    """Return the ids of the ticked rows, ascending."""
    return sorted({int(pk) for pk in request.POST.getlist("id") if pk.isdecimal() and len(pk) < 15})


def _back(request: HttpRequest) -> str:
    """Return the list with the filters that it had."""
    query = request.POST.get("back", "")
    return reverse("web:customers") + (query if query.startswith("?") else "")


@needs(Permission.SEE_CUSTOMERS, Permission.EDIT_CUSTOMERS)
@require_POST
def merge_two(request: HttpRequest) -> HttpResponse:
    """Merge the two chosen customers: the one with the lower id stays."""
    chosen = _chosen(request)
    if len(chosen) != 2:
        messages.error(request, _("Choose exactly two customers to merge."))
        return redirect(_back(request))
    try:
        done = merge(kept=chosen[0], folded=chosen[1], reason="by_hand", by=actor(request), at=now())
    except MergeRefused as refusal:
        messages.error(request, str(refusal))
        return redirect(_back(request))
    undoable(request, _("Merged into one customer."), reverse("web:customer_unmerge", args=[done.pk]))
    return redirect("web:customer", done.kept_id)
