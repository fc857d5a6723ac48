"""The weekly double check: a second person says what a sample of opinions is, without seeing what the first said."""

from __future__ import annotations

import random
from collections.abc import Collection
from datetime import date, datetime

from django.db import transaction

from regulars.base.actor import Actor
from regulars.desks.voice.needs import kinds
from regulars.desks.voice.needs.models import Check, Voice
from regulars.desks.voice.opinions.models import Pondering
from regulars.stream.operations import record

SAMPLE = 50  # a week; enough for a kappa whose error is about 0.1


def draw_checks(week: date, *, since: datetime, until: datetime) -> int:
    """Draw a week's sample of what people decided in it; return how many are new. Drawn twice it is the same.

    The more a shop decides, the smaller the part of it: the sample is by chance, and always the same for a week.
    """
    with transaction.atomic():
        if Check.objects.filter(week=week).exists():
            return 0
        found = Pondering.objects.filter(at__gte=since, at__lt=until, opinion__taken_back_at=None)
        found = found.filter(opinion__same_as=None).exclude(opinion__fingerprint=b"")
        decided = list(found.order_by("opinion_id").values_list("opinion_id", "by"))
        drawn = sorted(random.Random(str(week)).sample(decided, min(SAMPLE, len(decided))))
        rows = [Check(week=week, opinion_id=pk, first=_said_of(pk), first_by=by) for pk, by in drawn]
        Check.objects.bulk_create(rows)
    return len(rows)


def _said_of(opinion: int) -> list[int]:
    voices = Voice.objects.filter(opinion_id=opinion).exclude(confirmed_at=None)
    return sorted(voices.values_list("need_id", flat=True))


def answer_check(check: int, needs: Collection[int], *, by: Actor, at: datetime) -> bool:
    """Write down what a second person found; no needs means "none of them". False if it is answered already.

    PermissionError for the first person: nobody checks herself.
    """
    second = sorted(set(needs))
    with transaction.atomic():
        row = Check.objects.select_for_update().get(pk=check)
        if row.first_by == str(by):
            raise PermissionError("a decision is checked by another person than the one who took it")
        answered = {"second": second, "second_by": str(by), "second_at": at}
        if not Check.objects.filter(pk=check, second_at=None).update(**answered):
            return False
        body = kinds.CheckAnswered(check=check, agrees=second == row.first)
        record("check.answered", f"check.answered:{check}", body, by=by, at=at, subject=f"opinion:{row.opinion_id}")
    return True
