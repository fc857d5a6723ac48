"""Every number of the catalogue: what it means, how it went, and the people behind it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from regulars.base.clock import now
from regulars.base.money import to_major
from regulars.insight import CATALOGUE, LakeError, Metric, customers_behind
from regulars.shop.models import Store
from regulars.staff.access import actor, may, needs
from regulars.staff.rules import Permission
from regulars.ui.charts import Chart, Series, bar_chart, line_chart
from regulars.ui.context import shop_of
from regulars.ui.tables import LAST_PAGE, csv_response
from regulars.web.listed import file_rows, listed
from regulars.web.lists import Asked
from regulars.web.numbers import boards, engine, periods, shelf, words
from regulars.web.numbers.engine import Known
from regulars.web.numbers.periods import Window
from regulars.web.numbers.shelf import Board
from regulars.web.operations import record_download
from regulars.web.views.today import chosen_store


@dataclass(frozen=True, slots=True)
class Question:
    """What the URL of a number asks. ``period`` is OWN for days chosen by hand."""

    metric: Metric
    known: Known
    window: Window
    period: str
    page: int
    problems: list[str]

    def link(self, **changes: object) -> str:
        """Return the page's address with some parameters changed; None leaves one out."""
        return f"{reverse('web:number', args=[self.metric.name])}{self.query(**changes)}"

    def query(self, **changes: object) -> str:
        """Return the parameters that ask this again, with some changed."""
        asked: dict[str, object] = {"store": self.known.store}
        if self.period == periods.OWN:
            asked |= {"from": self.window.start, "to": self.window.end}
        else:
            asked["period"] = self.period
        text = urlencode({k: str(v) for k, v in (asked | changes).items() if v not in (None, "")})
        return f"?{text}" if text else ""


def metric_named(name: str) -> Metric:
    """Return the metric of a URL. Raises Http404 for an unknown one."""
    try:
        return CATALOGUE[name]
    except KeyError:
        raise Http404(_("There is no such number.")) from None


def _question(request: HttpRequest, name: str, stores: list[Store]) -> Question:
    metric, asked, shop = metric_named(name), Asked(request.GET), shop_of(request)
    known = engine.known(shop, chosen_store(request, stores), metric.spans)
    start, end = asked.day("from"), asked.day("to")
    page = min(LAST_PAGE, max(1, asked.number("page") or 1))
    if start or end:
        end = end or known.end
        start = start or end - timedelta(days=29)
        if start <= end:
            return Question(metric, known, _as_offered(metric, known, start, end), periods.OWN, page, asked.problems)
        asked.problems.append(_("The window ends before it begins. It was left out."))
    period = request.GET.get("period", "")
    period = period if period in periods.offered(metric) else periods.offered(metric)[0]
    return Question(metric, known, periods.window_of(period, known.end, metric), period, page, asked.problems)


def _as_offered(metric: Metric, known: Known, start: date, end: date) -> Window:
    """Return the window of these days, compared as the period is that has the same ones."""
    for period in periods.offered(metric):
        window = periods.window_of(period, known.end, metric)
        if (window.start, window.end) == (start, end):
            return window
    return periods.free(start, end)


@needs(Permission.SEE_NUMBERS)
@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """Show every number that there is, with what it means."""
    metrics = [(m.name, _(m.title), _(m.formula), words.UNITS[m.unit]) for m in CATALOGUE.values()]
    return render(request, "web/numbers.html", {"nav": "today", "metrics": metrics})


@needs(Permission.SEE_NUMBERS)
@require_GET
def number(request: HttpRequest, name: str) -> HttpResponse:
    """Show one number in the window that the URL asks for."""
    stores = list(Store.objects.order_by("name"))
    try:
        asked = _question(request, name, stores)
        context = _numbers(request, asked) if asked.known.last else {"is_empty": True}
    except LakeError as error:
        return _unreadable(request, error)
    metric = asked.metric
    context |= {
        "nav": "today",
        "asked": asked,
        "metric": metric,
        "title": _(metric.title),
        "formula": _(metric.formula),
        "always": [_(text) for text in metric.caveats],
        "unit": words.UNITS[metric.unit],
        "stores": stores,
        "periods": [(p, words.PERIODS[p], asked.link(period=p, **_no_days())) for p in periods.offered(metric)],
        "span": words.window(asked.window.start.isoformat(), asked.window.end.isoformat()),
    }
    return render(request, "web/number.html", context)


def _no_days() -> dict[str, None]:
    return {"from": None, "to": None, "page": None}


def _unreadable(request: HttpRequest, error: LakeError) -> HttpResponse:
    context = {"title": _("The numbers cannot be read just now"), "text": str(error)}
    return render(request, "web/error.html", context, status=503)


