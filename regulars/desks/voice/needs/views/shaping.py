"""Naming, weighing, merging and splitting needs; each with its undo."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from regulars.base.clock import now
from regulars.desks.voice.needs import operations
from regulars.desks.voice.needs.models import Need, Split
from regulars.desks.voice.opinions.views.pages import HEARS
from regulars.staff.access import actor
from regulars.ui.toasts import undoable


@HEARS
@require_POST
def change(request: HttpRequest, need: int) -> HttpResponse:
    """Rename a need, weigh it, say what it is about."""
    row = get_object_or_404(Need, pk=need)
    said = request.POST
    names = {code: said.get(f"name_{code}", "") for code, _label in settings.LANGUAGES}
    severity = said.get("severity", "")
    done = operations.change_need(
        row.pk, names={**row.names, **names}, summary=said.get("summary", ""), is_safety="is_safety" in said,
        severity=int(severity) if severity in {"1", "2", "3", "4", "5"} else None, by=actor(request), at=now(),
    )  # fmt: skip
    messages.success(request, _("Kept.") if done else _("Nothing differs."))
    return redirect("needs:need", row.pk)


@HEARS
@require_POST
def merge(request: HttpRequest, need: int) -> HttpResponse:
    """Make this need one with another."""
    row = get_object_or_404(Need, pk=need)
    into = request.POST.get("into", "")
    target = Need.objects.filter(pk=int(into)).first() if into.isdecimal() and len(into) < 18 else None
    if target is None:
        messages.error(request, _("Choose the need that it is the same as."))
        return redirect("needs:need", row.pk)
    if operations.merge_needs(row.pk, into=target.pk, by=actor(request), at=now()):
        undoable(request, _("They are one need now."), reverse("needs:unmerge", args=[row.pk]))
    return redirect("needs:need", target.pk)


@HEARS
@require_POST
def unmerge(request: HttpRequest, need: int) -> HttpResponse:
    """Part a need again from the one it was merged into."""
    row = get_object_or_404(Need, pk=need)
    if operations.unmerge_need(row.pk, by=actor(request), at=now()):
        messages.success(request, _("They are two needs again."))
    return redirect("needs:need", row.pk)


@HEARS
@require_POST
def split(request: HttpRequest, need: int) -> HttpResponse:
    """Make a new need of the opinions that were ticked."""
    row = get_object_or_404(Need, pk=need)
    name = request.POST.get("name", "").strip()
    opinions = [int(pk) for pk in request.POST.getlist("opinion")[:1_000] if pk.isdecimal() and len(pk) < 18]
    made = None
    if name and opinions:
        language = get_language() or "en"
        made = operations.split_need(row.pk, opinions, names={language: name}, by=actor(request), at=now())
    if made is None:
        messages.error(request, _("Tick what belongs to the new need, and give it a name."))
        return redirect("needs:need", row.pk)
    undoable(request, _("A need of its own now."), reverse("needs:unsplit", args=[made.pk]))
    return redirect("needs:need", made.made_id)


@HEARS
@require_POST
def unsplit(request: HttpRequest, split: int) -> HttpResponse:
    """Put what was split off back."""
    row = get_object_or_404(Split, pk=split)
    if operations.unsplit_need(row.pk, by=actor(request), at=now()):
        messages.success(request, _("It is one need again."))
    return redirect("needs:need", row.source_id)
