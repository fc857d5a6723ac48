"""Making a rule: the form and the text beside each other, with the people whom it chooses."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from regulars.base.clock import now
from regulars.decisions.audiences import RuleError
from regulars.desks.outreach.audiences import builder, operations, queries
from regulars.desks.outreach.audiences.models import Audience, Version
from regulars.desks.outreach.audiences.views.people import shown
from regulars.staff.access import actor, needs
from regulars.staff.rules import Permission
from regulars.ui.context import shop_of
from regulars.ui.toasts import undoable

MAKES = needs(Permission.SEE_CUSTOMERS, Permission.REACH_CUSTOMERS)


@MAKES
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Make an audience; ``?rule=`` begins with a text."""
    return _page(request, None)


@MAKES
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, audience: int) -> HttpResponse:
    """Change an audience's name or rule."""
    return _page(request, get_object_or_404(Audience, pk=audience))


@MAKES
@require_POST
def check(request: HttpRequest) -> HttpResponse:
    """Answer a change with what it means: the count, a sample, the other view. Fragments for the builder page."""
    source = request.GET.get("from", "text")
    if source == "text":
        state = builder.from_text(_text(request), builder.read_fields(request.POST))
    else:
        form = builder.act(builder.read_fields(request.POST), request.POST.get("do", ""))
        state = builder.from_fields(form, _text(request))
    context = _found(request, state, request.POST.get("audience", "")) | {"source": source, "state": state}
    return render(request, "audiences/_checked.html", context | {"groups": builder.word_groups()})


def _text(request: HttpRequest) -> str:
    return request.POST.get("text", "").replace("\0", "").replace("\r\n", "\n")


def _page(request: HttpRequest, audience: Audience | None) -> HttpResponse:
    if request.method == "GET":
        text = audience.rule if audience else request.GET.get("rule", "")[:10_000]
        return _render(request, audience, builder.from_text("" if text == "everybody" else text))
    wish, name = request.POST.get("do", "save"), request.POST.get("name", "")
    state = _changed(request, wish)
    refusal = ""
    if wish == "save" and state.rule is not None:
        try:
            return _save(request, audience, name, state.text)
        except operations.AudienceRefused as refused:
            refusal = str(refused)
        except RuleError as error:
            state.problem = error
    return _render(request, audience, state, name=name, refusal=refusal)


def _changed(request: HttpRequest, wish: str) -> builder.State:
    """Return the state by what was changed last: the text if it is not what was shown, else the form."""
    text, form = _text(request), builder.read_fields(request.POST)
    is_text = wish == "text" or (
        wish in {"save", "look"} and text != request.POST.get("shown", "").replace("\r\n", "\n")
    )
    return builder.from_text(text, form) if is_text else builder.from_fields(builder.act(form, wish), text)


def _save(request: HttpRequest, audience: Audience | None, name: str, text: str) -> HttpResponse:
    by, at = actor(request), now()
    if audience is None:
        made = operations.save_audience(name=name, rule=text, by=by, at=at)
        messages.success(request, _("The audience is saved."))
        return redirect("audiences:show", made.pk)
    before = Version.objects.filter(audience=audience).order_by("-id").first()
    if operations.change_audience(audience.pk, name=name, rule=text, by=by, at=at) and before is not None:
        undoable(
            request, _("The audience is changed."), reverse("audiences:use_version", args=[audience.pk, before.pk])
        )
    return redirect("audiences:show", audience.pk)


def _render(
    request: HttpRequest, audience: Audience | None, state: builder.State, *, name: str | None = None, refusal: str = ""
) -> HttpResponse:
    context = _found(request, state, str(audience.pk) if audience else "") | {
        "nav": "audiences",
        "audience": audience,
        "state": state,
        "name": name if name is not None else audience.name if audience else "",
        "refusal": refusal,
        "groups": builder.word_groups(),
    }
    return render(request, "audiences/build.html", context)


def _found(request: HttpRequest, state: builder.State, audience: str) -> dict[str, Any]:
    """Return the count and the sample of the state's rule; a circle of audiences is a problem of the text."""
    if state.rule is None:
        return {"found": None, "people": []}
    own = Audience.objects.filter(pk=int(audience)).first() if audience.isdecimal() and len(audience) < 15 else None
    at = now()
    try:
        found = queries.find(state.rule, at=at, shop=shop_of(request), audience=own.name if own else "")
    except RuleError as error:
        state.problem = error
        return {"found": None, "people": []}
    return {"found": found, "people": shown(queries.rows_of(found.sample, at=at))}
