"""Boards of visits as people read them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from regulars.shop.models import Product
from regulars.sources.tracker.models import SiteKey
from regulars.sources.tracker.words import CHANNELS, DEVICES
from regulars.ui.charts import Chart, Series, bar_chart
from regulars.ui.templatetags.ui import duration, number, percent
from regulars.web.numbers import words
from regulars.web.numbers.shelf import Board
from regulars.web.numbers.words import Change
from regulars.web.visits.asking import Asking

# Fewer visits than this say little about a share.
LEAST = 30
HEADS: dict[str, Promise] = {
    "channel": gettext_lazy("Channel"),
    "entry": gettext_lazy("Landing page"),
    "product": gettext_lazy("First product"),
    "source": gettext_lazy("Source"),
    "campaign": gettext_lazy("Campaign"),
    "referrer": gettext_lazy("Other site"),
    "device": gettext_lazy("Device"),
    "place": gettext_lazy("Country"),
    "hour": gettext_lazy("Hour"),
    "exit": gettext_lazy("Last page"),
    "first": gettext_lazy("New or returning"),
}
NEW_OR_NOT: dict[str, Promise] = {
    "new": gettext_lazy("New visitors"),
    "returning": gettext_lazy("Returning visitors"),
    "unknown": gettext_lazy("Without consent, so not known"),
}
GRAINS: dict[str, Promise] = {
    "day": gettext_lazy("Visits by day"),
    "week": gettext_lazy("Visits by week"),
    "month": gettext_lazy("Visits by month"),
}


@dataclass(frozen=True, slots=True)
class Figure:
    """A number of the page's head. ``value`` is "" where there is too little."""

    label: str
    value: str
    change: Change | None = None
    href: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a breakdown. ``width``: its bar in percent of the longest; ``change`` against the window before."""

    label: str
    href: str
    visits: int
    share: float
    step: float
    change: str
    direction: str
    new: int
    returning: int
    known: int
    known_url: str
    added: int
    orders: int
    conversion: float | None


def figures(board: Board, asked: Asking) -> list[Figure]:
    """Return the head's numbers, each beside the window before."""
    now, past = board["now"], board["before"]
    when = words.window(asked.before[0].isoformat(), asked.before[1].isoformat())
    is_told = asked.known.first is not None and asked.known.first <= asked.before[0]

    def count(name: str) -> Change | None:
        return _change(now[name], past[name], when) if is_told else None

    def share(name: str) -> tuple[str, Change | None]:
        if now["visits"] < LEAST:
            return "", None
        value = now[name] / now["visits"]
        if not is_told or past["visits"] < LEAST:
            return percent(value, 1), None
        return percent(value, 1), _points(value, past[name] / past["visits"], when)

    people, people_change = share("known")
    bought, bought_change = share("orders")
    used = now["engaged_seconds"]
    return [
        Figure(_("Visits"), number(now["visits"]), count("visits"), reverse("web:number", args=["visits"])),
        Figure(_("By new visitors"), number(now["new"]), count("new"), asked.link(first="new")),
        Figure(_("By returning visitors"), number(now["returning"]), count("returning"), asked.link(first="returning")),
        Figure(
            _("By known customers"), people, people_change, reverse("web:visits_people") + asked.query(),
            note=_("%(n)s visits") % {"n": number(now["known"])} if people else "",
        ),
        Figure(
            _("With an order"), bought, bought_change, reverse("web:number", args=["visit_conversion"]),
            note=_("as the site tells it"),
        ),
        Figure(_("In use, half of them longer"), duration(used) if used is not None and now["visits"] >= LEAST else ""),
    ]  # fmt: skip


def _change(now: int, past: int, when: str) -> Change | None:
    if not past:
        return None
    by = (now - past) / past
    shown = round(abs(by), 3) != 0
    text = percent(abs(by), 1 if abs(by) < 0.1 else 0) if shown else _("as before")
    return Change(text, ("up" if by > 0 else "down") if shown else "", "quiet", number(past), when)


def _points(now: float, past: float, when: str) -> Change:
    by = now - past
    shown = round(abs(by), 3) != 0
    text = _("%(points)s points") % {"points": number(abs(by) * 100, 1)} if shown else _("as before")
    tone = ("good" if by > 0 else "bad") if shown else "quiet"
    return Change(text, ("up" if by > 0 else "down") if shown else "", tone, percent(past, 1), when)


