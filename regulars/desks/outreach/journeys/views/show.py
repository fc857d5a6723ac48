"""Journeys as a list, one with what became of its people, the decisions on it, and a trial run."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_POST

from regulars.base.clock import now
from regulars.decisions.audiences import RuleError
from regulars.desks.outreach.audiences.messages import problem_text
from regulars.desks.outreach.campaigns.forms import CHANNELS
from regulars.desks.outreach.journeys import operations, queries, words
from regulars.desks.outreach.journeys.models import Journey, Version
from regulars.desks.outreach.journeys.readout import read_out
from regulars.desks.outreach.journeys.ready import READY
from regulars.desks.outreach.journeys.steps import flow_of
from regulars.desks.outreach.journeys.trial import Told, foretell
from regulars.messages.why import reason_words
from regulars.staff.access import actor, needs
from regulars.staff.rules import Permission

REACHES = needs(Permission.REACH_CUSTOMERS)
SHOWN = 100
STATES: dict[str, tuple[Any, str]] = {
    "draft": (gettext_lazy("Off"), "quiet"), "on": (gettext_lazy("On"), "good"),
    "stopped": (gettext_lazy("Stopped"), "warn"),
}  # fmt: skip


@REACHES
@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """Show all journeys, and those that can be used as they are."""
    rows = list(Journey.objects.order_by("-at")[:SHOWN])
    found = [(standing, *STATES[standing.state]) for standing in queries.standings(rows)]
    used = {row.ready for row in rows}
    context = {
        "nav": "journeys", "journeys": found, "ready": [(one, one.name in used) for one in READY.values()],
    }  # fmt: skip
    return render(request, "journeys/list.html", context)


@REACHES
@require_GET
def journey(request: HttpRequest, journey: int) -> HttpResponse:
    """Show a journey: what it lacks, its steps with their counts, what it changed."""
    row = get_object_or_404(Journey, pk=journey)
    state = queries.state_of(row)
    label, tone = STATES[state]
    versions = queries.versions(row)
    chosen = _chosen(request, versions)
    plan = chosen.plan if chosen else row.plan
    problems = operations.problems_of(row)
    counts = {step: queries.as_dict(found) for step, found in queries.counts(chosen).items()} if chosen else None
    context: dict[str, Any] = {
        "nav": "journeys", "journey": row, "state": state, "label": label, "tone": tone, "problems": problems,
        "is_ready": not any(problem.blocks for problem in problems), "shown": chosen, "versions": versions,
        "nodes": words.tree(plan.steps, [], counts), "begins": words.begins(plan), "ends": words.ends(plan),
        "again": words.again(plan), "holdout": plan.holdout_percent, "is_changed": _is_changed(row, versions),
        "inside": sum(number for _version, number in versions), "by_audience": not row.plan.entry.moment,
        "found": read_out(row, at=now()),
    }  # fmt: skip
    return render(request, "journeys/journey.html", context)


def _chosen(request: HttpRequest, versions: list[tuple[Version, int]]) -> Version | None:
    wanted = request.GET.get("version", "")
    for version, _inside in versions:
        if str(version.number) == wanted:
            return version
    return versions[0][0] if versions else None


def _is_changed(row: Journey, versions: list[tuple[Version, int]]) -> bool:
    return bool(versions) and versions[0][0].plan != row.plan


@REACHES
@require_POST
def decide(request: HttpRequest, journey: int) -> HttpResponse:
    """Start, use the changes, stop, stop for everybody, or throw away what never started."""
    row, by, at = get_object_or_404(Journey, pk=journey), actor(request), now()
    do = request.POST.get("do", "")
    try:
        if do == "start":
            if operations.start(row.pk, by=by, at=at, takes_present="present" in request.POST):
                messages.success(request, _("It is on. Whoever it concerns from now on begins."))
        elif do == "publish" and operations.publish(row.pk, by=by, at=at):
            messages.success(request, _("Whoever begins from now on goes the new way; people inside finish theirs."))
    except (operations.JourneyRefused, RuleError):
        messages.error(request, _("It cannot start yet: see below what it lacks."))
    if do in {"stop", "stop_all"}:
        _stopped(request, operations.stop(row.pk, by=by, at=at, for_everybody=do == "stop_all"), do)
    elif do == "delete" and operations.delete_draft(row.pk, by=by, at=at):
        messages.success(request, _("Thrown away."))
        return redirect("journeys:list")
    return redirect("journeys:journey", row.pk)


def _stopped(request: HttpRequest, left: int | None, do: str) -> None:
    if left is None:
        return
    if do == "stop":
        messages.success(request, _("Nobody begins any more; whoever is inside goes on to her end."))
    else:
        text = ngettext("Stopped; %(n)d person left it.", "Stopped; %(n)d people left it.", left)
        messages.success(request, text % {"n": left})


@REACHES
@require_GET
def trial(request: HttpRequest, journey: int) -> HttpResponse:
    """Show what the draft would have done in the last days; nothing is written down."""
    row = get_object_or_404(Journey, pk=journey)
    context: dict[str, Any] = {"nav": "journeys", "journey": row, "problem": "", "found": None}
    entry = row.plan.entry
    if not (entry.moment or entry.audience or entry.rule):
        context["problem"] = _("Choose what begins it: something that happens, an audience or a rule.")
        return render(request, "journeys/trial.html", context)
    try:
        found = foretell(row, at=now())
    except RuleError as error:
        context["problem"] = problem_text(error)
        return render(request, "journeys/trial.html", context)
    steps = {name: words.describe(place.step) for name, place in flow_of(row.plan.steps).items()}
    most = max((number for _day, number in found.days), default=0)
    context |= {
        "found": found, "most": most, "begins": words.begins(row.plan),
        "told": [(steps[told.step], told, *_verdicts(told)) for told in found.told],
    }  # fmt: skip
    return render(request, "journeys/trial.html", context)


def _verdicts(told: Told) -> tuple[str, list[tuple[str, int, list[tuple[str, int]]]]]:
    totals: Counter[str] = Counter()
    why: Counter[tuple[str, str]] = Counter()
    for (state, reasons), number in told.verdicts.items():
        totals[state] += number
        for word in reason_words(reasons):
            why[state, word] += number
    channel = str(dict(CHANNELS).get(told.channel, told.channel))
    return channel, [
        (state, totals[state], [(word, n) for (s, word), n in why.most_common() if s == state])
        for state in ("ready", "held", "dropped")
    ]
