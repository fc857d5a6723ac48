"""The palette: customers, orders, products, pages and actions found by a few letters, as a fragment."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from regulars.base.clock import now
from regulars.shop.models import Product, Store
from regulars.shop.queries import customers, orders
from regulars.shop.queries.keyset import window
from regulars.staff.access import may, signed_in
from regulars.ui.context import shop_of
from regulars.web import words

FOUND = 6
TEXT_LENGTH = 100


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the palette."""

    label: str
    href: str
    note: str = ""
    icon: str = "chevron"


@dataclass(frozen=True, slots=True)
class Place:
    """A page or an action that the palette knows. ``permission``: who may go there; empty: everybody."""

    label: Promise
    url_name: str
    permission: str = ""
    icon: str = "chevron"
    words: Promise | str = ""


PAGES = (
    Place(gettext_lazy("Today"), "web:today", "", "today"),
    Place(gettext_lazy("Customers"), "web:customers", "see_customers", "person"),
    Place(gettext_lazy("Products"), "web:products", "see_orders", "tag"),
    Place(gettext_lazy("Orders"), "web:orders", "see_orders", "bag"),
    Place(gettext_lazy("Retention"), "web:retention", "see_numbers", "chart"),
    Place(gettext_lazy("Imports"), "imports:list", "import_data", "upload"),
    Place(gettext_lazy("Settings"), "web:settings", "manage_settings", "gear"),
    Place(gettext_lazy("Team"), "web:team", "manage_staff", "person"),
    Place(gettext_lazy("Preferences"), "web:preferences", "", "gear"),
)
ACTIONS = (
    Place(gettext_lazy("Import a file"), "imports:new", "import_data", "upload"),
    Place(gettext_lazy("Invite a colleague"), "web:team", "manage_staff", "person"),
    Place(gettext_lazy("Change the language"), "web:preferences", "", "gear", gettext_lazy("dark light appearance")),
    Place(gettext_lazy("Enter an exchange rate"), "web:settings", "manage_settings", "gear"),
)


@signed_in
@require_GET
def palette(request: HttpRequest) -> HttpResponse:
    """Send what the letters ``q`` lead to, grouped; only what this person may see."""
    text = request.GET.get("q", "").replace("\0", "").strip()[:TEXT_LENGTH]
    allowed = may(request)
    groups: list[tuple[str, list[Entry]]] = []
    if text:
        if allowed["see_customers"]:
            groups.append((_("Customers"), _customers(request, text)))
        if allowed["see_orders"]:
            groups.append((_("Orders"), _orders(text)))
            groups.append((_("Products"), _products(text)))
    groups.append((_("Pages"), _places(PAGES, text, allowed)))
    groups.append((_("Actions"), _places(ACTIONS, text, allowed)))
    found = [(label, entries) for label, entries in groups if entries]
    return render(request, "web/palette.html", {"groups": found, "text": text})


def _customers(request: HttpRequest, text: str) -> list[Entry]:
    shop, at = shop_of(request), now()
    countries = set(Store.objects.exclude(country="").values_list("country", flat=True))
    asked = customers.listing(
        customers.CustomerFilter(text=text), now=at, regular_orders=shop.regular_orders, countries=countries
    )
    part = window(asked, customers.SORTS["last"], descending=True, size=FOUND)
    return [
        Entry(
            words.customer_title(row.name, row.id),
            reverse("web:customer", args=[row.id]),
            ", ".join(filter(None, (row.city, row.country))),
            "person",
        )
        for row in part.rows
    ]


def _orders(text: str) -> list[Entry]:
    part = window(orders.listing(orders.OrderFilter(number=text)), orders.SORTS["placed"], descending=True, size=FOUND)
    return [Entry(row.number, reverse("web:order", args=[row.id]), row.store, "bag") for row in part.rows]


def _products(text: str) -> list[Entry]:
    rows = Product.objects.filter(title__icontains=text).select_related("store").order_by("title", "id")[:FOUND]
    return [Entry(row.title, reverse("web:product", args=[row.pk]), row.store.name, "tag") for row in rows]


def _places(places: tuple[Place, ...], text: str, allowed: dict[str, bool]) -> list[Entry]:
    entries = []
    for place in places:
        label = str(place.label)
        if place.permission and not allowed[place.permission]:
            continue
        if text.casefold() not in f"{label} {place.words}".casefold():
            continue
        entries.append(Entry(label, reverse(place.url_name), "", place.icon))
    return entries
