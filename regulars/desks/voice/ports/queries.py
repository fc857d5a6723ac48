"""What is read of ports."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Count, Max, Q, QuerySet

from regulars.desks.voice.opinions.models import Opinion
from regulars.desks.voice.ports.models import Answer, Port
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


def counts(port: Port) -> tuple[int, int]:
    """Return how many answered a port, and how many of them wrote something."""
    with_words = Opinion.objects.filter(scope=port.named).filter(~Q(fingerprint=b""))
    return Answer.objects.filter(port=port).count(), with_words.count()
