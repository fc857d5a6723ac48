"""Asking rules: who is in an audience, how many they are, and how that changed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db import connection
from django.db.models import Count, Max

from regulars.base.installation import ShopSettings, shop_settings
from regulars.base.money import to_minor
from regulars.decisions.audiences import WORDS, Asked, Fact, Fragment, Rule, Texts, facts_of, parse, select
from regulars.desks.outreach.audiences import typing
from regulars.desks.outreach.audiences.base import BASE
from regulars.desks.outreach.audiences.models import Audience, AudienceSize, Freeze, Member
from regulars.shop.queries.customers import SORTS, CustomerFilter, CustomerRow, listing
from regulars.shop.queries.keyset import window

SAMPLE = 10
AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Found:
    """How many people a rule chooses, and the root ids of a few of them: the same few while nothing changes."""

    count: int
    sample: Sequence[int]


@dataclass(frozen=True, slots=True)
class Listed:
    """An audience as the list shows it. ``course``: its sizes by day, oldest first."""

    audience: Audience
    course: Sequence[int]
    frozen_at: datetime | None
    freezes: int

    @property
    def size(self) -> int | None:
        """Return the last size that was taken."""
        return self.course[-1] if self.course else None

    @property
    def change(self) -> int | None:
        """Return by how much the last size differs from the one of a week before, or the oldest since."""
        return self.course[-1] - self.course[max(0, len(self.course) - 8)] if len(self.course) > 1 else None


def read(text: str) -> Rule:
    """Return the rule that a text writes. Raises RuleError."""
    return parse(text, WORDS)


def asking(*, at: datetime, shop: ShopSettings | None = None, audience: str = "") -> Asked:
    """Return when and where rules are asked; ``audience`` is whose rule it is, if any."""
    settings = shop or shop_settings()

    def minor(amount: Decimal) -> int:
        return to_minor(amount, settings.currency)

    return Asked(at, settings.zone, minor, WORDS, (audience,) if audience else ())


def question(rule: Rule, *, at: datetime, audience: str = "") -> Fragment:
    """Return the SELECT of everybody whom ``rule`` chooses at ``at``.

    Raises RuleError if audiences are made of each other in a circle.
    """
    return select(rule, asking(at=at, audience=audience), BASE)


def find(rule: Rule, *, at: datetime, shop: ShopSettings | None = None, audience: str = "") -> Found:
    """Return how many people a rule chooses and a sample of them, quickly while the rule is being typed.

    Raises RuleError as ``question`` does.
    """
    people = typing.people_of(rule, asking(at=typing.minute(at), shop=shop, audience=audience))
    return Found(int(people.sum()), typing.pick(people, SAMPLE))


def count(rule: Rule, *, at: datetime) -> int:
    """Return how many people a rule chooses."""
    asked = question(rule, at=at)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM ({asked.sql}) AS found", list(asked.params))  # noqa: S608 - as above
        return int(cursor.fetchone()[0])


def members(rule: Rule, *, at: datetime) -> list[int]:
    """Return the root ids of everybody whom a rule chooses, ascending."""
    asked = question(rule, at=at)
    with connection.cursor() as cursor:
        cursor.execute(f"{asked.sql} ORDER BY 1", list(asked.params))
        return [int(row[0]) for row in cursor.fetchall()]


def frozen_members(freeze: int) -> list[int]:
    """Return the root ids that the people of a frozen list have now: who was merged since is there once."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT c.root_id FROM audiences_member m JOIN people_customer c ON c.id = m.customer_id "
            "WHERE m.freeze_id = %s AND c.erased_at IS NULL ORDER BY 1",
            [freeze],
        )
        return [int(row[0]) for row in cursor.fetchall()]


def rows_of(roots: Sequence[int], *, at: datetime) -> list[CustomerRow]:
    """Return these persons in the order given; who has no summary row is left out."""
    if not roots:
        return []
    asked = listing(CustomerFilter(ids=tuple(roots)), now=at, regular_orders=1)
    rows = {row.id: row for row in window(asked, SORTS["orders"], descending=True, size=len(roots)).rows}
    return [rows[root] for root in roots if root in rows]


def in_parts(roots: Sequence[int], *, at: datetime) -> Iterator[list[CustomerRow]]:
    """Yield these persons in parts, for files."""
    for start in range(0, len(roots), AT_ONCE):
        yield rows_of(roots[start : start + AT_ONCE], at=at)


def audiences(*, is_retired: bool = False, days: int = 30, today: date) -> list[Listed]:
    """Return all audiences by name with their sizes of the last days."""
    rows = list(Audience.objects.filter(retired_at__isnull=not is_retired).order_by("name"))
    courses: dict[int, list[int]] = {}
    sizes = AudienceSize.objects.filter(day__gt=today - timedelta(days=days)).order_by("day")
    for audience, size in sizes.values_list("audience_id", "count"):
        courses.setdefault(audience, []).append(size)
    frozen = Freeze.objects.values("audience").annotate(last=Max("at"), many=Count("id"))
    last = {row["audience"]: (row["last"], row["many"]) for row in frozen}
    return [Listed(row, courses.get(row.pk, []), *last.get(row.pk, (None, 0))) for row in rows]


def course(audience: int, *, since: date) -> list[tuple[date, int]]:
    """Return the sizes of an audience by day, oldest first."""
    rows = AudienceSize.objects.filter(audience=audience, day__gte=since).order_by("day")
    return list(rows.values_list("day", "count"))


def freezes_of(audience: int) -> list[Freeze]:
    """Return the frozen lists of an audience, newest first."""
    return list(Freeze.objects.filter(audience=audience).order_by("-at", "-id")[:100])


def is_frozen(freeze: int, customer: int) -> bool:
    """Return whether a record is on a frozen list."""
    return Member.objects.filter(freeze=freeze, customer_id=customer).exists()


def names_in(rule: Rule) -> set[str]:
    """Return the audiences that a rule names."""
    return {name for fact in facts_of(rule) for name in _named(fact)}


def _named(fact: Fact) -> tuple[str, ...]:
    return fact.args[0].values if fact.word == "in audience" and isinstance(fact.args[0], Texts) else ()
