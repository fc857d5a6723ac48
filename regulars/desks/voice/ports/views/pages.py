"""The shop's pages: every port, and what one of them was answered."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_GET

from regulars.base.clock import now
from regulars.desks.voice.opinions.models import Opinion
from regulars.desks.voice.opinions.views.pages import shown
from regulars.desks.voice.ports import queries
from regulars.desks.voice.ports.models import Port
from regulars.desks.voice.ports.rules import Question, in_language, read_questions
from regulars.desks.voice.ports.scores import FEWEST, Score
from regulars.messages.identity import identity
from regulars.staff.access import needs
from regulars.staff.rules import Permission

HEARS = needs(Permission.HEAR_CUSTOMERS, Permission.SEE_CUSTOMERS)
SHOWN, LATEST = 200, 10
ABOUT = {
    "shop": gettext_lazy("the shop"), "campaign": gettext_lazy("a campaign"), "journey": gettext_lazy("a journey"),
    "product": gettext_lazy("a product"), "order": gettext_lazy("an order"),
    "insert": gettext_lazy("a card in parcels"),
    "staff": gettext_lazy("a person of the shop"), "store": gettext_lazy("a store"),
}  # fmt: skip
FIGURES = {
    "stars": gettext_lazy("gave 4 or 5 stars"), "csat": gettext_lazy("are satisfied (4 or 5)"),
    "nps": pgettext_lazy("score", "net promoter score"), "ces": gettext_lazy("found it easy (5 to 7)"),
    "yes_no": gettext_lazy("said yes"),
}  # fmt: skip


@HEARS
@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """Show all ports and how many answered."""
    rows = [(port, title_of(port), ABOUT[port.about]) for port in queries.listed()[:SHOWN]]
    return render(request, "ports/list.html", {"nav": "opinions", "ports": rows})


def title_of(port: Port) -> str:
    """Return a port's name; of one that made itself, what it is about."""
    return port.name or f"{ABOUT[port.about]} {port.about_id or ''}".strip().capitalize()


def address_of(request: HttpRequest, port: Port) -> str:
    """Return where the world finds a port."""
    base = (identity().address or request.build_absolute_uri("/")).rstrip("/")
    return base + reverse("ports:open", args=[port.code])


@HEARS
@require_GET
def show(request: HttpRequest, port: int) -> HttpResponse:
    """Show a port: its address, each question's figure, and what was said last."""
    row, at = get_object_or_404(Port, pk=port), now()
    said = Opinion.objects.filter(scope=row.named).order_by("-said_at", "-pk")[:LATEST]
    answered, with_words = queries.counts(row)
    tongue = get_language() or ""
    context = {
        "nav": "opinions", "port": row, "title": title_of(row), "about": ABOUT[row.about],
        "address": address_of(request, row), "script": request.build_absolute_uri(reverse("ports:widget")),
        "answered": answered, "with_words": with_words, "fewest": FEWEST,
        "scores": [_score(score, tongue) for score in queries.scores(row, at=at)],
        "asks": [(in_language(q.text, tongue, "en"), q.kind) for q in read_questions(row.questions)],
        "rows": shown(list(said)),
    }  # fmt: skip
    return render(request, "ports/port.html", context)


def _score(score: Score, tongue: str) -> dict[str, Any]:
    most = max((number for _name, number in score.counts), default=0) or 1
    return {
        "score": score,
        "text": in_language(score.question.text, tongue, "en"),
        "label": FIGURES.get(score.question.kind, ""),
        "counts": [
            (label_of(score.question, name), number, round(100 * number / most), name) for name, number in score.counts
        ],
    }


def label_of(question: Question, value: str) -> Any:
    """Return what was tapped, in words; a choice that is not offered any more is its number."""
    if question.kind == "yes_no":
        return gettext_lazy("Yes") if value == "yes" else gettext_lazy("No")
    if question.kind == "choice" and value in question.values:
        return in_language(question.options[int(value)], get_language() or "", "en")
    return value
