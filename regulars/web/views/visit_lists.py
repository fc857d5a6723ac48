"""The lists of visits that ask for something to be done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from regulars.base.clock import now
from regulars.shop.models import Store
from regulars.sources.tracker import lists
from regulars.sources.tracker.models import SiteKey
from regulars.staff.access import actor, may, needs
from regulars.staff.rules import Permission
from regulars.ui.context import shop_of
from regulars.ui.tables import csv_response, paginate
from regulars.web.listed import rows_of
from regulars.web.operations import record_download
from regulars.web.views.today import chosen_store
from regulars.web.views.visits import channel_of_seen
from regulars.web.visits.shown import product_titles
from regulars.web.words import customer_title

TITLES: dict[str, Promise] = {
    "looked-today": gettext_lazy("Regulars who looked today"),
    "baskets-left": gettext_lazy("Baskets left"),
    "wanted-in-vain": gettext_lazy("Wanted, and out of stock"),
}
MEANINGS: dict[str, Promise] = {
    "looked-today": gettext_lazy("Customers who buy regularly, were on the site today and have not ordered today."),
    "baskets-left": gettext_lazy("Something was left in the basket in the last seven days, and no order came since."),
    "wanted-in-vain": gettext_lazy("Nothing of it is in stock, and it was looked at in the last seven days."),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """A visit of a list, with its person by name if she is known and may be seen."""

    title: str
    person: int | None
    at: datetime
    pages: int
    channel: str
    products: Sequence[str]
    orders: int | None


@needs(Permission.SEE_CUSTOMERS)
@require_GET
def show(request: HttpRequest, name: str = "looked-today") -> HttpResponseBase:
    """Show a list, or send it as a file."""
    if name not in TITLES:
        raise Http404(_("There is no such list."))
    stores = list(Store.objects.order_by("name"))
    store = chosen_store(request, stores)
    shop, at = shop_of(request), now()
    if name == "wanted-in-vain":
        found: Sequence[Any] = lists.wanted_in_vain(at=at, store=store)
    elif name == "baskets-left":
        found = lists.baskets_left(at=at, store=store)
    else:
        found = lists.looked_today(at=at, shop=shop, store=store)
    is_file = request.GET.get("format") == "csv" and may(request)["export_data"]
    page = paginate(found, request)
    shown = found if is_file else page.rows
    rows: Sequence[Any] = shown if name == "wanted-in-vain" else _lines(shown, baskets=name == "baskets-left")
    if is_file:
        return _file(request, name, rows)
    context = {
        "nav": "visits", "tab": "lists", "name": name, "title": TITLES[name], "meaning": MEANINGS[name],
        "lists": [(key, title) for key, title in TITLES.items()], "stores": stores, "store": store, "page": page,
        "rows": rows, "csv_url": page.link(format="csv") if may(request)["export_data"] and found else "",
        "has_keys": SiteKey.objects.exists(),
    }  # fmt: skip
    return render(request, "web/visits/lists.html", context)


def _lines(seen: Sequence[lists.Seen], *, baskets: bool) -> list[Line]:
    people = rows_of(sorted({s.person for s in seen if s.person is not None}))
    codes = {code for s in seen for code in (s.facts.basket if baskets else s.facts.seen)}
    titles = product_titles(sorted(codes))
    return [_line(s, people, titles, baskets=baskets) for s in seen]


def _line(seen: lists.Seen, people: dict[int, Any], titles: dict[str, str], *, baskets: bool) -> Line:
    row = people.get(seen.person or 0)
    if baskets:
        said = {code: titles.get(code) or seen.facts.seen.get(code) or code for code in seen.facts.basket}
        many = seen.facts.basket
        products = [f"{title} × {many[code]}" if many[code] > 1 else title for code, title in said.items()]
    else:
        products = [titles.get(code) or title or code for code, title in seen.facts.seen.items()]
    return Line(
        customer_title(row.name, row.id) if row else "", row.id if row else None, seen.last_at, seen.pages,
        channel_of_seen(seen), products, row.orders if row else None,
    )  # fmt: skip


def _file(request: HttpRequest, name: str, rows: Sequence[Any]) -> HttpResponseBase:
    record_download(page="visits", with_contacts=False, by=actor(request), at=now())
    zone = shop_of(request).zone
    if name == "wanted-in-vain":
        header = [_("Product"), _("Visitors"), _("In the basket"), _("Known customers"), _("Last seen")]
        cells = [[w.title, w.viewers, w.added, len(w.persons), w.last_at.astimezone(zone).isoformat()] for w in rows]
    else:
        header = [_("Customer"), _("Name"), _("Last seen"), _("Pages"), _("Channel"), _("Products")]
        cells = [
            [x.person or "", x.title, x.at.astimezone(zone).isoformat(), x.pages, x.channel, "; ".join(x.products)]
            for x in rows
        ]
    return csv_response(name, header, cells)