def _numbers(request: HttpRequest, asked: Question) -> dict[str, Any]:
    shop, known, metric = shop_of(request), asked.known, asked.metric
    mark = engine.mark(shop, known.today, metric.spans)
    place = shelf.place(
        "number", name=metric.name, start=asked.window.start, end=asked.window.end, store=known.store
    )  # fmt: skip
    kept = shelf.ask(place, partial(boards.number, metric.name, asked.window, shop, known), mark=mark)
    found = kept.data["behind"] if asked.page == 1 else _page(request, asked)
    shown = kept.data["now"]
    is_told = shown["enough"] and shown["value"] is not None
    return {
        "value": words.amount(shown["value"], metric.unit, shown["currency"]) if is_told else "",
        "counted": words.counted(metric, shown["n"]),
        "quartiles": _quartiles(metric, shown),
        "caveats": words.caveats(shown["caveats"]),
        "changes": _changes(metric, kept.data) if is_told else [],
        "drawn": _chart(metric, asked, request, mark),
        "people": listed(found[: boards.PAGE], may_see_customers=may(request)["see_customers"]),
        "is_rhythm": metric.name in boards.RHYTHMS,
        "behind_text": words.BEHIND.get(metric.name, words.PEOPLE_BEHIND),
        "next_url": asked.link(page=asked.page + 1) if len(found) > boards.PAGE else "",
        "first_url": asked.link() if asked.page > 1 else "",
        "as_of": kept.as_of,
    }


def _page(request: HttpRequest, asked: Question) -> list[Any]:
    window = asked.window
    return boards.behind_page(
        asked.metric.name, window.start, window.end, shop_of(request), asked.known.store, asked.page
    )  # fmt: skip


def _quartiles(metric: Metric, shown: Board) -> str:
    if shown["low"] is None or shown["high"] is None or not shown["enough"]:
        return ""
    low, high = (words.amount(shown[end], metric.unit, shown["currency"]) for end in ("low", "high"))
    return _("Half of them lie between %(low)s and %(high)s.") % {"low": low, "high": high}


def _changes(metric: Metric, found: Board) -> list[tuple[str, words.Change]]:
    before = words.change(metric, found["change"], found["before"])
    year = words.change(metric, found["change_on_year"], found["year"])
    shown = [(_("The window before"), before), (_("A year earlier"), year)]
    if before and year and before.when == year.when:
        shown.pop()
    return [(label, change) for label, change in shown if change is not None]


def _chart(metric: Metric, asked: Question, request: HttpRequest, mark: str) -> Chart | None:
    if metric.name == "rfm":
        return None
    shop, known = shop_of(request), asked.known
    place = shelf.place("course", name=metric.name, store=known.store)
    data = shelf.ask(place, partial(boards.course, metric.name, shop, known), mark=mark).data
    return draw(metric, data)


def draw(metric: Metric, course: Board) -> Chart:
    """Return the chart of a course: bars for what adds up, a line for shares, medians and states."""

    form = words.form_of(metric.unit, course["currency"], [row[2] for row in course["rows"]])
    points = [(words.month_of(start), value if enough else None) for start, _e, value, _n, enough in course["rows"]]
    title = _("%(number)s by month") % {"number": _(metric.title)}
    if metric.is_additive:
        return bar_chart(Series(_(metric.title), points), title=title, head=_("Month"), form=form)
    return line_chart([Series(_(metric.title), points)], title=title, head=_("Month"), form=form)


@needs(Permission.SEE_NUMBERS)
@require_GET
def course_file(request: HttpRequest, name: str) -> HttpResponseBase:
    """Send a number month by month as CSV."""
    asked = _question(request, name, list(Store.objects.order_by("name")))
    metric, shop = asked.metric, shop_of(request)
    rows = boards.course(name, shop, asked.known)["rows"] if asked.known.last and name != "rfm" else []
    unit = shop.currency if metric.unit == "money" else str(words.UNITS[metric.unit])
    header = [_("From"), _("To"), f"{_(metric.title)} ({unit})", _("Counted")]
    exact = [[start, end, _plain(metric, value, shop.currency), n] for start, end, value, n, _enough in rows]
    return csv_response(name, header, exact)


def _plain(metric: Metric, value: float | None, currency: str) -> Any:
    return to_major(round(value), currency) if metric.unit == "money" and value is not None else value


@needs(Permission.SEE_NUMBERS, Permission.SEE_CUSTOMERS, Permission.EXPORT_DATA)
@require_GET
def people_file(request: HttpRequest, name: str) -> HttpResponseBase:
    """Send everybody behind a number as CSV."""
    asked = _question(request, name, list(Store.objects.order_by("name")))
    record_download(page="customers", with_contacts=False, by=actor(request), at=now())
    return csv_response(f"{name}-customers", people_header(shop_of(request).currency), _everybody(request, asked))


def people_header(currency: str) -> list[str]:
    """Return the heads of the columns of ``listed.file_rows``."""
    return [
        _("Customer"), _("Name"), _("City"), _("Region"), _("Country"), _("Orders"),
        _("Revenue (%(currency)s)") % {"currency": currency}, _("First order"), _("Last order"),
    ]  # fmt: skip


def _everybody(request: HttpRequest, asked: Question) -> Iterator[list[Any]]:
    shop, name, window, store = shop_of(request), asked.metric.name, asked.window, asked.known.store
    if name in boards.RHYTHMS:
        roots = [r.root for r in boards.kept_rhythms(name, window.end, shop, store)]
    else:
        roots = customers_behind(
            engine.engine(), name, window.start, window.end, store=store, least_orders=shop.regular_orders
        )
    return file_rows(roots, shop)
