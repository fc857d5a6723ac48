"""What is read of opinions. Everything received is either pondered or waits; there is no third place."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, Min, Q, QuerySet, Value

from regulars.base.clock import local_midnight
from regulars.desks.voice.opinions.models import Case, Opinion, Pondering
from regulars.desks.voice.opinions.sealing import Words, words_of
from regulars.people.models import Customer


@dataclass(frozen=True, slots=True)
class Note:
    """A word beside an opinion, of a room that knows more about it. ``tone`` as of a badge: good, warn, bad, quiet."""

    text: str
    href: str = ""
    tone: str = "quiet"


# Such rooms say here what they know of opinions, by id.
NOTES: list[Callable[[Sequence[int]], Mapping[int, Sequence[Note]]]] = []

# Pages of other rooms that go on from here: (label, name of the address).
ROOMS: list[tuple[Any, str]] = []


@dataclass(frozen=True, slots=True)
class Day:
    """What was received on a day, and what became of it since: ``received == pondered + waiting``."""

    date: date
    received: int
    pondered: int

    @property
    def waiting(self) -> int:
        """Return how many of the day still wait."""
        return self.received - self.pondered


@dataclass(frozen=True, slots=True)
class Row:
    """An opinion as a list shows it. ``words`` is None where they were taken back or erased."""

    opinion: Opinion
    words: Words | None
    who: Customer | None
    alike: int  # others that say the same in nearly the same words
    pondering: Pondering | None
    case: Case | None
    notes: Sequence[Note] = ()


def received() -> QuerySet[Opinion]:
    """Return the opinions that have, or had, words: what somebody must read."""
    return Opinion.objects.filter(Q(taken_back_at__isnull=False) | ~Q(fingerprint=b""))


def waiting() -> QuerySet[Opinion]:
    """Return what nobody has pondered yet. What was taken back waits for nobody."""
    return Opinion.objects.filter(pondering=None, taken_back_at=None).exclude(fingerprint=b"")


def days(*, until: datetime, zone: ZoneInfo, most: int = 30) -> list[Day]:
    """Return the last days, today first: received, pondered, waiting, by the shop's calendar.

    What its author took back counts as pondered: there is nothing left to read.
    """
    today = until.astimezone(zone).date()
    first = today - timedelta(days=most - 1)
    found = received().filter(heard_at__gte=local_midnight(first, zone), heard_at__lt=until)
    tally = {first + timedelta(days=n): [0, 0] for n in range(most)}
    columns = found.values_list("heard_at", "pondering__id", "taken_back_at")
    for heard_at, pondering, taken_back_at in columns.iterator(chunk_size=5_000):
        row = tally[heard_at.astimezone(zone).date()]
        row[0] += 1
        row[1] += pondering is not None or taken_back_at is not None
    return [Day(day, *counts) for day, counts in sorted(tally.items(), reverse=True)]


def rows(opinions: Sequence[Opinion]) -> list[Row]:
    """Return opinions with all that a list shows of them, in a handful of queries."""
    ids = [opinion.pk for opinion in opinions]
    words = words_of(opinions)
    people = _people({o.customer_id for o in opinions if o.customer_id is not None})
    alike = dict(Opinion.objects.filter(same_as_id__in=ids).values_list("same_as_id").annotate(n=Count("pk")))
    pondering = {row.opinion_id: row for row in Pondering.objects.filter(opinion_id__in=ids)}
    cases = {row.opinion_id: row for row in Case.objects.filter(opinion_id__in=ids)}
    notes: dict[int, list[Note]] = {}
    for ask in NOTES:
        for pk, said in ask(ids).items():
            notes.setdefault(pk, []).extend(said)
    return [
        Row(
            opinion, words.get(opinion.pk), people.get(opinion.customer_id or 0), alike.get(opinion.pk, 0),
            pondering.get(opinion.pk), cases.get(opinion.pk), notes.get(opinion.pk, ()),
        )
        for opinion in opinions
    ]  # fmt: skip


def _people(customers: Iterable[int]) -> dict[int, Customer]:
    """Return for each customer the record that stands for the person."""
    roots = dict(Customer.objects.filter(pk__in=set(customers)).values_list("pk", "root_id"))
    people = Customer.objects.in_bulk(set(roots.values()))
    return {pk: people[root] for pk, root in roots.items() if root in people}


def open_cases() -> QuerySet[Case]:
    """Return the cases that are open, longest-waiting first."""
    return Case.objects.filter(closed_at=None).select_related("opinion").order_by("opened_at", "pk")


def longest_waiting() -> tuple[int, datetime | None]:
    """Return how many opinions wait, and since when the first of them."""
    found = waiting().filter(same_as=None).aggregate(count=Count("pk"), since=Min("heard_at"))
    return found["count"], found["since"]


def work() -> dict[str, tuple[int, datetime]]:
    """Return how much waits and since when, of ``cases`` and ``waiting``; what is empty is left out.

    One statement for both: Today asks every room, and each question more is felt there.
    """
    cases = Case.objects.filter(closed_at=None).values(pile=Value("cases"))
    unread = waiting().filter(same_as=None).values(pile=Value("waiting"))
    both = cases.annotate(count=Count("pk"), since=Min("opened_at")).union(
        unread.annotate(count=Count("pk"), since=Min("heard_at")), all=True
    )
    return {row["pile"]: (row["count"], row["since"]) for row in both if row["count"]}
