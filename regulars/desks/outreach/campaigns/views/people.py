"""Who got a campaign, who did not, and why."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from regulars.base.clock import now
from regulars.desks.outreach.audiences.operations import record_download
from regulars.desks.outreach.campaigns import queries
from regulars.desks.outreach.campaigns.forms import CHANNELS
from regulars.desks.outreach.campaigns.models import Campaign
from regulars.desks.outreach.campaigns.views.show import TOUCHES
from regulars.messages.models import Touch, Wish
from regulars.messages.operations import unwish, wish
from regulars.messages.standing import standings, touches_of, wishes_in_force
from regulars.messages.why import reason_words
from regulars.people.models import Customer
from regulars.staff.access import actor, needs
from regulars.staff.rules import Permission
from regulars.ui.tables import csv_response

SIZE = 50
AT_ONCE = 2_000
WISHES = (
    (Wish.Kind.PAUSE, gettext_lazy("Wants a pause")),
    (Wish.Kind.NOT_PERSONALISED, gettext_lazy("Wants nothing chosen by what she did")),
    (Wish.Kind.UNDER_AGE, gettext_lazy("Is under age")),
)


@needs(Permission.REACH_CUSTOMERS, Permission.SEE_CUSTOMERS)
@require_GET
def index(request: HttpRequest, campaign: int) -> HttpResponse:
    """List the messages of a campaign with the people they are for."""
    row = get_object_or_404(Campaign, pk=campaign)
    state, after = _asked(request)
    found = queries.touches(row, state=state, after=after, most=SIZE + 1)
    context = {
        "nav": "campaigns", "campaign": row, "state": state, "rows": list(_rows(found[:SIZE])),
        "states": [(name, label, name == state) for name, label in TOUCHES.items()],
        "next": found[SIZE - 1].pk if len(found) > SIZE else None, "is_first": after == 0,
    }  # fmt: skip
    return render(request, "campaigns/people.html", context)


def _asked(request: HttpRequest) -> tuple[str, int]:
    state, after = request.GET.get("state", ""), request.GET.get("after", "")
    return state if state in TOUCHES else "", int(after) if after.isdecimal() and len(after) < 18 else 0


def _rows(touches: list[Touch]) -> Iterator[dict[str, Any]]:
    ids = {touch.customer_id for touch in touches}
    roots = dict(Customer.objects.filter(pk__in=ids).values_list("pk", "root_id"))
    names = dict(Customer.objects.filter(pk__in=set(roots.values())).values_list("pk", "name"))
    channels = dict(CHANNELS)
    for touch in touches:
        root = roots.get(touch.customer_id, touch.customer_id)
        yield {
            "root": root,
            "name": names.get(root, ""),
            "channel": channels.get(touch.channel, touch.channel),
            "text": touch.sending.step.upper(),
            "state": TOUCHES[touch.state],
            "why": ", ".join(reason_words(touch.reasons, touch.code)),
            "code": "" if touch.code in {"same_address", "same_person"} else touch.code,
            "at": touch.left_at or touch.release_at or touch.decided_at,
        }


@needs(Permission.REACH_CUSTOMERS, Permission.SEE_CUSTOMERS, Permission.EXPORT_DATA)
@require_GET
def export(request: HttpRequest, campaign: int) -> HttpResponseBase:
    """Send the list as a file, without contact data."""
    row = get_object_or_404(Campaign, pk=campaign)
    state, _after = _asked(request)
    if row.audience_id is not None:
        record_download(audience=row.audience_id, freeze=None, with_contacts=False, by=actor(request), at=now())
    header = [_("Customer"), _("Name"), _("Channel"), _("Text"), _("State"), _("Why"), _("When")]
    return csv_response(f"campaign-{row.pk}", header, _lines(row, state))


def _lines(row: Campaign, state: str) -> Iterator[list[Any]]:
    after = 0
    while part := queries.touches(row, state=state, after=after, most=AT_ONCE):
        after = part[-1].pk
        for line in _rows(part):
            at = line["at"].isoformat(timespec="seconds")
            yield [line["root"], line["name"], line["channel"], line["text"], line["state"], line["why"], at]


@needs(Permission.REACH_CUSTOMERS, Permission.SEE_CUSTOMERS)
@require_GET
def of_customer(request: HttpRequest, customer: int) -> HttpResponse:
    """Show the last messages meant for a person, what became of each, and why."""
    found = get_object_or_404(Customer, pk=customer)
    root = Customer.objects.get(pk=found.root_id)
    touches = list(touches_of(root.pk, most=SIZE))
    titles = {c.scope: c.name for c in Campaign.objects.filter(pk__in=_campaigns(touches))}
    rows = [
        line | {"title": titles.get(touch.sending.scope, touch.sending.scope), "scope": touch.sending.scope}
        for touch, line in zip(touches, _rows(touches), strict=True)
    ]
    context = {
        "nav": "customers", "who": root, "rows": rows, "standings": standings(root.pk), "channels": dict(CHANNELS),
        "wishes": (wishes := wishes_in_force(root.pk, at=now())),
        "known": [(kind, label, any(w.kind == kind for w in wishes)) for kind, label in WISHES],
    }  # fmt: skip
    return render(request, "campaigns/customer.html", context)


@needs(Permission.REACH_CUSTOMERS, Permission.SEE_CUSTOMERS, Permission.EDIT_CUSTOMERS)
@require_POST
def wish_for(request: HttpRequest, customer: int) -> HttpResponse:
    """Keep, or let go, what a customer told the shop otherwise than by her own page."""
    found = get_object_or_404(Customer, pk=customer, erased_at=None)
    do, by, at = request.POST.get("do", ""), actor(request), now()
    kind, _colon, verb = do.partition(":")
    if kind in (Wish.Kind.PAUSE, Wish.Kind.UNDER_AGE, Wish.Kind.NOT_PERSONALISED):
        if verb == "on":
            wish(customer=found.root_id, kind=kind, by=by, at=at)
        else:
            unwish(customer=found.root_id, kind=kind, by=by, at=at)
        messages.success(request, _("Kept. It holds before the next message leaves."))
    return redirect("campaigns:customer", found.root_id)


def _campaigns(touches: list[Touch]) -> set[int]:
    kinds = (touch.sending.scope.partition(":") for touch in touches)
    return {int(number) for kind, _colon, number in kinds if kind == "campaign" and number.isdecimal()}
