"""Writing a journey: its list of steps, how it begins and ends, and each step by itself. Works without scripts."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from regulars.base.clock import now
from regulars.base.installation import shop_settings
from regulars.base.money import to_minor
from regulars.desks.outreach.journeys import operations, words
from regulars.desks.outreach.journeys.forms import BeginForm, StepForm, begin_initial
from regulars.desks.outreach.journeys.models import Journey, Version
from regulars.desks.outreach.journeys.ready import READY, plan_of
from regulars.desks.outreach.journeys.rules import Plan
from regulars.desks.outreach.journeys.steps import (
    BRANCHED,
    KINDS,
    Chance,
    Exit,
    Message,
    Split,
    Steps,
    Wait,
    WaitUntil,
    added,
    flow_of,
    moved,
    new_id,
    read_steps,
    swapped,
)
from regulars.messages.personal import words as known_words
from regulars.staff.access import actor, needs
from regulars.staff.rules import Permission
from regulars.ui.toasts import undoable

REACHES = needs(Permission.REACH_CUSTOMERS)


@REACHES
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Begin a journey by its name, or from one that is ready."""
    by, at = actor(request), now()
    ready = READY.get(request.POST.get("ready", ""))
    if request.method == "POST" and ready is not None:
        plan = plan_of(ready.name, at=at)
        row = operations.draft_journey(name=str(ready.title)[:80], plan=plan, ready=ready.name, by=by, at=at)
        messages.success(request, _("It is yours now, and off. Read it over, then start it."))
        return redirect("journeys:journey", row.pk)
    name = request.POST.get("name", "").strip()[:80]
    if request.method == "POST" and name:
        row = operations.draft_journey(name=name, plan=Plan(), by=by, at=at)
        return redirect("journeys:begin", row.pk)
    context = {"nav": "journeys", "is_empty": request.method == "POST"}
    return render(request, "journeys/new.html", context, status=400 if context["is_empty"] else 200)


@REACHES
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, journey: int) -> HttpResponse:
    """Show the steps of the draft; add, move and take out."""
    row = get_object_or_404(Journey, pk=journey)
    if request.method == "POST":
        return _changed(request, row)
    plan, problems = row.plan, operations.problems_of(row)
    context = {
        "nav": "journeys", "journey": row, "nodes": words.tree(plan.steps, problems),
        "problems": [problem for problem in problems if not problem.step], "kinds": words.LABELS.items(),
        "begins": words.begins(plan), "ends": words.ends(plan), "again": words.again(plan),
        "holdout": plan.holdout_percent, "is_open": True,
    }  # fmt: skip
    return render(request, "journeys/edit.html", context)


def _changed(request: HttpRequest, row: Journey) -> HttpResponse:
    """Do what a button says: ``up:s1``, ``down:s1``, ``remove:s1``, ``add:s1:then`` (``add::`` at the end)."""
    do, _sep, rest = request.POST.get("do", "").partition(":")
    name, _sep, branch = rest.partition(":")
    plan, steps = row.plan, row.plan.steps
    flow, opened = flow_of(steps), ""
    if do == "add":
        kind = request.POST.get(f"kind:{name}:{branch}", "")
        parent = flow[name].step if name in flow else None
        if kind not in KINDS or (name and not isinstance(parent, BRANCHED)) or branch not in {"", "then", "other"}:
            raise Http404
        opened = new_id(steps, _ids_ever(row))
        steps = added(steps, KINDS[kind](opened), under=name, branch=branch or "then")
    elif do in {"up", "down", "remove"} and name in flow:
        steps = swapped(steps, name, None) if do == "remove" else moved(steps, name, -1 if do == "up" else 1)
    says = _("The step is taken out.") if do == "remove" else ""
    _save(request, row, plan, steps, says)
    if opened and not isinstance(flow_of(steps)[opened].step, Exit):
        return redirect("journeys:step", row.pk, opened)
    return redirect("journeys:edit", row.pk)


def _ids_ever(row: Journey) -> list[str]:
    """Return the ids of steps of every version: one that was taken out is not given to another."""
    versions = Version.objects.filter(journey=row).values_list("steps", flat=True)
    return [name for steps in versions for name in flow_of(read_steps(steps))]


def _save(request: HttpRequest, row: Journey, plan: Plan, steps: Steps, says: str) -> None:
    """Change the steps of the draft; ``says`` what was done, with a button that takes it back, unless it is ""."""
    if operations.change_journey(row.pk, plan=replace(plan, steps=steps), by=actor(request), at=now()):
        if says:
            undoable(request, says, reverse("journeys:undo", args=[row.pk]))
    elif says:
        messages.success(request, says)


@REACHES
@require_POST
def undo(request: HttpRequest, journey: int) -> HttpResponse:
    """Bring the draft back that was there before its last change."""
    row = get_object_or_404(Journey, pk=journey)
    if operations.undo_change(row.pk, by=actor(request), at=now()):
        undoable(request, _("It is as it was before."), reverse("journeys:undo", args=[row.pk]))
    return redirect("journeys:edit", row.pk)


@REACHES
@require_http_methods(["GET", "POST"])
def begin(request: HttpRequest, journey: int) -> HttpResponse:
    """Say who begins, what ends it early, and how it is measured."""
    row, shop = get_object_or_404(Journey, pk=journey), shop_settings()
    form = BeginForm(request.POST or None, initial=begin_initial(row, shop))
    if request.method == "POST" and form.is_valid():
        by, at, said = actor(request), now(), form.cleaned_data
        is_other = operations.change_journey(row.pk, plan=form.plan(row.plan), name=said["name"], by=by, at=at)
        cost = to_minor(said["cost"], shop.currency)
        operations.count_margin(row.pk, margin_percent=said["margin_percent"], cost_minor=cost, by=by, at=at)
        if is_other and row.plan != form.plan(row.plan):
            undoable(request, _("Saved."), reverse("journeys:undo", args=[row.pk]))
        else:
            messages.success(request, _("Saved."))
        return redirect("journeys:edit", row.pk)
    context = {"nav": "journeys", "journey": row, "form": form}
    return render(request, "journeys/begin.html", context, status=400 if form.errors else 200)


@REACHES
@require_http_methods(["GET", "POST"])
def step(request: HttpRequest, journey: int, step: str) -> HttpResponse:
    """Change one step."""
    row, shop = get_object_or_404(Journey, pk=journey), shop_settings()
    place = flow_of(row.plan.steps).get(step)
    if place is None or isinstance(place.step, Exit):
        raise Http404
    form = StepForm(request.POST if request.method == "POST" else None, step=place.step, shop=shop)
    if request.method == "POST" and form.is_valid():
        _save(request, row, row.plan, swapped(row.plan.steps, step, form.made()), _("Saved."))
        if request.POST.get("do") == "read":
            return redirect("journeys:preview", row.pk, step)
        return redirect("journeys:edit", row.pk)
    context: dict[str, Any] = {
        "nav": "journeys", "journey": row, "form": form, "title": _TITLES[type(place.step)],
        "is_message": isinstance(place.step, Message),
        "problems": [problem for problem in operations.problems_of(row) if problem.step == step],
        "words": known_words()
        if isinstance(place.step, Message) else [],
    }  # fmt: skip
    return render(request, "journeys/step.html", context, status=400 if form.errors else 200)


_TITLES: dict[type, Any] = {
    Message: words.LABELS["message"], Wait: words.LABELS["wait"], WaitUntil: words.LABELS["wait_until"],
    Split: words.LABELS["split"], Chance: words.LABELS["chance"],
}  # fmt: skip
