"""Charts drawn on the server as SVG: no script, no style of their own, a table of the same numbers behind each.

Each is drawn twice, for a wide place and for a narrow one, because text in a picture that shrinks with it cannot be
read on a phone; the stylesheet shows the one that fits.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil, floor, log10

from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

Format = Callable[[float], str]
COLOURS = 5


@dataclass(frozen=True, slots=True)
class Series:
    """A line of a chart: its name and (label, value) points; None is a gap. ``is_quiet``: context, drawn thin."""

    name: str
    points: Sequence[tuple[str, float | None]]
    is_quiet: bool = False


@dataclass(frozen=True, slots=True)
class Chart:
    """A drawn chart and the table behind it; ``{% chart chart %}`` shows both. ``keys``: (colour, name) of a legend."""

    svg: SafeString
    title: str
    header: Sequence[str]
    rows: Sequence[Sequence[str]]
    keys: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class _Sheet:
    """A place to draw: its size, the values at its bottom and top, and how many labels stand side by side."""

    css: str
    width: int
    height: int
    left: int
    labels: int
    count: int
    low: float
    high: float

    def x(self, index: float) -> float:
        """Return where the middle of the label ``index`` is."""
        return self.left + (self.width - self.left - 12) * ((index + 0.5) / max(1, self.count))

    def y(self, value: float) -> float:
        """Return where ``value`` is."""
        return 14 + (self.high - value) / (self.high - self.low) * (self.height - 14 - 30)


def spark_points(values: Sequence[float]) -> str:
    """Return the points of a sparkline in a box of 100 by 24; "" for fewer than two values."""
    if len(values) < 2:
        return ""
    low, high = min(0, *values), max(0, *values)
    span = (high - low) or 1
    step = 100 / (len(values) - 1)
    return " ".join(f"{i * step:.1f},{22 - (v - low) / span * 20:.1f}" for i, v in enumerate(values))


def ticks(high: float, low: float = 0, count: int = 4) -> list[float]:
    """Return round values that hold all from ``low`` to ``high``, and 0."""
    low, high = min(low, 0.0), max(high, 0.0)
    if high - low < 1e-300:  # nothing, or too little for steps between
        return [-1.0, 0.0, 1.0] if low else [0.0, 1.0]
    raw = (high - low) / count
    magnitude = 10.0 ** floor(log10(raw))
    step = next(m * magnitude for m in (1, 2, 2.5, 5, 10) if m * magnitude >= raw * 0.999)
    return [step * i for i in range(floor(low / step + 1e-9), ceil(high / step - 1e-9) + 1)]


def _sheets(count: int, marks: Sequence[float], form: Format) -> tuple[_Sheet, _Sheet]:
    longest = max(len(form(mark)) for mark in marks)
    left = 22 + 7 * longest
    return (
        _Sheet("chart chart-wide", 760, 280, left, 9, count, marks[0], marks[-1]),
        _Sheet("chart chart-narrow", 360, 230, left, 4, count, marks[0], marks[-1]),
    )


def _frame(sheet: _Sheet, labels: Sequence[str], marks: Sequence[float], form: Format) -> list[str]:
    out = []
    for mark in marks:
        y, css = sheet.y(mark), "chart-base" if mark == 0 else "chart-rule"
        out.append(f'<line class="{css}" x1="{sheet.left}" x2="{sheet.width - 12}" y1="{y:.1f}" y2="{y:.1f}"></line>')
        text = conditional_escape(form(mark))
        out.append(f'<text class="chart-label" x="{sheet.left - 8}" y="{y + 4:.1f}" text-anchor="end">{text}</text>')
    every = max(1, ceil(len(labels) / sheet.labels))
    for index in range(0, len(labels), every):
        text = conditional_escape(labels[index])
        out.append(
            f'<text class="chart-label" x="{sheet.x(index):.1f}" y="{sheet.height - 8}"'
            f' text-anchor="middle">{text}</text>'
        )
    return out


def _hints(sheet: _Sheet, labels: Sequence[str], hints: Sequence[str]) -> list[str]:
    """Return bands that say the numbers of a label to who points at them."""
    width = (sheet.width - sheet.left - 12) / max(1, sheet.count)
    return [
        f'<rect class="chart-hint" x="{sheet.x(i) - width / 2:.1f}" y="8" width="{width:.1f}"'
        f' height="{sheet.height - 38}"><title>{conditional_escape(hint)}</title></rect>'
        for i, hint in enumerate(hints)
    ]


def _picture(sheet: _Sheet, title: str, parts: Sequence[str]) -> str:
    return (
        f'<svg class="{sheet.css}" viewBox="0 0 {sheet.width} {sheet.height}" role="img"'
        f' aria-label="{conditional_escape(title)}">{"".join(parts)}</svg>'
    )


def _colours(series: Sequence[Series]) -> list[str]:
    loud = iter(range(len(series)))
    return ["quiet" if s.is_quiet else str(next(loud) % COLOURS) for s in series]


def _runs(sheet: _Sheet, s: Series) -> list[list[tuple[float, float]]]:
    """Return the unbroken stretches of a line."""
    runs: list[list[tuple[float, float]]] = [[]]
    for index, (_, value) in enumerate(s.points):
        if value is None:
            runs.append([])
        else:
            runs[-1].append((sheet.x(index), sheet.y(value)))
    return [run for run in runs if run]


def _line(sheet: _Sheet, s: Series, colour: str, is_filled: bool) -> list[str]:
    out = []
    for run in _runs(sheet, s):
        points = " ".join(f"{x:.1f},{y:.1f}" for x, y in run)
        if is_filled and len(run) > 1:
            ground = f"{run[-1][0]:.1f},{sheet.y(0):.1f} {run[0][0]:.1f},{sheet.y(0):.1f}"
            out.append(f'<polygon class="chart-area" points="{points} {ground}"></polygon>')
        if len(run) > 1:
            out.append(f'<polyline class="chart-{colour}" points="{points}"></polyline>')
        if colour != "quiet" or len(run) == 1:
            x, y = run[-1]
            out.append(f'<circle class="chart-{colour}" cx="{x:.1f}" cy="{y:.1f}" r="3.2"></circle>')
    return out


def _cells(series: Sequence[Series], count: int, form: Format) -> list[list[str]]:
    """Return the values of each label as texts, one of each series."""
    rows = []
    for index in range(count):
        values = [s.points[index][1] if index < len(s.points) else None for s in series]
        rows.append(["–" if value is None else form(value) for value in values])
    return rows


def _finish(
    title: str, head: str, series: Sequence[Series], labels: Sequence[str], cells: list[list[str]], drawn: list[str]
) -> Chart:
    keys = list(zip(_colours(series), [s.name for s in series], strict=True))
    rows = [[label, *row] for label, row in zip(labels, cells, strict=True)]
    # Every text in the picture was escaped where it was written.
    return Chart(mark_safe("".join(drawn)), title, [head, *(s.name for s in series)], rows, keys)  # noqa: S308


def _marks(series: Sequence[Series]) -> list[float]:
    values = [v for s in series for _, v in s.points if v is not None]
    return ticks(max(values, default=0), min(values, default=0))


def line_chart(series: Sequence[Series], *, title: str, head: str, form: Format = str) -> Chart:
    """Return lines over the labels of the longest series; ``form`` writes values, ``head`` names the labels."""
    labels = [label for label, _ in max(series, key=lambda s: len(s.points)).points] if series else []
    marks, cells = _marks(series), _cells(series, len(labels), form)
    hints = [
        "\n".join([label, *(f"{s.name}: {text}" for s, text in zip(series, row, strict=True) if text != "–")])
        for label, row in zip(labels, cells, strict=True)
    ]
    drawn = []
    for sheet in _sheets(len(labels), marks, form):
        parts = _frame(sheet, labels, marks, form)
        for s, colour in zip(series, _colours(series), strict=True):
            parts += _line(sheet, s, colour, is_filled=len(series) == 1)
        drawn.append(_picture(sheet, title, parts + _hints(sheet, labels, hints)))
    return _finish(title, head, series, labels, cells, drawn)


def bar_chart(series: Series, *, title: str, head: str, form: Format = str) -> Chart:
    """Return one bar a label; values below 0 hang."""
    labels = [label for label, _ in series.points]
    marks, cells = _marks([series]), _cells([series], len(labels), form)
    hints = [f"{label}\n{row[0]}" for label, row in zip(labels, cells, strict=True)]
    drawn = []
    for sheet in _sheets(len(labels), marks, form):
        parts = _frame(sheet, labels, marks, form)
        width = min(48.0, (sheet.width - sheet.left - 12) / max(1, len(labels)) * 0.68)
        for index, (_, value) in enumerate(series.points):
            if value:
                top, height = sheet.y(max(0.0, value)), abs(sheet.y(value) - sheet.y(0))
                parts.append(
                    f'<rect class="chart-bar" x="{sheet.x(index) - width / 2:.1f}" y="{top:.1f}" rx="2"'
                    f' width="{width:.1f}" height="{height:.1f}"></rect>'
                )
        drawn.append(_picture(sheet, title, parts + _hints(sheet, labels, hints)))
    return _finish(title, head, [series], labels, cells, drawn)
