"""Campaigns as a list, one with what became of it, and the decisions on it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy
from django.views.decorators.http import require_GET, require_POST

from regulars.base.clock import now
from regulars.desks.outreach.campaigns import operations, queries
from regulars.desks.outreach.campaigns.forms import CHANNELS
from regulars.desks.outreach.campaigns.models import Campaign
from regulars.desks.outreach.campaigns.readout import read_out
from regulars.messages.why import reason_words
from regulars.staff.access import actor, needs
from regulars.staff.rules import Permission

REACHES = needs(Permission.REACH_CUSTOMERS)
SHOWN = 100
STATES: dict[str, tuple[Any, str]] = {
    "draft": (gettext_lazy("Draft"), "quiet"), "scheduled": (gettext_lazy("Waits for its hour"), "quiet"),
    "broken": (gettext_lazy("Cannot go on"), "bad"), "paused": (gettext_lazy("Paused"), "warn"),
    "sending": (gettext_lazy("On its way"), "good"), "finished": (gettext_lazy("Done"), "good"),
    "cancelled": (gettext_lazy("Cancelled"), "quiet"),
}  # fmt: skip
TOUCHES = {
    "ready": gettext_lazy("Ready to leave"), "held": gettext_lazy("Waits"), "claimed": gettext_lazy("Just leaving"),
    "handed_over": pgettext_lazy("messages", "Left"), "delivered": gettext_lazy("Arrived"),
    "bounced": pgettext_lazy("messages", "Came back"),
    "complained": gettext_lazy("Marked as spam"), "unknown": gettext_lazy("May have left"),
    "failed": gettext_lazy("Refused"), "dropped": gettext_lazy("Not written to"),
    "cancelled": gettext_lazy("Taken back"),
}  # fmt: skip
HALTED = {
    "by_hand": gettext_lazy("Paused by hand."),
    "bounces": gettext_lazy("Stopped by itself: too many addresses were dead. Look into where they came from."),
    "complaints": gettext_lazy("Stopped by itself: too many readers marked it as spam."),
}


@REACHES
@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """Show all campaigns, latest first."""
    rows = list(Campaign.objects.select_related("audience").order_by("-at")[:SHOWN])
    found = [(s, *STATES[s.state]) for s in queries.standings(rows)]
    return render(request, "campaigns/list.html", {"nav": "campaigns", "campaigns": found})


@REACHES
@require_GET
def campaign(request: HttpRequest, campaign: int) -> HttpResponse:
    """Show a campaign: what it lacks before it is started, what became of it afterwards."""
    row = get_object_or_404(Campaign.objects.select_related("audience", "freeze"), pk=campaign)
    standing = queries.standing(row)
    label, tone = STATES[standing.state]
    context: dict[str, Any] = {
        "nav": "campaigns", "campaign": row, "standing": standing, "label": label, "tone": tone,
        "channels": [dict(CHANNELS).get(name, name) for name in row.channels],
    }  # fmt: skip
    if standing.state == "draft":
        problems = operations.problems_of(row)
        context |= {"problems": problems, "is_ready": not any(p.blocks for p in problems)}
        return render(request, "campaigns/draft.html", context)
    found, names = read_out(row, at=now()), dict(CHANNELS)
    context |= {
        "counts": [(state, TOUCHES[state], standing.counts[state]) for state in TOUCHES if standing.counts[state]],
        "left_out": _why(row, "dropped"),
        "waits": _why(row, "held"),
        "next": queries.first_release(row),
        "halted": HALTED.get(standing.halted_for, ""),
        "found": found,
        "ways": [(names.get(line.name, line.name), line) for line in found.channels] if found else [],
        "texts": [(line.name.upper(), line) for line in found.variants] if found else [],
    }
    return render(request, "campaigns/campaign.html", context)


def _why(row: Campaign, state: str) -> list[tuple[str, int]]:
    return [
        (", ".join(reason_words(reasons, code)) or _("nothing any more"), number)
        for reasons, code, number in queries.reasons(row, state)
    ]


@REACHES
@require_POST
def decide(request: HttpRequest, campaign: int) -> HttpResponse:
    """Start, pause, resume, cancel, or try again what was refused."""
    row, by, at = get_object_or_404(Campaign, pk=campaign), actor(request), now()
    do = request.POST.get("do", "")
    if do == "start":
        try:
            operations.start(row.pk, by=by, at=at)
        except operations.CampaignRefused:
            messages.error(request, _("It cannot start yet: see below what it lacks."))
        else:
            messages.success(request, _("Started."))
    elif do == "pause" and operations.pause(row.pk, by=by, at=at):
        messages.success(request, _("Paused. What a worker had in hand may still leave."))
    elif do == "resume" and operations.resume(row.pk, by=by, at=at):
        messages.success(request, _("It goes on."))
    elif do == "cancel" and (count := operations.cancel(row.pk, by=by, at=at)) is not None:
        text = ngettext("%(n)d message was taken back.", "%(n)d messages were taken back.", count)
        messages.success(request, text % {"n": count})
    elif do == "retry":
        count = operations.retry(row.pk, by=by, at=at)
        text = ngettext("%(n)d message is tried again.", "%(n)d messages are tried again.", count)
        messages.success(request, text % {"n": count})
    return redirect("campaigns:campaign", row.pk)
