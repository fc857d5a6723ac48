"""The desk: one opinion after the other, each with what it may name; the next is there already."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from regulars.base.clock import now
from regulars.desks.voice.needs import operations
from regulars.desks.voice.needs.models import Need
from regulars.desks.voice.needs.queries import sorting as queries
from regulars.desks.voice.opinions import queries as opinions
from regulars.desks.voice.opinions.models import Opinion
from regulars.desks.voice.opinions.operations import ponder, unponder
from regulars.desks.voice.opinions.views.pages import HEARS
from regulars.desks.voice.opinions.views.pages import shown as opinions_shown
from regulars.insight.themes.taxonomy import themes
from regulars.staff.access import actor


def card(opinion: Opinion) -> dict[str, Any]:
    """Return what ``needs/_card.html`` shows of an opinion."""
    found = queries.choices(opinion)
    return {"shown": opinions_shown([opinion])[0], "near": found[: queries.KEYS], "others": found[queries.KEYS :]}


@HEARS
@require_GET
def sort(request: HttpRequest) -> HttpResponse:
    """Show the opinion that waits longest, or the one that was asked for, and have the next one ready."""
    asked = request.GET.get("opinion", "")
    waiting = queries.waiting_now()
    if asked.isdecimal() and len(asked) < 18:
        first = get_object_or_404(Opinion.objects.filter(taken_back_at=None).exclude(fingerprint=b""), pk=int(asked))
        waiting = [first, *[row for row in queries.waiting_now(after=first.pk, most=1) if row.pk != first.pk]]
    count, since = opinions.longest_waiting()
    context = {
        "nav": "opinions", "cards": [card(row) for row in waiting[:2]], "count": count, "since": since,
        "last": queries.last_decided(str(actor(request))),
    }  # fmt: skip
    return render(request, "needs/sort.html", context)


@HEARS
@require_POST
def decide(request: HttpRequest, opinion: int) -> HttpResponse:
    """Take what a person decided of an opinion; answer with the one after the next, or go to the next."""
    row = get_object_or_404(Opinion, pk=opinion)
    do, by, at = request.POST.get("do", ""), actor(request), now()
    needs = chosen(request) if do in {"confirm", "answered"} else []
    if needs:
        operations.confirm(row.pk, needs, by=by, at=at, is_answered=do == "answered")
    elif do in {"noted", "answered"}:
        ponder([row.pk], how=do, by=by, at=at)
    else:
        messages.error(request, _("Choose a need, or name a new one. If it names none, it is noted."))
        return redirect(f"{reverse('needs:sort')}?opinion={row.pk}")
    if not request.headers.get("HX-Request"):
        return redirect("needs:sort")
    ahead = request.POST.get("ahead", "")
    rest = queries.waiting_now(after=int(ahead) if ahead.isdecimal() and len(ahead) < 18 else None, most=1)
    context = {"card": card(rest[0]) if rest else None, "count": opinions.longest_waiting()[0]}
    return render(request, "needs/_ahead.html", context)


def chosen(request: HttpRequest) -> list[int]:
    """Return the needs that a form names; a theme that nobody named yet, and a new one, become needs now."""
    by, at, found = actor(request), now(), set[int]()
    for value in request.POST.getlist("need")[:50]:
        theme = value.removeprefix("theme:")
        if theme != value and theme in themes():
            found.add(operations.need_of_theme(theme, by=by, at=at).pk)
        elif value.isdecimal() and len(value) < 18:
            found.update(Need.objects.filter(pk=int(value)).values_list("pk", flat=True))
    if name := request.POST.get("new", "").strip():
        found.add(operations.make_need({get_language() or "en": name}, by=by, at=at).pk)
    return sorted(found)


@HEARS
@require_POST
def undo(request: HttpRequest, opinion: int) -> HttpResponse:
    """Put an opinion back and show it again."""
    row = get_object_or_404(Opinion, pk=opinion)
    unponder([row.pk], by=actor(request), at=now())
    return redirect(f"{reverse('needs:sort')}?opinion={row.pk}")
