"""One import: what it would do, how far it is, what it did; and going on, stopping, taking back."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from regulars.base.clock import now
from regulars.shop.models import Store
from regulars.sources.csv_upload import operations, pipeline, presets, queries
from regulars.sources.csv_upload.files import FileProblem
from regulars.sources.csv_upload.models import Batch
from regulars.sources.csv_upload.problems import REMEDIES
from regulars.sources.csv_upload.tally import Tally
from regulars.sources.csv_upload.views import words
from regulars.staff.access import actor, needs
from regulars.staff.rules import Permission
from regulars.ui.toasts import undoable

State = Batch.State


@needs(Permission.IMPORT_DATA)
@require_safe
def batch(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the import at the step it has reached."""
    found = get_object_or_404(Batch, pk=pk)
    if found.state == State.DRAFT:
        return redirect("imports:columns", pk=pk)
    if found.state in queries.RUNNING:
        return render(request, "imports/running.html", _context(found) | _running(found))
    if found.state == State.CHECKED:
        return render(request, "imports/check.html", _context(found) | {"step": 3})
    return render(request, "imports/result.html", _context(found) | {"step": 5})


def _context(found: Batch) -> dict[str, Any]:
    tally = Tally.from_json(found.tally or found.checked or {})
    preset = presets.ALL.get(found.plan.get("preset", ""))
    return {
        "nav": "imports",
        "batch": found,
        "state": words.state(found),
        "store": Store.objects.filter(pk=found.store_id or 0).first(),
        "preset": preset,
        "tally": tally,
        "gross": sorted(tally.gross.items(), key=lambda item: -item[1]),
        "changes": tally.new + tally.updated,
        "problems": _problems(tally),
        "entity": words.ENTITIES.get(found.plan.get("entity", "orders"), ""),
    }


def _problems(tally: Tally) -> list[dict[str, Any]]:
    """Return the problems by repair, the most frequent first."""
    groups = []
    for code, trouble in sorted(tally.problems.items(), key=lambda item: -item[1].rows):
        title, remedy = REMEDIES.get(code, REMEDIES["other"])
        groups.append({"title": title, "remedy": remedy, "rows": trouble.rows, "examples": trouble.examples})
    return groups


def _running(found: Batch) -> dict[str, Any]:
    far = queries.progress(found, at=now())
    return {
        "step": 3 if found.state == State.CHECKING else 4,
        "progress": far,
        "left": _time_left(far.seconds_left),
        "stuck": queries.stuck_because(found.pk),
        "is_stopping": found.cancel_asked_at is not None,
    }


def _time_left(seconds: float | None) -> str:
    """Return a time to go in words, "" where it cannot be told yet."""
    if seconds is None:
        return ""
    if seconds < 5:
        return _("a few seconds left")
    if seconds < 90:
        n = round(seconds)
        return ngettext("%(n)s second left", "%(n)s seconds left", n) % {"n": n}
    n = round(seconds / 60)
    return ngettext("about %(n)s minute left", "about %(n)s minutes left", n) % {"n": n}


@needs(Permission.IMPORT_DATA)
@require_safe
def progress(request: HttpRequest, pk: int) -> HttpResponse:
    """Give the part of the page that moves; when the work has ended, send the browser to what came of it."""
    found = get_object_or_404(Batch, pk=pk)
    if found.state in queries.RUNNING:
        return render(request, "imports/_progress.html", _context(found) | _running(found))
    target = reverse("imports:batch", kwargs={"pk": pk})
    if found.state == State.DONE and "confirmed" in request.GET:
        undoable(
            request, _("Imported %(file)s.") % {"file": found.file_name}, reverse("imports:undo", kwargs={"pk": pk})
        )
    if request.headers.get("HX-Request"):
        return HttpResponse(headers={"HX-Redirect": target})
    return redirect(target)


@needs(Permission.IMPORT_DATA)
@require_POST
def confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """Import for good."""
    return _step(request, pk, operations.confirm)


@needs(Permission.IMPORT_DATA)
@require_POST
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Stop; nothing of the import stays."""
    return _step(request, pk, operations.cancel)


@needs(Permission.IMPORT_DATA)
@require_POST
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a finished import back."""
    return _step(request, pk, operations.request_undo)


def _step(request: HttpRequest, pk: int, operation: Any) -> HttpResponse:
    get_object_or_404(Batch, pk=pk)
    try:
        operation(pk, by=actor(request), at=now())
    except operations.ImportRefused as refusal:
        messages.error(request, str(refusal))
    return redirect("imports:batch", pk=pk)


@needs(Permission.IMPORT_DATA)
@require_safe
def rejected(request: HttpRequest, pk: int) -> FileResponse:
    """Give the rejected rows as the original file with a reason column."""
    found = get_object_or_404(Batch, pk=pk)
    tally = Tally.from_json(found.tally or found.checked or {})
    if not tally.rejected:
        raise Http404
    try:
        path = pipeline.write_rejected(found)
    except (FileProblem, OSError) as problem:
        raise Http404(str(problem)) from problem
    return FileResponse(path.open("rb"), as_attachment=True, filename=path.name)
