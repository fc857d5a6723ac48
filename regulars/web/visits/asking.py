"""What the address of a page about visits asks: days, store, and which visits."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from regulars.base.installation import ShopSettings
from regulars.insight.activities import VISITED
from regulars.insight.visits import COLUMNS
from regulars.insight.windows import months_before, previous
from regulars.shop.models import Store
from regulars.ui.context import shop_of
from regulars.web.lists import Asked
from regulars.web.numbers import engine
from regulars.web.numbers.engine import Known
from regulars.web.numbers.periods import Days
from regulars.web.views.today import chosen_store

TODAY, WEEK, LAST_30, YEAR, OWN = "today", "7d", "30d", "12m", "own"
PERIODS: dict[str, Promise] = {
    TODAY: gettext_lazy("Today"),
    WEEK: gettext_lazy("Last 7 days"),
    LAST_30: gettext_lazy("Last 30 days"),
    YEAR: gettext_lazy("Last 12 months"),
}
# What visits may be narrowed down to by clicking on a row.
NARROWED = ("channel", "source", "campaign", "referrer", "entry", "exit", "product", "place", "device", "hour", "first")


@dataclass(frozen=True, slots=True)
class Asking:
    """The question. ``path``: the page's own address; ``where``: column and value of each narrowing."""

    path: str
    known: Known
    days: Days
    before: Days
    period: str
    where: dict[str, str]
    stores: list[Store]
    more: dict[str, str] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    @property
    def store(self) -> int | None:
        """Return the store asked about, None for all."""
        return self.known.store

    def query(self, **changes: object) -> str:
        """Return the parameters that ask this again, with some changed; None leaves one out."""
        asked: dict[str, object] = {"store": self.store, **self.where, **self.more}
        if self.period == OWN:
            asked |= {"from": self.days[0], "to": self.days[1]}
        elif self.period != LAST_30:
            asked["period"] = self.period
        text = urlencode({k: str(v) for k, v in (asked | changes).items() if v is not None})
        return f"?{text}" if text else ""

    def link(self, **changes: object) -> str:
        """Return the page's address with some parameters changed."""
        return self.path + self.query(**changes)

    def periods(self) -> list[tuple[str, Promise, str]]:
        """Return the periods offered: name, label and address of each."""
        return [(p, label, self.link(**_of(p))) for p, label in PERIODS.items()]

    def params(self) -> dict[str, Any]:
        """Return what makes this question different from others, for the name under which its answer is kept."""
        asked: dict[str, Any] = {"start": self.days[0], "end": self.days[1], "store": self.store}
        return asked | {f"where_{name}": value for name, value in self.where.items()}


def _of(period: str) -> dict[str, object]:
    return {"period": None if period == LAST_30 else period, "from": None, "to": None}


def asking(request: HttpRequest, page: str, *, more: tuple[str, ...] = ()) -> Asking:
    """Return what the address of ``page`` asks, read leniently; ``more``: parameters that its links keep."""
    shop, asked = shop_of(request), Asked(request.GET)
    stores = list(Store.objects.order_by("name"))
    known = engine.known(shop, chosen_store(request, stores), VISITED)
    start, end = asked.day("from"), asked.day("to")
    period = OWN
    if start or end:
        end = end or known.end
        start = start or end - timedelta(days=29)
        if start > end:
            asked.problems.append(_("The window ends before it begins. It was left out."))
            start = end = None
    if start is None or end is None:
        period = request.GET.get("period", "")
        period = period if period in PERIODS else LAST_30
        start, end = _days(period, known.end)
    where = {name: asked.text(name) for name in NARROWED if name in request.GET and name in COLUMNS}
    return Asking(
        reverse(page), known, (start, end), previous(start, end), period, where, stores,
        {name: asked.text(name) for name in more if asked.text(name)}, asked.problems,
    )  # fmt: skip


def usual(shop: ShopSettings) -> Asking:
    """Return what the page of visits asks when it is opened."""
    known = engine.known(shop, None, VISITED)
    days = _days(LAST_30, known.end)
    return Asking(reverse("web:visits"), known, days, previous(*days), LAST_30, {}, [])


def _days(period: str, end: date) -> Days:
    if period == TODAY:
        return end, end
    if period == YEAR:
        return months_before(end, 12) + timedelta(days=1), end
    return end - timedelta(days=6 if period == WEEK else 29), end
