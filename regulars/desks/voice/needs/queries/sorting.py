"""The desk at which one opinion after the other is read, and what may be said of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count

from regulars.desks.voice.needs.models import Check, Need, Voice
from regulars.desks.voice.needs.names import is_safety, name_of
from regulars.desks.voice.needs.rules import root_of
from regulars.desks.voice.opinions import queries as opinions
from regulars.desks.voice.opinions.models import Opinion
from regulars.insight.themes.taxonomy import Kind, themes

KEYS = 9  # as many as a keyboard has for one press
SURE = 0.5  # a proposal from here on is ticked already; a person still has to say yes


@dataclass(frozen=True, slots=True)
class Choice:
    """A need that may be chosen. ``value`` is a need's id, or ``theme:late`` of one that nobody named yet."""

    value: str
    name: str
    probability: float | None = None
    is_safety: bool = False
    key: int = 0

    @property
    def is_sure(self) -> bool:
        return self.probability is not None and self.probability >= SURE


def waiting_now(*, after: int | None = None, most: int = 2) -> list[Opinion]:
    """Return what is read next, the longest-waiting first; ``after``: without this one and what stood before it."""
    found = opinions.waiting().filter(same_as=None).order_by("heard_at", "pk")
    if after is not None:
        found = found.exclude(pk=after)
    return list(found[:most])


def choices(opinion: Opinion | None) -> list[Choice]:
    """Return every need for one opinion: the proposed ones first, then the usual ones, each with its key."""
    needs = Need.objects.in_bulk()
    parents = {pk: need.merged_into_id for pk, need in needs.items()}
    proposed: dict[int, float] = {}
    for voice in Voice.objects.filter(opinion=opinion) if opinion is not None else ():
        root = root_of(parents, voice.need_id)
        sure = 1.0 if voice.confirmed_at is not None else voice.probability or 0.0
        proposed[root] = max(sure, proposed.get(root, 0.0))
    usual = dict(
        Voice.objects.filter(confirmed_at__isnull=False).values_list("need_id").annotate(n=Count("pk")).order_by("-n")
    )
    found = [
        Choice(str(need.pk), name_of(need), proposed.get(need.pk), is_safety(need))
        for need in needs.values()
        if need.merged_into_id is None
    ]
    known = {need.theme for need in needs.values()}
    found += [
        Choice(f"theme:{key}", name_of(Need(theme=key)), None, theme.is_first)
        for key, theme in themes().items()
        if key not in known and theme.kind != Kind.OTHER
    ]
    order = sorted(
        found,
        key=lambda c: (-(c.probability or 0.0), -usual.get(int(c.value), 0) if c.value.isdecimal() else 0, c.name),
    )
    return [
        Choice(c.value, c.name, c.probability, c.is_safety, number if number <= KEYS else 0)
        for number, c in enumerate(order, 1)
    ]


def last_decided(by: str) -> int | None:
    """Return the opinion that this person decided last: what "undo" takes back."""
    found = Opinion.objects.filter(pondering__by=by, same_as=None, taken_back_at=None)
    return found.order_by("-pondering__at", "-pk").values_list("pk", flat=True).first()


def to_be_checked(by: str, *, at: datetime) -> list[Check]:
    """Return what this person may check a second time: the last four weeks' samples, what others decided."""
    since = at.date() - timedelta(days=28)
    found = Check.objects.filter(second_at=None, week__gte=since, opinion__taken_back_at=None).exclude(first_by=by)
    return list(found.select_related("opinion").order_by("week", "pk"))


def answered_checks(*, at: datetime, weeks: int = 8) -> Sequence[tuple[list[int], list[int]]]:
    """Return the pairs of answers of the last weeks."""
    since = at.date() - timedelta(weeks=weeks)
    found = Check.objects.filter(second_at__isnull=False, week__gte=since)
    parents = dict(Need.objects.values_list("pk", "merged_into_id"))

    def now_called(needs: list[int]) -> list[int]:
        # Needs that were found to be one since do not make two people disagree.
        return sorted({root_of(parents, need) for need in needs})

    return [(now_called(first), now_called(second or [])) for first, second in found.values_list("first", "second")]


def plain_choices() -> list[Choice]:
    """Return every need by name, without any hint which."""
    found = choices(None)
    return sorted((Choice(c.value, c.name, None, c.is_safety) for c in found), key=lambda choice: choice.name)
