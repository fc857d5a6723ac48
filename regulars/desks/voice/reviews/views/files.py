"""Taking in reviews that were written elsewhere."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from regulars.base.clock import now
from regulars.desks.voice.reviews import operations
from regulars.desks.voice.reviews.formats import MOST_BYTES
from regulars.desks.voice.reviews.models import ReviewFile
from regulars.desks.voice.reviews.operations import FileError
from regulars.desks.voice.reviews.words import ORIGINS
from regulars.staff.access import actor, needs
from regulars.staff.rules import Permission
from regulars.ui.tables import paginate
from regulars.ui.templatetags.ui import number

IMPORTS = needs(Permission.HEAR_CUSTOMERS, Permission.SEE_CUSTOMERS, Permission.IMPORT_DATA)
FROM = [(code, label) for code, label in ORIGINS.items() if code != "own"]


class FileForm(forms.Form):
    """A file, and where it comes from."""

    origin = forms.ChoiceField(label=gettext_lazy("Where it comes from"), choices=FROM)
    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy("CSV as the tool writes it, in UTF-8 or GBK, at most 20 MB."),
    )  # fmt: skip


@IMPORTS
@require_http_methods(["GET", "POST"])
def index(request: HttpRequest) -> HttpResponse:
    """Show what was taken in so far; look a new file through."""
    form = FileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        sent = form.cleaned_data["file"]
        try:
            found = operations.read_file(
                sent.read(MOST_BYTES + 1),
                origin=form.cleaned_data["origin"],
                name=sent.name,
                by=actor(request),
                at=now(),
            )
            return redirect("reviews:file", found.pk)
        except FileError as error:
            form.add_error("file", str(error))
    page = paginate(ReviewFile.objects.order_by("-pk"), request, size=20)
    context = {
        "nav": "opinions", "form": form, "page": page, "files": [(row, ORIGINS[row.origin]) for row in page.rows],  # type: ignore[attr-defined]
    }  # fmt: skip
    return render(request, "reviews/files.html", context, status=400 if form.errors else 200)


@IMPORTS
@require_GET
def show(request: HttpRequest, file: int) -> HttpResponse:
    """Show what a file holds, what is wrong with it, and how far it is taken in."""
    found = get_object_or_404(ReviewFile, pk=file)
    context = {
        "nav": "opinions", "file": found, "origin": ORIGINS[found.origin], "fit": found.rows - found.unfit,
        "known": found.read - found.taken - found.unfit if found.state == "done" else 0,
    }  # fmt: skip
    return render(request, "reviews/file.html", context)


@IMPORTS
@require_POST
def decide(request: HttpRequest, file: int) -> HttpResponse:
    """Take a file in, or take it back."""
    get_object_or_404(ReviewFile, pk=file)
    do, by, at = request.POST.get("do", ""), actor(request), now()
    if do == "take":
        operations.take_file(file, by=by, at=at)
    elif do == "undo":
        count = operations.undo_file(file, by=by, at=at)
        text = ngettext("%(count)s review is taken back.", "%(count)s reviews are taken back.", count)
        messages.success(request, text % {"count": number(count)})
    else:
        messages.error(request, _("Choose what to do with the file."))
    return redirect("reviews:file", file)
