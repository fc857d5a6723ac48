"""The pages on which customers answer.

A GET changes nothing: mail scanners follow every link, and some press what looks like a mark. A POST needs no cookie,
no page before it and no script. Whoever has a personal link may answer and, for some days, change the answer; the page
shows no name and no address, for links are passed on.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from regulars.base.clock import now
from regulars.base.pictures import PictureError, redrawn
from regulars.base.places import place_of
from regulars.base.scripts import as_response
from regulars.desks.voice.ports import operations, script
from regulars.desks.voice.ports.models import Answer, Port
from regulars.desks.voice.ports.names import OPEN_FOR, open_name, read_name
from regulars.desks.voice.ports.operations import Came
from regulars.desks.voice.ports.rules import (
    END,
    MOST_PHOTOS,
    Given,
    Question,
    in_language,
    read_given,
    read_questions,
    way,
)
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
    own = link.is_own
    if own and not Customer.objects.filter(pk=link.who, erased_at=None).exists():
        raise Http404(_("This link is not one of ours, or its time is over."))
    came = Came(
        link.key, customer=link.who if own else None, order=(link.order or None) if link.kind == "c" else None,
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
    given = _sent(request, questions, before) if request.method == "POST" else None
    # A field that people do not see: what fills it in is a machine, and is thanked like anybody.
    is_machine = bool(request.POST.get("website"))
    problems, state = dict(given.problems) if given else {}, ""
    if given is not None and not problems:
        state = "empty" if given.is_empty else "done" if is_machine else _taken(port, came, given, at)
    values = {**(before.values if before else {}), **(given.values if given else {})}
    context = {
        "port": port, "name": name, "wishes": wishes, "state": state, "problems": problems,
        "takes_photos": any(question.kind == "photo" for question in questions),
        "title": _of(port, tongue, "title") or port.name, "lede": _of(port, tongue, "lede"),
        "thanks": _of(port, tongue, "thanks"), "has_answered": before is not None,
        "questions": [_question(q, tongue, values, request.POST.get(f"a.{q.id}", ""), problems) for q in questions],
        "in_public": [link for ask in IN_PUBLIC if (link := ask(port, came.order)) is not None],
    }  # fmt: skip
    status = _STATUS.get(state, 400 if problems else 200)
    response = render(request, "ports/page.html", context, status=status)
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cache-Control"] = "no-store"
    return response


def _sent(request: HttpRequest, questions: Sequence[Question], before: Answer | None) -> Given:
    """Return what was sent, pictures drawn anew; nothing else is lost where one of them cannot be read."""
    given = read_given(questions, request.POST.dict())
    photos: dict[str, list[bytes]] = {}
    problems = dict(given.problems)
    for question in way(questions, given.values):
        if question.kind != "photo":
            continue
        files = request.FILES.getlist(f"a.{question.id}")
        had = before.photos.filter(question=question.id).count() if before is not None else 0
        try:
            if len(files) + had > MOST_PHOTOS:
                raise PictureError(_("%(most)s pictures at most.") % {"most": MOST_PHOTOS})
            if files:
                photos[question.id] = [redrawn(file.read()) for file in files]
            elif question.is_required and not had:
                problems[question.id] = _("Add a picture first.")
        except PictureError as error:
            problems[question.id] = str(error)
    return Given(given.values, given.words, problems, photos)


def _taken(port: Port, came: Came, given: Any, at: Any) -> str:
    try:
        operations.answer(port, came, given, at=at)
    except operations.TooMany:
        return "too_many"
    except operations.TooLate:
        return "too_late"
    except operations.TooManyPhotos:
        return "too_many_photos"
    return "done"


@public
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def data(request: HttpRequest, code: str) -> HttpResponse:
    """Give an open port's questions to the widget in the shop's own page, or take what was answered there.

    No cookie is looked at and nobody is known by it, so any page may ask; a look records nothing.
    """
    at = now()
    port = Port.objects.filter(code=code.lower(), retired_at=None, is_personal_only=False).first()
    if port is None or (port.expires_at is not None and at >= port.expires_at):
        return _json({"state": "over"}, 410 if port else 404)
    questions = [question for question in read_questions(port.questions) if question.kind != "photo"]
    if request.method != "POST":
        wish = request.GET.get("lang", "") or translation.get_language() or ""
        tongue = "zh-hans" if wish.startswith("zh") else "en"
        with translation.override(tongue):
            asked = [_question(question, tongue, {}, "", {}) for question in questions]
            return _json({
                "name": open_name(port.pk, at=at), "title": _of(port, tongue, "title") or port.name,
                "lede": _of(port, tongue, "lede"), "thanks": _of(port, tongue, "thanks"),
                "questions": [
                    {
                        "id": q["id"], "kind": q["kind"], "text": q["text"], "is_required": q["is_required"],
                        "choices": [[value, str(label)] for value, label, _is_chosen in q["choices"]],
                        "ends": [str(end) for end in q["ends"]] if q["ends"] else None, "leads": q["leads"],
                    }
                    for q in asked
                ],
            })  # fmt: skip
    link = read_name(port.pk, request.POST.get("name", ""))
    if link is None or link.kind != "o" or link.issued_at is None or at > link.issued_at + OPEN_FOR:
        return _json({"state": "over"}, 404)
    given = read_given(questions, request.POST.dict())
    came = Came(link.key, language=translation.get_language() or "", place=place_of(request))
    state = "problems" if given.problems else "empty" if given.is_empty else _taken(port, came, given, at)
    return _json({"state": state, "problems": list(given.problems)}, _STATUS.get(state, 200))


_STATUS = {"problems": 400, "empty": 400, "too_many": 429, "too_late": 410, "too_many_photos": 400}


def _json(said: dict[str, Any], status: int = 200) -> HttpResponse:
    response = JsonResponse(said, status=status)
    response["Access-Control-Allow-Origin"] = "*"
    response["Cache-Control"] = "no-store"
    return response


@public
@require_safe
def widget(request: HttpRequest) -> HttpResponse:
    """Send the script that asks in the shop's own pages."""
    return as_response(script.answer, request)


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
