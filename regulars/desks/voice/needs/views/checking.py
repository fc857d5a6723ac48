"""The weekly double check: a second person says what an opinion is, not knowing what the first one said."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from regulars.base.clock import now
from regulars.desks.voice.needs import operations
from regulars.desks.voice.needs.models import Check
from regulars.desks.voice.needs.queries import sorting as queries
from regulars.desks.voice.needs.views.desk import chosen
from regulars.desks.voice.opinions.sealing import words_of
from regulars.desks.voice.opinions.views.pages import HEARS
from regulars.staff.access import actor


@HEARS
@require_GET
def check(request: HttpRequest) -> HttpResponse:
    """Show the next opinion to check. What the first person said of it is nowhere on the page."""
    waiting = queries.to_be_checked(str(actor(request)), at=now())
    context: dict[str, object] = {"nav": "opinions", "count": len(waiting)}
    if waiting:
        row = waiting[0]
        # Only the words: a proposal, or the order by probability, would lead the second person to the same answer.
        context |= {
            "check": row,
            "words": words_of([row.opinion]).get(row.opinion_id),
            "choices": queries.plain_choices(),
        }
    return render(request, "needs/check.html", context)


@HEARS
@require_POST
def answer(request: HttpRequest, check: int) -> HttpResponse:
    """Take what the second person said."""
    row = get_object_or_404(Check, pk=check)
    needs = chosen(request)
    if not needs and "none" not in request.POST:
        messages.error(request, _("Choose a need, or say that it names none."))
        return redirect("needs:check")
    try:
        operations.answer_check(row.pk, needs, by=actor(request), at=now())
    except PermissionError:
        messages.error(request, _("You decided this one yourself; somebody else has to check it."))
    return redirect("needs:check")
