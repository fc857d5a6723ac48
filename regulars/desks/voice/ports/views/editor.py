"""Making a port from a ready set, and changing what it asks. Without a script: each press of a button saves."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from regulars.base.clock import local_midnight, now
from regulars.base.installation import shop_settings
from regulars.desks.voice.ports import operations
from regulars.desks.voice.ports.models import Port
from regulars.desks.voice.ports.ready import READY, Row
from regulars.desks.voice.ports.rules import MOST_TAPS, QuestionError
from regulars.desks.voice.ports.views.pages import ABOUT, title_of
from regulars.shop.models import Product, Store
from regulars.staff.access import actor, needs
from regulars.staff.models import Staff
from regulars.staff.rules import Permission

MAKES = needs(Permission.HEAR_CUSTOMERS, Permission.SEE_CUSTOMERS, Permission.REACH_CUSTOMERS)
BY_HAND = ("shop", "insert", "product", "store", "staff")
KINDS = {
    "stars": pgettext_lazy("question", "Stars, 1 to 5"), "csat": pgettext_lazy("question", "Satisfaction, 1 to 5"),
    "nps": pgettext_lazy("question", "Recommending, 0 to 10"), "ces": pgettext_lazy("question", "Ease, 1 to 7"),
    "yes_no": pgettext_lazy("question", "Yes or no"), "choice": pgettext_lazy("question", "A choice"),
    "text": pgettext_lazy("question", "Words"), "photo": pgettext_lazy("question", "Pictures"),
}  # fmt: skip
PARTS = {
    "title": gettext_lazy("Heading"), "lede": gettext_lazy("Below the heading"),
    "thanks": gettext_lazy("When it is sent"),
}  # fmt: skip


class NewPort(forms.Form):
    """A new port."""

    name = forms.CharField(
        label=gettext_lazy("Name"), max_length=80, help_text=gettext_lazy("For yourselves; customers do not see it.")
    )
    ready = forms.ChoiceField(label=gettext_lazy("Questions to begin with"), widget=forms.RadioSelect)
    about = forms.ChoiceField(label=gettext_lazy("What it is about"), choices=[(key, ABOUT[key]) for key in BY_HAND])
    about_id = forms.IntegerField(
        label=gettext_lazy("Its number"), required=False, min_value=1,
        help_text=gettext_lazy("Of a product, a store or a person of the shop: the number in its page's address."),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(key, f"{found.name}: {found.help}") for key, found in READY.items()]
        self.fields["ready"].choices = choices  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Check that what the port is about exists."""
        said = self.cleaned_data
        models: dict[str, Any] = {"product": Product, "store": Store, "staff": Staff}
        model, number = models.get(said.get("about", "")), said.get("about_id")
        if model is not None and (number is None or not model.objects.filter(pk=number).exists()):
            self.add_error("about_id", _("There is none with this number."))
        if model is None:
            said["about_id"] = None
        return said


