"""The list of imports, and choosing a file."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from django.core.files.uploadedfile import TemporaryUploadedFile, UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from regulars.base.clock import now
from regulars.shop.models import Store
from regulars.sources.csv_upload import operations, presets, queries
from regulars.sources.csv_upload.files import FileProblem
from regulars.sources.csv_upload.models import Batch
from regulars.sources.csv_upload.views import words
from regulars.staff.access import actor, needs
from regulars.staff.models import Staff
from regulars.staff.rules import Permission


@needs(Permission.IMPORT_DATA)
@require_safe
def imports(request: HttpRequest) -> HttpResponse:
    """Show what was imported and what waits for an answer."""
    batches = queries.latest()
    stores = dict(Store.objects.values_list("pk", "name"))
    people = _names(batches)
    shown = [
        {
            "batch": b,
            "state": words.state(b),
            "store": stores.get(b.store_id or 0, ""),
            "by": people.get(b.by, _("Command line") if b.by == "cli" else b.by),
            "counts": b.tally or b.checked,
        }
        for b in batches
    ]
    return render(request, "imports/list.html", {"nav": "imports", "imports": shown})


def _names(batches: Iterable[Batch]) -> dict[str, str]:
    """Return who imported, by the actor's text."""
    ids = {int(kept) for b in batches if (kept := b.by.partition(":")[2]).isdecimal() and b.by.startswith("staff:")}
    return {f"staff:{s.pk}": s.name or s.email for s in Staff.objects.filter(pk__in=ids)}


@needs(Permission.IMPORT_DATA)
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Take a file."""
    stores = list(Store.objects.order_by("name"))
    problem: FileProblem | None = None
    if request.method == "POST":
        store = next((s for s in stores if str(s.pk) == request.POST.get("store")), None)
        upload = request.FILES.get("file")
        if upload is None:
            problem = FileProblem("none", _("No file was chosen."), _("Choose the file that your shop exported."))
        else:
            try:
                with _on_disk(upload) as path:
                    batch, _proposal = operations.start_draft(
                        path=path, name=upload.name or "file", store=store, by=actor(request), at=now()
                    )
                return redirect("imports:columns", pk=batch.pk)
            except FileProblem as found:
                problem = found
    return render(
        request,
        "imports/new.html",
        {
            "nav": "imports",
            "stores": stores,
            "chosen_store": request.POST.get("store", str(stores[0].pk) if len(stores) == 1 else ""),
            "problem": problem,
            "presets": presets.ALL.values(),
            "step": 1,
        },
        status=422 if problem else 200,
    )


@contextmanager
def _on_disk(upload: UploadedFile) -> Iterator[Path]:
    """Give the uploaded file as a path: large ones are on disk already, small ones are written."""
    if isinstance(upload, TemporaryUploadedFile):
        yield Path(upload.temporary_file_path())
        return
    with tempfile.NamedTemporaryFile(prefix="regulars-upload-") as file:
        for chunk in upload.chunks():
            file.write(chunk)
        file.flush()
        yield Path(file.name)
