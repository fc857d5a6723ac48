"""Visits: how many, from where, by whom; who is here now; the customers behind them."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from regulars.base.clock import now
from regulars.insight import LakeError
from regulars.insight import visits as reports
from regulars.sources.tracker import lists
from regulars.sources.tracker.models import SiteKey
from regulars.sources.tracker.visits import channel
from regulars.sources.tracker.words import channel_name
from regulars.staff.access import actor, may, needs
from regulars.staff.rules import Permission
from regulars.ui.context import shop_of
from regulars.ui.tables import csv_response
from regulars.web.listed import rows_of
from regulars.web.numbers import words as number_words
from regulars.web.numbers.engine import engine
from regulars.web.operations import record_download
from regulars.web.views.people import people_page
from regulars.web.visits import boards, shown
from regulars.web.visits.asking import Asking, asking
from regulars.web.words import customer_title

HERE_SHOWN = 8
BACK: dict[str, Any] = {"nav": "visits", "back": "web:visits", "back_label": gettext_lazy("Back to visits")}


def frame(asked: Asking, tab: str) -> dict[str, Any]:
    """Return what every page about visits shows around its own."""
    return {
        "nav": "visits",
        "tab": tab,
        "asked": asked,
        "periods": asked.periods(),
        "span": number_words.window(asked.days[0].isoformat(), asked.days[1].isoformat()),
        "is_empty": asked.known.last is None,
        "has_keys": SiteKey.objects.exists(),
    }


def unreadable(request: HttpRequest, error: LakeError) -> HttpResponse:
    """Say that the lake cannot be read."""
    said = {"title": _("The numbers cannot be read just now"), "text": str(error)}
    return render(request, "web/error.html", said, status=503)


@needs(Permission.SEE_NUMBERS)
@require_GET
def index(request: HttpRequest) -> HttpResponseBase:
    """Show visits of the days asked for, told apart by a column."""
    by = request.GET.get("by", "")
    by = by if by in boards.BY else boards.BY[0]
    shop = shop_of(request)
    try:
        asked = asking(request, "web:visits", more=("by",))
        context = frame(asked, "overview")
        if context["is_empty"]:
            return render(request, "web/visits/index.html", context | {"here": lists.here_now(at=now())})
        told = boards.breakdown(asked, by, shop)
        if request.GET.get("format") == "csv" and may(request)["export_data"]:
            return _file(request, told.data, by)
        kept = boards.overview(asked, shop)
    except LakeError as error:
        return unreadable(request, error)
    context |= {
        "by": by,
        "columns": [(name, shown.HEADS[name], asked.link(by=name)) for name in boards.BY],
        "head": shown.HEADS[by],
        "figures": shown.figures(kept.data, asked),
        "drawn": shown.course_chart(kept.data),
        "chart_title": shown.GRAINS[kept.data["by"]],
        "rows": shown.rows(told.data, by, asked),
        "has_more": told.data["has_more"],
        "narrowings": shown.narrowings(asked),
        "bots": kept.data["bots"],
        "own_staff": kept.data["staff"],
        "as_of": kept.as_of,
        "csv_url": asked.link(format="csv") if may(request)["export_data"] else "",
    }
    return render(request, "web/visits/index.html", context)


def _file(request: HttpRequest, board: dict[str, Any], by: str) -> HttpResponseBase:
    record_download(page="visits", with_contacts=False, by=actor(request), at=now())
    header = [
        shown.HEADS[by], _("Visits"), _("The window before"), _("New"), _("Returning"), _("By known customers"),
        _("Basket"), _("With an order"), _("One page only"), _("Seconds in use (median)"),
    ]  # fmt: skip
    return csv_response(f"visits-by-{by}", header, shown.file_rows(board, by))


@needs(Permission.SEE_NUMBERS)
@require_GET
def people(request: HttpRequest) -> HttpResponseBase:
    """Show the known customers who made the visits asked for."""
    asked = asking(request, "web:visits_people")
    said = ", ".join(f"{head}: {value}" for head, value, _url in shown.narrowings(asked))
    span = number_words.window(asked.days[0].isoformat(), asked.days[1].isoformat())
    return people_page(
        request,
        lambda: reports.people_of(engine(), *asked.days, store=asked.store, where=asked.where),
        _("Customers who visited"),
        "visitors",
        lede=f"{span}. {said}" if said else span,
        **BACK,
    )


@needs(Permission.SEE_CUSTOMERS)
@require_GET
def here(request: HttpRequest) -> HttpResponse:
    """Show who is on the site now: a part of the page that is asked for again and again."""
    return render(request, "web/visits/_here.html", here_now())


def here_now() -> dict[str, Any]:
    """Return who is on the site now."""
    seen = lists.here_now(at=now())
    rows = rows_of([s.person for s in seen[:HERE_SHOWN] if s.person is not None])
    people = []
    for each in seen[:HERE_SHOWN]:
        row = rows.get(each.person or 0)
        title = customer_title(row.name, row.id) if row else ""
        people.append((title, each.person if row else None, each, channel_of_seen(each)))
    return {"here": people, "count": len(seen), "known_count": sum(s.person is not None for s in seen)}


def channel_of_seen(seen: lists.Seen) -> str:
    """Return what brought a visit, in words."""
    return channel_name(channel(seen.facts))