def course_chart(board: Board) -> Chart | None:
    """Return the course of visits; None for a single day."""
    if len(board["course"]) < 2:
        return None
    cut = 7 if board["by"] == "month" else 10
    points = [(start[:cut] if cut == 7 else start[5:], visits) for start, visits, _known in board["course"]]
    title = str(GRAINS[board["by"]])
    return bar_chart(Series(_("Visits"), points), title=title, head=str(words_of_grain(board["by"])), form=number)


def words_of_grain(by: str) -> str:
    """Return the head of a course's first column."""
    return {"day": _("Day"), "week": _("Week of"), "month": _("Month")}[by]


def rows(board: Board, by: str, asked: Asking) -> list[Row]:
    """Return a breakdown's rows in words."""
    most = max((r["visits"] for r in board["rows"]), default=1)
    titles = product_titles([r["label"] for r in board["rows"]]) if by == "product" else {}
    return [_row(r, by, asked, board, most, titles) for r in board["rows"]]


def _row(r: Board, by: str, asked: Asking, board: Board, most: int, titles: dict[str, str]) -> Row:
    past = board["before"].get(r["label"], 0)
    change, direction = "", ""
    if past >= LEAST or (past and r["visits"] >= LEAST):
        difference = (r["visits"] - past) / past
        change = percent(abs(difference))
        direction = "up" if difference > 0.005 else "down" if difference < -0.005 else ""
    narrowed = {by: r["label"]}
    return Row(
        label=titles.get(r["label"]) or label_of(by, r["label"]),
        href=asked.link(**narrowed, by=None),
        visits=r["visits"],
        share=r["visits"] / (board["total"] or 1),
        step=bar(r["visits"], most),
        change=change,
        direction=direction,
        new=r["new"],
        returning=r["returning"],
        known=r["known"],
        known_url=reverse("web:visits_people") + asked.query(**narrowed, by=None) if r["known"] else "",
        added=r["added"],
        orders=r["orders"],
        conversion=r["orders"] / r["visits"] if r["visits"] >= LEAST else None,
    )


def bar(part: float, whole: float) -> float:
    """Return how long the bar of a part is, of twenty; what is there at all is seen."""
    return max(0.3, round(20 * part / whole, 1)) if part and whole else 0.0


def label_of(by: str, label: str) -> str:
    """Return a label of a column for reading."""
    if by == "channel":
        return str(CHANNELS.get(label, label))
    if by == "device":
        return str(DEVICES.get(label, label))
    if by == "first":
        return str(NEW_OR_NOT.get(label, label))
    if by == "hour" and label:
        return f"{int(label):02d}:00–{int(label):02d}:59"
    return label or pgettext("a value of visits", "none")


def product_titles(ids: Sequence[str]) -> dict[str, str]:
    """Return the titles of products by the ids that the sites use: the store's own, or a stock number."""
    wanted = [i for i in ids if i]
    # Another store may sell the same goods under other titles.
    of_sites = Product.objects.filter(store__in=SiteKey.objects.values("store"))
    found = dict(of_sites.filter(external_id__in=wanted).values_list("external_id", "title"))
    rest = [i for i in wanted if i not in found]
    by_sku = of_sites.filter(variant__sku__in=rest).values_list("variant__sku", "title")
    return found | {sku: title for sku, title in by_sku if sku}


def narrowings(asked: Asking) -> list[tuple[str, str, str]]:
    """Return what the page is narrowed down to: column, value, and the address without it."""
    titles = product_titles([asked.where.get("product", "")])
    return [
        (str(HEADS[name]), titles.get(value) or label_of(name, value), asked.link(**{name: None}))
        for name, value in asked.where.items()
    ]


def file_rows(board: Board, by: str) -> list[list[Any]]:
    """Return a breakdown's cells for a file."""
    return [
        [
            label_of(by, r["label"]), r["visits"], board["before"].get(r["label"], 0), r["new"], r["returning"],
            r["known"], r["added"], r["orders"], r["bounce"], r["engaged_seconds"],
        ]
        for r in board["rows"]
    ]  # fmt: skip
