"""Where one need may be several, and two may be one: proposals for a person, worked out when she asks for them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, F, QuerySet

from regulars.desks.voice.needs.models import Need, Voice
from regulars.desks.voice.needs.names import name_of
from regulars.desks.voice.needs.rules import root_of
from regulars.desks.voice.opinions.models import Opinion
from regulars.desks.voice.opinions.sealing import words_of
from regulars.insight.themes import drafts
from regulars.shop.models import Lot

MOST = 500  # opinions of a need that are compared, the latest
MOST_EACH = 60  # of each need, where all of them are compared
LEAST = 3  # opinions of a part
QUOTES = 3


@dataclass(frozen=True, slots=True)
class Part:
    """Opinions of a need that seem to say a thing of their own. ``label``: words that tell it from the others."""

    label: str
    opinions: Sequence[int]
    quotes: Sequence[str]


def parts_of(family: Sequence[int]) -> list[Part]:
    """Return what a need may be split into, the greatest part first; nothing where it says one thing."""
    rows = list(_said(family).order_by("-said_at", "-pk")[:MOST])
    words = words_of(rows)
    known = [row.pk for row in rows if row.pk in words]
    texts = [words[pk].text for pk in known]
    return [
        Part(
            ", ".join(draft.label), [known[place] for place in draft.places],
            [texts[place] for place in draft.quotes(QUOTES)],
        )
        for draft in drafts.split(texts, least=LEAST)
    ]  # fmt: skip


def _said(family: Sequence[int]) -> QuerySet[Opinion]:
    named = Opinion.objects.filter(voice__need_id__in=family, voice__confirmed_at__isnull=False, taken_back_at=None)
    return named.exclude(sealed=b"").distinct()


@dataclass(frozen=True, slots=True)
class Pair:
    """Two needs of which much the same is said. ``likeness``: 0 to 1."""

    one: Need
    other: Need
    names: tuple[str, str]
    likeness: float


def pairs() -> list[Pair]:
    """Return needs that may be one, the likeliest first."""
    needs = Need.objects.in_bulk()
    parents = {pk: need.merged_into_id for pk, need in needs.items()}
    voices = Voice.objects.filter(confirmed_at__isnull=False, opinion__taken_back_at=None).order_by("-confirmed_at")
    of: defaultdict[int, list[int]] = defaultdict(list)
    for need, opinion in voices.values_list("need_id", "opinion_id").iterator():
        mine = of[root_of(parents, need)]
        if len(mine) < MOST_EACH:
            mine.append(opinion)
    words = words_of(Opinion.objects.filter(pk__in={pk for found in of.values() for pk in found}))
    texts = {str(need): [words[pk].text for pk in found if pk in words] for need, found in of.items()}
    found = [(needs[int(pair.one)], needs[int(pair.other)], pair.likeness) for pair in drafts.alike(texts)]
    return [Pair(one, other, (name_of(one), name_of(other)), likeness) for one, other, likeness in found]


def lots_of(family: Sequence[int], most: int = 5) -> list[tuple[Lot, int]]:
    """Return the lots that those who named a need had bought, of the product they speak of: the most named first."""
    named = Opinion.objects.filter(voice__need_id__in=family, voice__confirmed_at__isnull=False, taken_back_at=None)
    counted = named.filter(order__lotline__lot__product_id=F("product_id")).values_list("order__lotline__lot_id")
    found = list(counted.annotate(n=Count("pk", distinct=True)).order_by("-n", "order__lotline__lot_id")[:most])
    lots = Lot.objects.in_bulk([pk for pk, _n in found])
    return [(lots[pk], n) for pk, n in found]
