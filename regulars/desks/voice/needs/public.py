"""The page of what changed: what customers asked for, and what the shop did. No names, nobody's words."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_GET

from regulars.desks.voice.needs.names import name_of
from regulars.desks.voice.needs.queries import deeds as queries
from regulars.messages.writing import choose
from regulars.staff.access import public

MOST = 100


@public
@require_GET
def heard(request: HttpRequest) -> HttpResponse:
    """Show what was done, latest first, in the reader's language where there is one."""
    language, rows = get_language() or "en", []
    for deed in queries.shown()[:MOST]:
        assert deed.done_at is not None
        code, text = choose(deed.public, language, "en")
        n = len(queries.asked(deed, until=deed.done_at))
        rows.append((deed, name_of(deed.need), text, code, n if n >= queries.FEWEST_NAMED else 0))
    return render(request, "needs/heard.html", {"rows": rows})
