"""Every part of the kit in every state, in both languages of the product."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from regulars.base.clock import now
from regulars.staff.access import signed_in
from regulars.ui.charts import Chart, Series, bar_chart, line_chart
from regulars.ui.components import Figure
from regulars.ui.tables import paginate
from regulars.ui.templatetags.ui import icon_names, money, number, percent
from regulars.ui.toasts import undoable

# The page shows samples, which are names and made-up words; they are the same in every language and not translated.
LONG = "A customer whose name is so long that it has to break somewhere, and does"
PEOPLE = [
    ("Ada Lind", "Malmö", "ada@example.com", "good", "Regular", 14, 1_284_50, 3),
    ("Ben Okafor", "Leeds", "ben@example.com", "", "New", 1, 24_00, 9),
    ("Cleo Marsh", "Austin", "c•••@example.com", "warn", "Lapsed", 6, 311_75, 210),
    ("Dan Weber", "Köln", "", "quiet", "Unsubscribed", 2, 58_20, 47),
    ("王芳", "杭州", "wang@example.com", "good", "常客", 9, 2_450_00, 12),
    (LONG, "Nowhere", "", "bad", "Open complaint", 0, -12_00, 400),
]  # fmt: skip
SORTS = ("name", "orders", "revenue", "last")
MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
COURSE = [812, 934, 870, 1012, 1104, 990, 1230, 1190, 1302, 1288, 1450, 1604]
RETURNING = [300, 322, 351, 402, 433, 420, 540, 560, 612, 655, 702, 811]


class SampleForm(forms.Form):
    """A form with a field of each kind."""

    name = forms.CharField(
        label="Name", help_text="As customers read it at the top of your letters.", initial="街角咖啡"
    )
    email = forms.EmailField(label="E-mail")
    currency = forms.ChoiceField(label="Currency", choices=[("CNY", "CNY · ¥"), ("EUR", "EUR · €"), ("USD", "USD · $")])
    since = forms.DateField(label="Since", required=False, widget=forms.DateInput(attrs={"type": "date"}))
    note = forms.CharField(label="Note", required=False, widget=forms.Textarea(attrs={"rows": 3}))
    tax = forms.ChoiceField(
        label="Prices in the file are",
        widget=forms.RadioSelect,
        choices=[("gross", "with tax"), ("net", "without tax")],
    )
    agrees = forms.BooleanField(label="Remember this for the next file of this kind", required=False)


def _figures() -> list[Figure]:
    return [
        Figure("Revenue", money(12_345_678, "CNY"), money(11_020_000, "CNY"), 0.1203, True, COURSE, "#figures"),
        Figure("Customers", number(1204), number(1391), -0.1344, True, COURSE[::-1], "#figures"),
        Figure("Time between orders", "41 days", "38 days", 0.0789, False, RETURNING, "#figures"),
        Figure("Orders", number(640), number(640), 0.0, True, [4, 4, 4, 4], "#figures"),
        Figure("Own share", percent(0.423, 1), percent(0.391, 1), 0.0818, None, RETURNING, "", "No judgement here."),
        Figure("复购率", "", note="需要至少 30 位首单满 90 天的顾客。"),
        Figure("Repeat rate", "", note="Needs 30 customers whose first order is 90 days old; there are 12."),
    ]  # fmt: skip


def _charts() -> list[tuple[str, Chart]]:
    revenue = Series("Revenue", list(zip(MONTHS, COURSE, strict=True)))
    returning = Series("From regulars", list(zip(MONTHS, RETURNING, strict=True)))
    gaps = [(month, None if month in {"Apr", "May"} else n / 10) for month, n in revenue.points if n]
    cohorts = [
        Series(f"2026-0{c}", [(f"M{m}", 0.42 / (m + 1) ** (0.5 + c / 20)) for m in range(12 - c)], is_quiet=c > 1)
        for c in range(1, 6)
    ]
    losses = Series("Change", [(m, v) for m, v in zip(MONTHS, [4, 6, -3, 8, 2, -7, -2, 5, 9, 3, 11, 6], strict=True)])
    return [
        ("One line", line_chart([revenue], title="Revenue a month", head="Month", form=number)),
        ("Two lines", line_chart([revenue, returning], title="Revenue, and from regulars", head="Month", form=number)),
        ("Quiet context", line_chart(cohorts, title="Retention of cohorts", head="Month", form=percent)),
        ("A gap", line_chart([Series("Rating", gaps)], title="A line with a gap", head="Month", form=number)),
        ("Bars", bar_chart(revenue, title="Revenue a month", head="Month", form=number)),
        ("Bars below nothing", bar_chart(losses, title="Net growth", head="Month", form=number)),
    ]


def _cohorts() -> list[tuple[str, int, list[float | None]]]:
    rows: list[tuple[str, int, list[float | None]]] = []
    for c in range(8):
        shares: list[float | None] = [1 if m == 0 else 0.52 / m**0.55 + c * 0.012 for m in range(8 - c)]
        rows.append((f"2026-{c + 1:02}", 420 + 37 * c, shares + [None] * c))
    return rows


def _times() -> list[tuple[str, datetime]]:
    at = now()
    return [
        ("seconds", at - timedelta(seconds=5)),
        ("minutes", at - timedelta(minutes=12)),
        ("hours", at - timedelta(hours=5)),
        ("days", at - timedelta(days=9)),
        ("long", datetime(2024, 2, 29, 23, 30, tzinfo=UTC)),
    ]


def _table(request: HttpRequest) -> Any:
    keys = {"name": 0, "orders": 5, "revenue": 6, "last": 7}
    sort = request.GET.get("sort", "-revenue")
    rows = sorted(PEOPLE, key=lambda row: row[keys.get(sort.removeprefix("-"), 6)], reverse=sort.startswith("-"))
    page = paginate(rows, request, size=4, sorts=SORTS, sort="-revenue")
    fields = ("name", "city", "contact", "tone", "state", "orders", "revenue_minor", "days")
    shown = [SimpleNamespace(**dict(zip(fields, row, strict=True))) for row in page.rows]
    for row in shown:
        row.last_at = now() - timedelta(days=row.days)
    return page, shown


@signed_in
def patterns(request: HttpRequest) -> HttpResponse:
    """Show every part; ``?toast=1`` says a word at the corner, to look at that too."""
    if "toast" in request.GET:
        undoable(request, "Ada and Ben are one person now.", "/-/preferences")
        messages.error(request, "The file could not be read.")
    page, rows = _table(request)
    filled = SampleForm({"name": "", "email": "olive at example", "currency": "EUR"})
    filled.is_valid()
    return render(
        request,
        "web/patterns.html",
        {
            "figures": _figures(),
            "charts": _charts(),
            "cohorts": _cohorts(),
            "times": _times(),
            "page": page,
            "rows": rows,
            "form": SampleForm(),
            "wrong": filled,
            "steps": ["File", "Map", "Check", "Confirm"],
            "icons": icon_names(),
        },
    )
