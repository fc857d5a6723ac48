"""The audiences there are, and one of them: its people, its course, its frozen lists, what it said before."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from regulars.base.clock import now
from regulars.decisions.audiences import RuleError
from regulars.desks.outreach.audiences import operations, queries
from regulars.desks.outreach.audiences.builder import word_groups
from regulars.desks.outreach.audiences.messages import problem_text
from regulars.desks.outreach.audiences.models import Audience, Version
from regulars.desks.outreach.audiences.views.building import MAKES
from regulars.desks.outreach.audiences.views.people import shown
from regulars.staff.access import actor
from regulars.ui.charts import Chart, Series, line_chart
from regulars.ui.context import shop_of
from regulars.ui.tables import chosen_sort, csv_response, paginate
from regulars.ui.toasts import undoable

DAYS = 90
SORTS = {
    "name": lambda each: each.audience.name.lower(),
    "size": lambda each: (each.size or 0, each.audience.name),
    "changed": lambda each: each.audience.at,
}


@MAKES
@require_safe
def index(request: HttpRequest) -> Any:
    """Show the audiences with their sizes; ``?q=`` by name, ``?away=1`` those put away, ``?as=csv`` as a file."""
    is_away = request.GET.get("away") == "1"
    today = now().astimezone(shop_of(request).zone).date()
    rows = queries.audiences(is_retired=is_away, today=today)
    has_any = bool(rows) or Audience.objects.exists()
    if text := request.GET.get("q", "").strip().lower():
        rows = [row for row in rows if text in row.audience.name.lower() or text in row.audience.rule.lower()]
    sort = chosen_sort(request, tuple(SORTS), "name")
    rows.sort(key=SORTS[sort.removeprefix("-")], reverse=sort.startswith("-"))
    if request.GET.get("as") == "csv":
        cells = [[r.audience.name, r.audience.rule, r.size, r.change, r.freezes] for r in rows]
        header = [_("Name"), _("Rule"), _("People"), _("Change in a week"), _("Frozen lists")]
        return csv_response("audiences", header, cells)
    page = paginate(rows, request, sorts=tuple(SORTS), sort="name")
    context = {"nav": "audiences", "page": page, "is_away": is_away, "has_any": has_any, "q": request.GET.get("q", "")}
    return render(request, "audiences/list.html", context)


@MAKES
@require_safe
def words(request: HttpRequest) -> HttpResponse:
    """Show every word of rules with an example."""
    return render(request, "audiences/words.html", {"nav": "audiences", "groups": word_groups()})


@MAKES
@require_safe
def show(request: HttpRequest, audience: int) -> HttpResponse:
    """Show one audience."""
    row, at, shop = get_object_or_404(Audience, pk=audience), now(), shop_of(request)
    problem, found = "", None
    try:
        found = queries.find(queries.read(row.rule), at=at, shop=shop, audience=row.name)
    except RuleError as error:
        problem = problem_text(error)
    since = at.astimezone(shop.zone).date() - timedelta(days=DAYS)
    context = {
        "nav": "audiences",
        "audience": row,
        "problem": problem,
        "found": found,
        "people": shown(queries.rows_of(found.sample, at=at)) if found else [],
        "drawn": _drawn(queries.course(row.pk, since=since)),
        "freezes": queries.freezes_of(row.pk),
        "versions": list(Version.objects.filter(audience=row).order_by("-id")[1:11]),
    }
    return render(request, "audiences/show.html", context)


def _drawn(course: list[tuple[Any, int]]) -> Chart | None:
    if len(course) < 2:
        return None
    points = [(date_format(day, "j M"), float(size)) for day, size in course]
    return line_chart(
        [Series(_("People"), points)], title=_("People day by day"), head=_("Day"),
        form=lambda value: number_format(round(value), force_grouping=True),
    )  # fmt: skip


@MAKES
@require_POST
def retire(request: HttpRequest, audience: int) -> HttpResponse:
    """Put an audience away."""
    row = get_object_or_404(Audience, pk=audience)
    if operations.retire(row.pk, by=actor(request), at=now()):
        undoable(request, _("The audience is put away."), reverse("audiences:restore", args=[row.pk]))
    return redirect("audiences:list")


@MAKES
@require_POST
def restore(request: HttpRequest, audience: int) -> HttpResponse:
    """Bring an audience back."""
    row = get_object_or_404(Audience, pk=audience)
    if operations.restore(row.pk, by=actor(request), at=now()):
        messages.success(request, _("The audience is back."))
    return redirect("audiences:show", row.pk)


@MAKES
@require_POST
def freeze(request: HttpRequest, audience: int) -> HttpResponse:
    """Keep who is in an audience now."""
    row = get_object_or_404(Audience, pk=audience)
    try:
        made = operations.freeze(row.pk, by=actor(request), at=now())
    except RuleError as error:
        messages.error(request, problem_text(error))
    else:
        text = ngettext("The list of %(n)s person is kept.", "The list of %(n)s people is kept.", made.count)
        messages.success(request, text % {"n": number_format(made.count, force_grouping=True)})
    return redirect("audiences:show", row.pk)


@MAKES
@require_POST
def use_version(request: HttpRequest, audience: int, version: int) -> HttpResponse:
    """Say again what the audience said before."""
    before = get_object_or_404(Version, pk=version, audience=audience)
    try:
        operations.change_audience(audience, name=before.name, rule=before.rule, by=actor(request), at=now())
        messages.success(request, _("The audience is as it was."))
    except operations.AudienceRefused as refused:
        messages.error(request, str(refused))
    except RuleError as error:
        messages.error(request, problem_text(error))
    return redirect("audiences:show", audience)
