"""The answers behind a port's figures, and the people behind the answers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from django.core.files.storage import default_storage
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from regulars.base.clock import now
from regulars.desks.voice.opinions.sealing import words_of
from regulars.desks.voice.ports.models import Answer, AnswerPhoto, Port
from regulars.desks.voice.ports.queries import SPAN
from regulars.desks.voice.ports.rules import Question, in_language, read_questions
from regulars.desks.voice.ports.views.pages import HEARS, label_of, title_of
from regulars.people.models import Customer
from regulars.staff.access import needs
from regulars.staff.rules import Permission
from regulars.ui.tables import csv_response, paginate

SIZE, AT_ONCE = 50, 500


def _taps(port: Port) -> list[Question]:
    return [question for question in read_questions(port.questions) if question.is_tap]


def _chosen(request: HttpRequest, port: Port, at: datetime) -> tuple[QuerySet[Answer], str]:
    """Return the answers that the URL asks for (``?q=stars&v=2``), and what it asks for in words."""
    found = Answer.objects.filter(port=port, submitted_at__gt=at - SPAN, submitted_at__lte=at)
    name, value = request.GET.get("q", ""), request.GET.get("v", "")
    question = next((q for q in _taps(port) if q.id == name and value in q.values), None)
    if question is not None:
        found = found.filter(**{f"values__{name}": value if question.best is None else int(value)})
    text = f"{in_language(question.text, get_language() or '', 'en')} {label_of(question, value)}" if question else ""
    return found.order_by("-submitted_at", "-pk"), text


@HEARS
@require_GET
def answers(request: HttpRequest, port: int) -> HttpResponse:
    """Show the answers of a port, all or those behind one bar of a figure."""
    row = get_object_or_404(Port, pk=port)
    found, text = _chosen(request, row, now())
    page, asks = paginate(found, request, size=SIZE), _taps(row)
    tongue = get_language() or ""
    context = {
        "nav": "opinions", "port": row, "title": title_of(row), "page": page, "chosen": text,
        "asks": [in_language(question.text, tongue, "en") for question in asks], "width": len(asks) + 3,
        "lines": _lines(page.rows, asks),  # type: ignore[arg-type]
    }  # fmt: skip
    return render(request, "ports/answers.html", context)


def _lines(rows: Sequence[Answer], asks: Sequence[Question]) -> list[dict[str, Any]]:
    roots = dict(
        Customer.objects.filter(pk__in={row.customer_id for row in rows if row.customer_id}).values_list(
            "pk", "root_id"
        )
    )
    people = Customer.objects.in_bulk(set(roots.values()))
    opinions = [row.opinion for row in rows if row.opinion is not None]
    words = words_of(opinions)
    photos: dict[int, list[int]] = {}
    sent = AnswerPhoto.objects.filter(answer__in=[row.pk for row in rows]).order_by("pk")
    for answer, photo in sent.values_list("answer_id", "pk"):
        photos.setdefault(answer, []).append(photo)
    return [
        {
            "at": row.submitted_at, "who": people.get(roots.get(row.customer_id or 0, 0)), "opinion": row.opinion_id,
            "words": words[row.opinion_id].text if row.opinion_id in words else "",
            "photos": photos.get(row.pk, []),
            "values": [label_of(q, str(row.values[q.id])) if q.id in row.values else "–" for q in asks],
        }
        for row in rows
    ]  # fmt: skip


@HEARS
@require_GET
def photo(request: HttpRequest, photo: int) -> HttpResponseBase:
    """Send a picture that came with an answer."""
    found = get_object_or_404(AnswerPhoto, pk=photo)
    if not default_storage.exists(found.file):
        raise Http404(_("There is no such picture."))
    response = FileResponse(default_storage.open(found.file), content_type="image/jpeg")
    response["Cache-Control"] = "private, max-age=3600"
    return response


@needs(Permission.HEAR_CUSTOMERS, Permission.SEE_CUSTOMERS, Permission.EXPORT_DATA)
@require_GET
def export(request: HttpRequest, port: int) -> HttpResponseBase:
    """Send the answers as a file, with customers by their numbers."""
    row, tongue = get_object_or_404(Port, pk=port), get_language() or ""
    found, _text = _chosen(request, row, now())
    asks = _taps(row)
    texts = [in_language(question.text, tongue, "en") for question in asks]
    return csv_response(f"port-{port}", [_("Answered"), _("Customer"), *texts, _("Words")], _cells(found, asks))


def _cells(found: QuerySet[Answer], asks: Sequence[Question]) -> Iterator[list[Any]]:
    ids = list(found.values_list("pk", flat=True))
    for start in range(0, len(ids), AT_ONCE):
        part = Answer.objects.select_related("opinion").in_bulk(ids[start : start + AT_ONCE])
        for line in _lines([part[pk] for pk in ids[start : start + AT_ONCE] if pk in part], asks):
            at = line["at"].isoformat(timespec="seconds")
            yield [at, line["who"].pk if line["who"] else "", *map(str, line["values"]), line["words"]]
