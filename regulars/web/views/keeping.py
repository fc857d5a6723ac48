"""How long things are kept: what the shop says, and what would go by it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from regulars.base.clock import now
from regulars.base.keeping import CLASSES, LEAST_DAYS, MOST_DAYS, DataClass, days_kept
from regulars.staff.access import actor, needs
from regulars.staff.rules import Permission
from regulars.web import operations


@dataclass(frozen=True, slots=True)
class Line:
    """A class of data on the page. ``days``: as entered; ``would_go``: by a dry run, None without one."""

    found: DataClass
    days: str
    problem: str = ""
    would_go: int | None = None
    before: datetime | None = None


@needs(Permission.MANAGE_SETTINGS)
@require_http_methods(["GET", "POST"])
def index(request: HttpRequest) -> HttpResponse:
    """Show how long each class is kept; say what would go; save."""
    kept = days_kept()
    lines, days = [], {}
    for name, found in CLASSES.items():
        text = request.POST.get(name, str(kept[name])).strip()
        problem = ""
        if text.isascii() and text.isdigit() and len(text) < 7 and LEAST_DAYS <= int(text) <= MOST_DAYS:
            days[name] = int(text)
        else:
            problem = _("A number of days from %(least)s to %(most)s.") % {"least": LEAST_DAYS, "most": MOST_DAYS}
        lines.append(Line(found, text, problem))
    has_problems = any(line.problem for line in lines)
    if request.method == "POST" and not has_problems and request.POST.get("do") == "save":
        operations.change_keeping(days=days, by=actor(request), at=now())
        messages.success(request, _("Saved. What is older goes in the coming night."))
        return redirect("web:keeping")
    if request.method == "POST" and not has_problems:
        lines = [_dry_run(line, days[line.found.name]) for line in lines]
    context = {"nav": "settings", "lines": lines, "is_dry_run": request.method == "POST" and not has_problems}
    return render(request, "web/keeping.html", context, status=400 if has_problems else 200)


def _dry_run(line: Line, days: int) -> Line:
    before = now() - timedelta(days=days)
    return Line(line.found, line.days, "", line.found.count(before), before)
