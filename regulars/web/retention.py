"""What the retention page shows: the heat map, the curves, repeat rates, pauses and classes, from a stored board."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from regulars.insight.windows import month_end, months_before
from regulars.ui.charts import Chart, Series, line_chart
from regulars.ui.templatetags.ui import heat, number, percent
from regulars.web.numbers import words
from regulars.web.numbers.shelf import Board

# Below so many people a share says little: it is shown, but not coloured.
LEAST = 30
COHORTS_SHOWN = 24
MONTHS_SHOWN = 24
CURVES = 4
CURVE_LEAST_MONTHS = 6


@dataclass(frozen=True, slots=True)
class Cell:
    """How many of a cohort came in a month. ``said`` is for who cannot see the colour."""

    age: int
    text: str
    css: str
    said: str
    is_incomplete: bool
    count: int


@dataclass(frozen=True, slots=True)
class Row:
    """One cohort. ``month`` is its first day in JSON."""

    month: str
    label: str
    size: int
    cells: Sequence[Cell]
    is_small: bool


def rows(board: Board, *, as_counts: bool, show_all: bool) -> list[Row]:
    """Return the cohorts, latest first, as shares or counts."""
    cohorts = board["cohorts"] if show_all else board["cohorts"][-COHORTS_SHOWN:]
    shares = [c / size for _m, size, active in cohorts if size >= LEAST for c in active[1 : MONTHS_SHOWN + 1]]
    most = max(shares, default=0.0)
    return [_row(month, size, active, board, as_counts, most) for month, size, active in reversed(cohorts)]


def _row(month: str, size: int, active: list[int], board: Board, as_counts: bool, most: float) -> Row:
    is_small = size < LEAST
    last = len(active) - 1
    cells = []
    for age, count in enumerate(active[1 : MONTHS_SHOWN + 1], 1):
        is_incomplete = board["is_partial"] and age == last
        share = count / size
        said = ngettext("%(count)s of %(size)s customer", "%(count)s of %(size)s customers", size) % {
            "count": number(count), "size": number(size),
        }  # fmt: skip
        if is_incomplete:
            said += _(", so far")
        css = "heat-none" if is_small else heat(share, most)
        cells.append(Cell(age, number(count) if as_counts else percent(share), css, said, is_incomplete, count))
    return Row(month, words.month_of(month), size, cells, is_small)


def ages(board: Board) -> list[int]:
    """Return the months after the first that the heat map has columns for."""
    longest = max((len(active) for _m, _s, active in board["cohorts"]), default=1)
    return list(range(1, min(longest, MONTHS_SHOWN + 1)))


def curves(board: Board) -> Chart | None:
    """Return some cohorts and all together as lines over the months since the first order; None if there is too little.

    The first month itself is everybody and left out; so is a month that is not over.
    """
    cut = 1 if board["is_partial"] else 0
    old = [c for c in board["cohorts"] if c[1] >= LEAST and len(c[2]) - cut > CURVE_LEAST_MONTHS]
    if len(board["average"]) < 3:
        return None
    step = max(1, len(old) // CURVES)
    chosen = old[-1::-step][:CURVES][::-1]
    series = [Series(_("All cohorts"), _points(board["average"]))]
    for month, size, active in chosen:
        shares = [count / size for count in active[: len(active) - cut]]
        series.append(Series(words.month_of(month), _points(shares)))
    title = _("Share of a cohort that orders again, by months since the first order")
    return line_chart(series, title=title, head=_("Months later"), form=words.form_of("share", None, []))


def _points(shares: Sequence[float]) -> list[tuple[str, float | None]]:
    return [(str(age), share) for age, share in enumerate(shares[: MONTHS_SHOWN + 1]) if age]


@dataclass(frozen=True, slots=True)
class Repeat:
    """The repeat rates of a cohort by horizon, as text; a rate that may still grow is marked."""

    month: str
    label: str
    size: int
    rates: Sequence[tuple[str, bool]]


def repeats(board: Board, *, show_all: bool) -> list[Repeat]:
    """Return each cohort's share with a second order within 30, 90, 180 and 365 days, latest first."""
    if not board["last"]:
        return []
    last = date.fromisoformat(board["last"])
    by_horizon = {int(days): {p[0]: p for p in points} for days, points in board["repeat"].items()}
    cohorts = board["cohorts"] if show_all else board["cohorts"][-COHORTS_SHOWN:]
    return [
        Repeat(month, words.month_of(month), size, [_rate(month, d, found, last) for d, found in by_horizon.items()])
        for month, size, _active in reversed(cohorts)
    ]


def _rate(month: str, days: int, found: dict[str, list[object]], last: date) -> tuple[str, bool]:
    """Return a rate as text and whether its whole cohort has had the time."""
    point = next((p for start, p in found.items() if start[:7] == month[:7]), None)
    is_ripe = month_end(date.fromisoformat(month)) + timedelta(days=days) <= last
    if point is None or point[2] is None or not point[4]:
        return "", is_ripe
    return percent(float(str(point[2])), 1), is_ripe


def cell_days(month: date, age: int) -> tuple[tuple[date, date], tuple[date, date]]:
    """Return the days of a cohort's first month, and of the month ``age`` later."""
    later = months_before(month, -age)
    return (month, month_end(month)), (later, month_end(later))
