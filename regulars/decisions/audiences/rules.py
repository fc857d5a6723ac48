"""A rule as a tree: who is in an audience."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from regulars.base.clock import local_midnight, to_us

UNITS = {"hours": 3_600, "days": 86_400, "weeks": 7 * 86_400, "years": 365 * 86_400}


@dataclass(frozen=True, slots=True)
class Texts:
    """One of these texts; ``op`` is how they are compared: "" or "is" for equal, "contains"."""

    values: tuple[str, ...]
    op: str = ""


@dataclass(frozen=True, slots=True)
class Compare:
    """A number beside one of ours; ``high`` only with ``between``, which includes both ends."""

    op: str
    low: Decimal
    high: Decimal | None = None

    def having(self, what: str, unit: Callable[[Decimal], int] = int) -> tuple[str, tuple[int, ...]]:
        """Return the comparison of the SQL expression ``what``, with its values in the database's ``unit``."""
        if self.high is not None:
            return f"{what} BETWEEN %s AND %s", (unit(self.low), unit(self.high))
        sign = {"at least": ">=", "at most": "<=", "exactly": "=", "more than": ">", "less than": "<"}[self.op]
        return f"{what} {sign} %s", (unit(self.low),)

    def takes(self, number: Decimal) -> bool:
        """Return whether ``number`` is what is meant."""
        if self.high is not None:
            return self.low <= number <= self.high
        if self.op == "exactly":
            return number == self.low
        if self.op in {"at least", "more than"}:
            return number > self.low or (number == self.low and self.op == "at least")
        return number < self.low or (number == self.low and self.op == "at most")


@dataclass(frozen=True, slots=True)
class When:
    """A stretch of time.

    ``over`` (a span ago), ``within`` and ``in`` (the last span), ``since`` and ``before`` (a local day), ``from`` (the
    local days ``day`` to ``until``, both included).
    """

    op: str
    count: int = 0
    unit: str = ""
    day: date | None = None
    until: date | None = None

    def bounds(self, now: datetime, zone: ZoneInfo) -> tuple[int | None, int | None]:
        """Return the first instant in it and the first after it, in microseconds; None where it has no end."""
        if self.day is None:
            border = to_us(now) - self.count * UNITS[self.unit] * 1_000_000
            return (None, border) if self.op == "over" else (border, None)
        start = to_us(local_midnight(self.day, zone))
        if self.until is not None:
            return start, to_us(local_midnight(self.until + timedelta(days=1), zone))
        return (None, start) if self.op == "before" else (start, None)


@dataclass(frozen=True, slots=True)
class Share:
    """A share of all, in percent with at most two decimals."""

    percent: Decimal


Arg = Texts | Compare | When | Share


@dataclass(frozen=True, slots=True)
class Fact:
    """One condition: a word and what was said to each of its slots (None: nothing)."""

    word: str
    args: tuple[Arg | None, ...] = ()


@dataclass(frozen=True, slots=True)
class Not:
    """Everybody but these."""

    part: Rule


@dataclass(frozen=True, slots=True)
class All:
    """Who is in every one of two or more parts."""

    parts: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class Any:
    """Who is in at least one of two or more parts."""

    parts: tuple[Rule, ...]


Rule = Fact | Not | All | Any
EVERYBODY = Fact("everybody")


def facts_of(rule: Rule) -> list[Fact]:
    """Return the conditions of a rule in the order in which they are written."""
    if isinstance(rule, Fact):
        return [rule]
    if isinstance(rule, Not):
        return facts_of(rule.part)
    return [fact for part in rule.parts for fact in facts_of(part)]
