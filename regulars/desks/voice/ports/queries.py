"""What is read of ports."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from django.db.models import Count, Max, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from regulars.desks.voice.opinions.models import Opinion
from regulars.desks.voice.opinions.queries import Note
from regulars.desks.voice.ports.models import Answer, AnswerPhoto, Port
from regulars.desks.voice.ports.rules import read_questions
from regulars.desks.voice.ports.scores import Score, score

SPAN = timedelta(days=90)
MOST = 20_000  # answers that a figure is worked out of, the latest


def listed() -> QuerySet[Port]:
    """Return ports with how many answered, in use first, then by the latest answer."""
    return Port.objects.annotate(answers=Count("answer"), last=Max("answer__submitted_at")).order_by(
        "retired_at", "-last", "-pk"
    )


def scores(port: Port, *, at: datetime) -> list[Score]:
    """Return the figure of each question over the last 90 days, beside the 90 before."""
    since, before = at - SPAN, at - 2 * SPAN
    rows = list(
        Answer.objects.filter(port=port, submitted_at__gt=before, submitted_at__lte=at)
        .order_by("-submitted_at")
        .values_list("submitted_at", "values")[:MOST]
    )
    now_, then = [v for t, v in rows if t > since], [v for t, v in rows if t <= since]
    return [
        score(q, [v.get(q.id) for v in now_], [v.get(q.id) for v in then])
        for q in read_questions(port.questions)
        if q.is_tap
    ]


def photos_beside(opinions: Sequence[int]) -> Mapping[int, Sequence[Note]]:
    """Return for opinions the pictures that came with them, each behind a note."""
    found: dict[int, list[Note]] = {}
    photos = AnswerPhoto.objects.filter(answer__opinion_id__in=opinions).order_by("pk")
    for opinion, pk in photos.values_list("answer__opinion_id", "pk"):
        notes = found.setdefault(opinion, [])
        notes.append(Note(_("picture %(n)s") % {"n": len(notes) + 1}, reverse("ports:photo", args=[pk])))
    return found


def counts(port: Port) -> tuple[int, int]:
    """Return how many answered a port, and how many of them wrote something."""
    with_words = Opinion.objects.filter(scope=port.named).filter(~Q(fingerprint=b""))
    return Answer.objects.filter(port=port).count(), with_words.count()
