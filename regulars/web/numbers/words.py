"""Numbers as people read them, in their language."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from regulars.base.money import digits, to_major
from regulars.insight import CATALOGUE, Metric
from regulars.ui.templatetags.ui import NOTHING, day, money, number, percent
from regulars.web.numbers.shelf import Board

# From here on an amount is told without its smallest unit: a head figure is for reading, the page behind it is exact.
ROUNDED_FROM = 1000
PERIODS: dict[str, Promise] = {
    "month": gettext_lazy("This month so far"),
    "30d": gettext_lazy("Last 30 days"),
    "12m": gettext_lazy("Last 12 months"),
    "ripe": gettext_lazy("The last year that can be told"),
}
UNITS: dict[str, Promise] = {
    "money": gettext_lazy("money"),
    "count": gettext_lazy("a count"),
    "share": gettext_lazy("a share, in percent"),
    "days": gettext_lazy("days"),
}
_CAME_BACK = gettext_lazy("Who came back: the upper part of the share.")
_BOUGHT = gettext_lazy("Everybody known who ordered in this window.")
_VISITED = gettext_lazy("Everybody known who visited the site in this window.")
BEHIND: dict[str, Promise] = {
    "revenue": _BOUGHT,
    "net_revenue": _BOUGHT,
    "orders": _BOUGHT,
    "average_order_value": _BOUGHT,
    "refunds": gettext_lazy("Everybody known who got money back in this window."),
    "own_share": gettext_lazy("Who ordered again in this window: their orders are the own share."),
    "repeat_rate": _CAME_BACK,
    "retention": _CAME_BACK,
    "visits": _VISITED,
    "visit_conversion": gettext_lazy("Everybody known in whose visits the site told of an order."),
    "known_visits": _VISITED,
    "return_visits": gettext_lazy("Everybody known among the visitors who came back in time."),
    "time_between_orders": gettext_lazy("Everybody whose pause between two orders ended in this window."),
}
PEOPLE_BEHIND = gettext_lazy("The people counted.")


def amount(value: float | None, unit: str, currency: str | None) -> str:
    """Return a value with its unit, exactly."""
    if value is None:
        return NOTHING
    if unit == "money":
        return money(round(value), currency or "")
    if unit == "share":
        return percent(value, 1)
    return days(value) if unit == "days" else number(value)


def head(value: float | None, unit: str, currency: str | None) -> str:
    """Return a value for a head figure: a large amount of money without its smallest unit."""
    text = amount(value, unit, currency)
    places = digits(currency or "")
    if unit != "money" or value is None or not places or abs(value) < ROUNDED_FROM * 10**places:
        return text
    exact = number_format(abs(to_major(round(value), currency or "")), places, force_grouping=True)
    return text.replace(exact, number(round(abs(value) / 10**places)))


def form_of(unit: str, currency: str | None, values: Iterable[float | None]) -> Callable[[float], str]:
    """Return how a chart of ``values`` writes numbers: all alike, large amounts of money without the smallest unit."""
    places = digits(currency or "")
    most = max((abs(v) for v in values if v is not None), default=0)
    if unit == "money" and places and most >= ROUNDED_FROM * 10**places:
        sign = money(0, currency or "")
        nought = number_format(Decimal(0), places, force_grouping=True)
        return lambda value: sign.replace(nought, number(round(value / 10**places)))
    if unit == "share":
        return lambda share: percent(share, 0 if round(share * 1000) % 10 == 0 else 1)
    return lambda value: amount(value, unit, currency)


def counted(metric: Metric, n: int) -> str:
    """Return what stands behind a number, in words."""
    return _("From %(n)s %(what)s.") % {"n": number(n), "what": _(metric.counted)}


def days(value: float) -> str:
    """Return a number of days, with halves where a median has one."""
    whole = round(value)
    if abs(value - whole) < 0.05:
        return ngettext("%(days)s day", "%(days)s days", whole) % {"days": number(whole)}
    return _("%(days)s days") % {"days": number(value, 1)}


def window(start: str | None, end: str | None) -> str:
    """Return two days of JSON as a span for reading."""
    if not start or not end:
        return ""
    return _("%(start)s to %(end)s") % {"start": day_of(start), "end": day_of(end)}


def day_of(text: str | None) -> str:
    """Return a day of JSON for reading."""
    return day(date.fromisoformat(text)) if text else NOTHING


def month_of(text: str) -> str:
    """Return the month of a day of JSON, short: 2026-11."""
    return text[:7]


def caveats(found: Sequence[Any]) -> list[str]:
    """Return stored caveats as sentences."""
    return [_(text) % {name: _readable(value) for name, value in values.items()} for _code, text, values in found]


def _readable(value: object) -> object:
    if isinstance(value, int):
        return number(value)
    text = str(value)
    try:
        return day(date.fromisoformat(text))
    except ValueError:
        return _(text)


@dataclass(frozen=True, slots=True)
class Change:
    """How a number differs from an earlier window. ``direction``: up, down or "" for as before."""

    text: str
    direction: str
    tone: str
    was: str
    when: str


def change(metric: Metric, by: float | None, earlier: Board) -> Change | None:
    """Return the change against ``earlier``, None where it cannot be told. Shares differ by percentage points."""
    if by is None:
        return None
    size = abs(by)
    if metric.unit == "share":
        text = _("%(points)s points") % {"points": number(size * 100, 1)}
    else:
        text = percent(size, 1 if size < 0.1 else 0)
    shown = round(size, 3) != 0
    direction = "" if not shown else "up" if by > 0 else "down"
    tone = "quiet"
    if shown and metric.is_rise_good is not None:
        tone = "good" if (by > 0) == metric.is_rise_good else "bad"
    was = head(earlier["value"], metric.unit, earlier["currency"])
    return Change(text if shown else _("as before"), direction, tone, was, window(earlier["start"], earlier["end"]))


@dataclass(frozen=True, slots=True)
class Figure:
    """A number with its comparisons, as Today shows it. ``value`` is "" where there is too little data."""

    name: str
    label: str
    value: str
    href: str
    before: Change | None
    year: Change | None
    series: Sequence[float]
    note: str = ""


def figure(found: Board, href: str, note: str = "") -> Figure:
    """Return the figure of a board made by ``boards.today``."""
    metric = CATALOGUE[found["name"]]
    now = found["now"]
    is_told = now["enough"] and now["value"] is not None
    before = change(metric, found["change"], found["before"])
    year = change(metric, found["change_on_year"], found["year"])
    is_same = before and year and before.when == year.when
    little = caveats([c for c in now["caveats"] if c[0] in {"too_little", "no_data"}])
    return Figure(
        metric.name,
        _(metric.title),
        head(now["value"], metric.unit, now["currency"]) if is_told else "",
        href,
        before if is_told else None,
        year if is_told and not is_same and not metric.looks_on else None,
        found["spark"],
        note if is_told else " ".join(little),
    )
