"""Who stands behind a count of a journey."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from regulars.desks.outreach.journeys import queries, words
from regulars.desks.outreach.journeys.models import Journey
from regulars.desks.outreach.journeys.queries import Listed
from regulars.desks.outreach.journeys.steps import flow_of
from regulars.messages.why import reason_words
from regulars.people.models import Customer
from regulars.staff.access import needs
from regulars.staff.rules import Permission

SIZE = 50
WHAT: dict[str, Any] = {
    "waiting": _("Are here now"), "passed": _("Went on"), "written": _("Were written to"),
    "held": _("Message waits"), "dropped": _("Not written to"), "left": _("Left early"),
}  # fmt: skip


@needs(Permission.REACH_CUSTOMERS, Permission.SEE_CUSTOMERS)
@require_GET
def index(request: HttpRequest, journey: int) -> HttpResponse:
    """List the people of a step of a version, or of all its steps."""
    row = get_object_or_404(Journey, pk=journey)
    versions = queries.versions(row)
    wanted, step = request.GET.get("version", ""), request.GET.get("step", "")
    version = next((v for v, _n in versions if str(v.number) == wanted), versions[0][0] if versions else None)
    if version is None:
        raise Http404
    what, after = request.GET.get("what", ""), request.GET.get("after", "")
    what = what if what in WHAT else "waiting"
    flow = flow_of(version.plan.steps)
    step = step if step in flow else ""
    from_row = int(after) if after.isdecimal() and len(after) < 18 else 0
    found = queries.people(version, step=step, what=what, after=from_row, most=SIZE + 1)
    context = {
        "nav": "journeys", "journey": row, "shown": version, "step": step, "what": what, "label": WHAT[what],
        "says": words.describe(flow[step].step) if step else "", "rows": _rows(found[:SIZE]),
        "kinds": [(name, label, name == what) for name, label in WHAT.items()],
        "steps": [(name, words.describe(place.step), name == step) for name, place in flow.items()],
        "next": found[SIZE - 1].key if len(found) > SIZE else None, "is_first": from_row == 0,
    }  # fmt: skip
    return render(request, "journeys/people.html", context)


def _rows(found: list[Listed]) -> list[dict[str, Any]]:
    roots = dict(Customer.objects.filter(pk__in={one.customer for one in found}).values_list("pk", "root_id"))
    names = dict(Customer.objects.filter(pk__in=set(roots.values())).values_list("pk", "name"))
    return [
        {
            "root": (root := roots.get(one.customer, one.customer)),
            "name": names.get(root, ""),
            "at": one.at,
            "why": ", ".join(reason_words(one.reasons, one.code)) or words.WHY.get(one.why, ""),
        }
        for one in found
    ]
