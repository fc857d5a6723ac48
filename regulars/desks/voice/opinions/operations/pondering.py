"""A person reads an opinion and decides what it is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from regulars.base.actor import Actor
from regulars.desks.voice.opinions import kinds
from regulars.desks.voice.opinions.models import Opinion, Pondering
from regulars.stream.operations import record

# Rooms that keep what was decided of an opinion are told here, inside the transaction, which ones wait again.
ON_UNPONDERED: list[Callable[[Sequence[int], Actor, datetime], None]] = []


def ponder(opinions: Iterable[int], *, how: str, by: Actor, at: datetime) -> int:
    """Write down that a person read these and decided; return how many waited until now.

    What says the same in nearly the same words is read with it. One that was pondered takes the later decision if it
    says more: "answered" and "need" stand over "noted", never the other way round.
    """
    chosen = Pondering.How(how)
    with transaction.atomic():
        named = set(opinions)
        rows = Opinion.objects.filter(Q(pk__in=named) | Q(same_as_id__in=named)).values_list(
            "pk", "customer_id", "store_id"
        )
        news = 0
        for pk, customer, store in list(rows):
            row, is_new = Pondering.objects.get_or_create(
                opinion_id=pk, defaults={"how": chosen, "at": at, "by": str(by)}
            )
            if not is_new:
                if chosen == Pondering.How.NOTED or row.how == chosen:
                    continue
                Pondering.objects.filter(pk=row.pk).update(how=chosen, at=at, by=str(by))
            news += is_new
            body = kinds.Pondered(opinion=pk, how=how)
            key = f"opinion.pondered:{pk}:{how}:{at.isoformat()}"
            subject = f"opinion:{pk}"
            record("opinion.pondered", key, body, by=by, at=at, customer=customer, store=store, subject=subject)
    return news


def unponder(opinions: Iterable[int], *, by: Actor, at: datetime) -> int:
    """Put opinions, and what says the same, back among what waits; return how many were not there."""
    back, named = list[int](), set(opinions)
    same = Q(opinion_id__in=named) | Q(opinion__same_as_id__in=named)
    with transaction.atomic():
        for row in list(Pondering.objects.filter(same).select_related("opinion")):
            row.delete()
            back.append(row.opinion_id)
            body, key = (
                kinds.Unpondered(opinion=row.opinion_id),
                f"opinion.unpondered:{row.opinion_id}:{at.isoformat()}",
            )
            said = row.opinion
            record(
                "opinion.unpondered", key, body, by=by, at=at, customer=said.customer_id, store=said.store_id,
                subject=f"opinion:{said.pk}",
            )  # fmt: skip
        for listener in ON_UNPONDERED:
            listener(back, by, at)
    return len(back)


def put_beside(first: int, others: Iterable[int]) -> int:
    """Put opinions that say nearly the same beside the first of them, while all of them wait; return how many."""
    waits = Opinion.objects.filter(pondering=None, taken_back_at=None, same_as=None)
    with transaction.atomic():
        if not waits.filter(pk=first).exists():
            return 0
        moved = list(waits.filter(pk__in=set(others) - {first}).values_list("pk", flat=True))
        # Whoever stood beside one of them stands beside the first now: there are no chains.
        return int(Opinion.objects.filter(Q(pk__in=moved) | Q(same_as_id__in=moved)).update(same_as=first))