@MAKES
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Make a port, then show it."""
    start = {"ready": "opinion", "about": request.GET.get("about", "shop"), "about_id": request.GET.get("about_id")}
    form = NewPort(request.POST) if request.method == "POST" else NewPort(initial=start)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        ready = READY[said["ready"]]
        row = operations.add_port(
            name=said["name"], about=said["about"], about_id=said["about_id"], questions=list(ready.questions),
            texts=ready.texts, by=actor(request), at=now(),
        )  # fmt: skip
        messages.success(request, _("The port is open."))
        return redirect("ports:port", row.pk)
    return render(request, "ports/new.html", {"nav": "opinions", "form": form}, status=400 if form.errors else 200)


@MAKES
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, port: int) -> HttpResponse:
    """Change the words around the questions, and the questions."""
    row = get_object_or_404(Port, pk=port)
    said = request.POST
    problem = ""
    questions: list[Row] = row.questions
    texts: dict[str, dict[str, str]] = row.texts
    name, days, is_personal_only = row.name, row.edit_days, row.is_personal_only
    zone, keyword = shop_settings().zone, row.keyword or ""
    last_day = (row.expires_at - timedelta(seconds=1)).astimezone(zone).date().isoformat() if row.expires_at else ""
    if request.method == "POST":
        questions, texts = _questions(said, row.questions), _texts(said)
        name = said.get("name", "").strip()
        days_said = said.get("edit_days", "")
        days = min(90, int(days_said)) if days_said.isascii() and days_said.isdigit() else row.edit_days
        is_personal_only = "is_personal_only" in said
        last_day, keyword = said.get("last_day", ""), said.get("keyword", "")
        try:
            expires_at = _end_of(last_day, zone)
            changed = operations.change_port(
                port, name=name, questions=questions, texts=texts, is_personal_only=is_personal_only, edit_days=days,
                expires_at=expires_at, keyword=keyword, by=actor(request), at=now(),
            )  # fmt: skip
        except QuestionError as error:
            problem = _problem(error)
        except operations.KeywordTaken:
            problem = _("“%(word)s” is the keyword of another port. Choose another one.") % {"word": keyword[:20]}
        except (ValueError, OverflowError):
            problem = _("“%(said)s” is no day. Write it as 2026-12-31, or leave it empty.") % {"said": last_day[:20]}
        else:
            messages.success(request, _("Kept.") if changed else _("Nothing was different."))
            return redirect("ports:edit" if said.get("do") == "more" else "ports:port", port)
    context = {
        "nav": "opinions", "port": row, "title": title_of(row), "problem": problem, "name": name, "edit_days": days,
        "is_personal_only": is_personal_only, "last_day": last_day,
        "keyword": keyword,
        "kinds": KINDS.items(), "languages": settings.LANGUAGES,
        "parts": [
            (part, label, [(code, tongue, texts.get(code, {}).get(part, "")) for code, tongue in settings.LANGUAGES])
            for part, label in PARTS.items()
        ],
        "questions": [_shown(n, question) for n, question in enumerate(questions)],
    }  # fmt: skip
    return render(request, "ports/edit.html", context, status=400 if problem else 200)


def _end_of(day: str, zone: ZoneInfo) -> datetime | None:
    """Return the instant at which a day of the shop ends; None of no day. Raises ValueError."""
    return local_midnight(date.fromisoformat(day) + timedelta(days=1), zone) if day.strip() else None


def _shown(number: int, question: Row) -> dict[str, Any]:
    options = question.get("options") or []
    return {
        "n": number,
        "kind": question["kind"],
        "label": KINDS.get(question["kind"], question["kind"]),
        "texts": [(code, tongue, question["text"].get(code, "")) for code, tongue in settings.LANGUAGES],
        "options": [
            (code, tongue, "\n".join(option.get(code, "") for option in options)) for code, tongue in settings.LANGUAGES
        ]
        if question["kind"] == "choice"
        else [],
        "is_required": question.get("is_required", False),
    }


def _texts(said: QueryDict) -> dict[str, dict[str, str]]:
    return {
        code: {part: said.get(f"{part}.{code}", "").replace("\0", "").strip()[:300] for part in PARTS}
        for code, _tongue in settings.LANGUAGES
    }


def _questions(said: QueryDict, before: list[Row]) -> list[Row]:
    """Return the questions as the form has them: those left in, in their order, and a new one where it has words."""
    kept: list[Row] = []
    for n, question in enumerate(before):
        if f"q{n}.out" in said:
            continue
        kept.append(
            {
                **question,
                "text": _by_language(said, f"q{n}.text"),
                "options": _options(said, f"q{n}.options") if question["kind"] == "choice" else [],
                "is_required": f"q{n}.required" in said,
            }
        )
    gone = {question["id"] for question in before} - {question["id"] for question in kept}
    for question in kept:
        question["jumps"] = [jump for jump in question.get("jumps") or [] if jump["go_to"] not in gone]
    text = _by_language(said, "new.text")
    if any(text.values()):
        taken = {question["id"] for question in before}
        name = next(f"q{n}" for n in range(1, len(taken) + 2) if f"q{n}" not in taken)
        options = _options(said, "new.options") if said.get("new.kind") == "choice" else []
        kept.append({"id": name, "kind": said.get("new.kind", ""), "text": text, "options": options})
    return kept


def _by_language(said: QueryDict, name: str) -> dict[str, str]:
    return {code: said.get(f"{name}.{code}", "").strip() for code, _tongue in settings.LANGUAGES}


def _options(said: QueryDict, name: str) -> list[dict[str, str]]:
    """Return the lines of each language side by side."""
    lines = {code: said.get(f"{name}.{code}", "").splitlines() for code, _tongue in settings.LANGUAGES}
    found = [
        {code: texts[n].strip() for code, texts in lines.items() if n < len(texts)}
        for n in range(max(map(len, lines.values()), default=0))
    ]
    return [option for option in found if any(option.values())]


def _problem(error: QuestionError) -> str:
    number = {"number": error.question}
    return {
        "none": _("Ask at least one question."),
        "too_many": _("These are too many questions for one sitting: take some out."),
        "too_many_taps": ngettext(
            "To answer must take no more than %(most)d tap: take a question out.",
            "To answer must take no more than %(most)d taps: take a question out.",
            MOST_TAPS,
        ) % {"most": MOST_TAPS},
        "no_text": _("Question %(number)d has no words. Write them, or take it out.") % number,
        "options": _("Question %(number)d needs from 2 to 12 answers to choose from, one on each line.") % number,
        "no_option": _("Question %(number)d has an answer without words.") % number,
    }.get(error.code, _("Question %(number)d cannot be asked so.") % number)  # fmt: skip


@MAKES
@require_POST
def decide(request: HttpRequest, port: int) -> HttpResponse:
    """Put a port away, or bring it back."""
    row, by, at, do = get_object_or_404(Port, pk=port), actor(request), now(), request.POST.get("do", "")
    if do == "retire" and operations.retire_port(row.pk, by=by, at=at):
        messages.success(request, _("Nobody is asked by this port any more. What was answered stays."))
    elif do == "restore" and operations.restore_port(row.pk, by=by, at=at):
        messages.success(request, _("The port is open."))
    return redirect("ports:port", row.pk)
