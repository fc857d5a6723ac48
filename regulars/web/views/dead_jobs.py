"""Background work that was given up after several attempts: tried again or put aside by a person."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from regulars.base.clock import now
from regulars.base.models import Job
from regulars.staff.access import actor, needs
from regulars.staff.rules import Permission
from regulars.web.operations import decide_on_job

SHOWN = 100


@needs(Permission.MANAGE_SETTINGS)
@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """Show what was given up, longest waiting first."""
    found = Job.objects.filter(state=Job.State.DEAD).order_by("finished_at", "id")[:SHOWN]
    rows = [(job, _reason(job.error)) for job in found]
    return render(request, "web/dead_jobs.html", {"nav": "settings", "rows": rows})


def _reason(error: str) -> str:
    """Return the last line of a traceback: what went wrong."""
    lines = error.strip().splitlines()
    return lines[-1] if lines else ""


@needs(Permission.MANAGE_SETTINGS)
@require_POST
def decide(request: HttpRequest, job: int) -> HttpResponse:
    """Have it tried again, or put it aside."""
    is_tried_again = request.POST.get("decision") != "aside"
    if not decide_on_job(job=job, is_tried_again=is_tried_again, by=actor(request), at=now()):
        messages.info(request, _("Somebody has decided this already."))
    elif is_tried_again:
        messages.success(request, _("It is being tried again."))
    else:
        messages.success(request, _("Put aside."))
    return redirect("web:dead_jobs")
