"""What a message of a journey's draft says: as a customer reads it, and sent to whoever writes it."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from regulars.base.clock import now
from regulars.desks.outreach.campaigns.trying import chosen_reader, read_all, send_to_oneself
from regulars.desks.outreach.journeys import queries, saying, words
from regulars.desks.outreach.journeys.models import Journey, Version
from regulars.desks.outreach.journeys.steps import Message, flow_of
from regulars.messages.operations import NewSending
from regulars.staff.access import needs
from regulars.staff.rules import Permission

REACHES = needs(Permission.REACH_CUSTOMERS)


def _message(journey: int, step: str) -> tuple[Journey, Message, list[NewSending]]:
    """Return a message of the draft with what it says on each channel, as if somebody came to it now."""
    row = get_object_or_404(Journey, pk=journey)
    place = flow_of(row.plan.steps).get(step)
    if place is None or not isinstance(place.step, Message):
        raise Http404
    draft, message = Version(journey=row, number=0, **row.plan.write()), place.step
    return row, message, [saying.sending_of(draft, message, channel, at=now()) for channel in message.channels]


@REACHES
@require_GET
def preview(request: HttpRequest, journey: int, step: str) -> HttpResponse:
    """Show how a message reads to one customer: of those in the journey, of the latest, or who is asked for."""
    row, message, sendings = _message(journey, step)
    context: dict[str, Any] = {"nav": "journeys", "journey": row, "step": step, "says": words.describe(message)}
    context |= chosen_reader(request, queries.readers(row))
    context["shown"] = read_all([("", new) for new in sendings], context["reader"]) if context["reader"] else []
    context["has_mail"] = any(new.channel == "email" and new.content for new in sendings)
    return render(request, "journeys/preview.html", context)


@REACHES
@require_POST
def test(request: HttpRequest, journey: int, step: str) -> HttpResponse:
    """Send a message's mail to whoever is signed in, as the first reader would get it."""
    row, _message_step, sendings = _message(journey, step)
    if not send_to_oneself(request, sendings, queries.readers(row)):
        raise Http404
    return redirect("journeys:preview", row.pk, step)
