"""The pages on which customers answer.

A GET changes nothing: mail scanners follow every link, and some press what looks like a mark. A POST needs no cookie,
no page before it and no script. Whoever has a personal link may answer and, for some days, change the answer; the page
shows no name and no address, for links are passed on.
"""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from regulars.base.clock import now
from regulars.base.places import place_of
from regulars.desks.voice.ports import operations
from regulars.desks.voice.ports.models import Answer, Port
from regulars.desks.voice.ports.names import OPEN_FOR, open_name, read_name
from regulars.desks.voice.ports.operations import Came
from regulars.desks.voice.ports.rules import END, Question, in_language, read_given, read_questions
from regulars.messages.models import Touch
from regulars.messages.names import touch_of
from regulars.people.models import Customer
from regulars.staff.access import public

# Where else somebody may say it in public. Shown after every answer alike, whatever its mark.
IN_PUBLIC: list[Any] = []


@public
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest, code: str, name: str = "") -> HttpResponse:
    """Show a port, by its short code or by somebody's own link to it; take an answer."""
    at = now()
    port = Port.objects.filter(code=code.lower()).first()
    if port is None:
        raise Http404(_("There are no such questions."))
    if port.retired_at is not None or (port.expires_at is not None and at >= port.expires_at):
        return _over(request, port)
    name = name or request.POST.get("name", "")
    if not name:
        if port.is_personal_only:
            raise Http404(_("These questions are asked by a link of your own."))
        name = open_name(port.pk, at=at)
    link = read_name(port.pk, name)
    if link is None or (link.until is not None and at >= link.until):
        raise Http404(_("This link is not one of ours, or its time is over."))
    if link.kind == "o" and link.issued_at is not None and at > link.issued_at + OPEN_FOR:
        raise Http404(_("This page is too old. Open the questions again."))
    own = link.kind == "c"
    if own and not Customer.objects.filter(pk=link.who, erased_at=None).exists():
        raise Http404(_("This link is not one of ours, or its time is over."))
    came = Came(
        link.key, customer=link.who if own else None, order=link.order or None,
        language=translation.get_language() or "", place="" if own else place_of(request),
    )  # fmt: skip
    return _shown(request, port, came, name if not own else "")


@public
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def of_message(request: HttpRequest, name: str) -> HttpResponse:
    """Show the port of what a message belongs to; its reader comes by the link at the message's foot."""
    number = touch_of(name)
    touch = Touch.objects.select_related("sending").filter(pk=number).first() if number is not None else None
    owner = Customer.objects.filter(pk=touch.customer_id).first() if touch else None
    root = Customer.objects.filter(pk=owner.root_id, erased_at=None).first() if owner else None
    if touch is None or root is None:
        raise Http404(_("This link is not one of ours, or leads to somebody whom we have forgotten."))
    scope, at = touch.sending.scope, now()
    if request.method != "POST":
        # A look makes nothing, not even the port: it is shown as it would be made.
        found = Port.objects.filter(scope=scope).first() or operations.unsaved_port(scope)
    else:
        found = operations.port_of_scope(scope, at=at)
    if found.retired_at is not None or (found.expires_at is not None and at >= found.expires_at):
        return _over(request, found)
    came = Came(f"t{touch.pk}", customer=root.pk, touch=touch.pk, language=translation.get_language() or "")
    return _shown(request, found, came, "", wishes=name)


def _over(request: HttpRequest, port: Port) -> HttpResponse:
    """Say kindly that it is too late: a card in a drawer outlives what it asks."""
    context = {"title": _of(port, translation.get_language() or "", "title") or port.name}
    response = render(request, "ports/over.html", context, status=410)
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


def _shown(request: HttpRequest, port: Port, came: Came, name: str, *, wishes: str = "") -> HttpResponse:
    questions, at = read_questions(port.questions), now()
    tongue = translation.get_language() or ""
    before = Answer.objects.filter(port=port, link=came.link).first() if port.pk else None
    given = read_given(questions, request.POST.dict()) if request.method == "POST" else None
    # A field that people do not see: what fills it in is a machine, and is thanked like anybody.
    is_machine = bool(request.POST.get("website"))
    problems, state = dict(given.problems) if given else {}, ""
    if given is not None and not problems:
        state = "empty" if given.is_empty else "done" if is_machine else _taken(port, came, given, at)
    values = {**(before.values if before else {}), **(given.values if given else {})}
    context = {
        "port": port, "name": name, "wishes": wishes, "state": state, "problems": problems,
        "title": _of(port, tongue, "title") or port.name, "lede": _of(port, tongue, "lede"),
        "thanks": _of(port, tongue, "thanks"), "has_answered": before is not None,
        "questions": [_question(q, tongue, values, request.POST.get(f"a.{q.id}", ""), problems) for q in questions],
        "in_public": [link for ask in IN_PUBLIC if (link := ask(port, came.order)) is not None],
    }  # fmt: skip
    status = {"empty": 400, "too_many": 429, "too_late": 410}.get(state, 400 if problems else 200)
    response = render(request, "ports/page.html", context, status=status)
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cache-Control"] = "no-store"
    return response


def _taken(port: Port, came: Came, given: Any, at: Any) -> str:
    try:
        operations.answer(port, came, given, at=at)
    except operations.TooMany:
        return "too_many"
    except operations.TooLate:
        return "too_late"
    return "done"


def _of(port: Port, tongue: str, part: str) -> str:
    texts = {language: parts.get(part, "") for language, parts in port.texts.items()}
    return in_language(texts, tongue, "en")


def _question(
    question: Question, tongue: str, values: dict[str, Any], words: str, problems: dict[str, str]
) -> dict[str, Any]:  # fmt: skip
    labels = [in_language(option, tongue, "en") for option in question.options]
    if question.kind == "yes_no":
        labels = [_("Yes"), _("No")]
    chosen = str(values.get(question.id, ""))
    return {
        "id": question.id,
        "kind": question.kind,
        "text": in_language(question.text, tongue, "en"),
        "choices": [
            (value, labels[n] if labels else value, value == chosen) for n, value in enumerate(question.values)
        ],
        "ends": ENDS.get(question.kind),
        "words": words,
        "is_required": question.is_required,
        "problem": problems.get(question.id, ""),
        "leads": [
            {"to": jump.go_to if jump.go_to != END else "", "up_to": jump.up_to, "values": jump.values}
            for jump in question.jumps
        ],
    }


ENDS = {
    "stars": (translation.gettext_lazy("not at all"), translation.gettext_lazy("very much")),
    "csat": (translation.gettext_lazy("bad"), translation.gettext_lazy("very good")),
    "nps": (translation.gettext_lazy("not at all likely"), translation.gettext_lazy("very likely")),
    "ces": (translation.gettext_lazy("I disagree"), translation.gettext_lazy("I agree")),
}
