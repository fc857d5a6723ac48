"""From a rule's tree to one SQL question: set-based, each person once, parameters never written into the text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any as Anything

from regulars.decisions.audiences.rules import All, Fact, Not, Rule
from regulars.decisions.audiences.words import Asked, Fragment


@dataclass(frozen=True, slots=True)
class Base:
    """The rows that a rule chooses from, one a person: FROM, the column with the root's id, and what always holds."""

    source: str
    id: str
    where: str


def condition(rule: Rule, asked: Asked, base: Base) -> Fragment:
    """Return the rule as a condition on the row of the base."""
    if isinstance(rule, Fact):
        found = asked.words.get(rule.word).sql(rule.args, asked)
        return Fragment(f"{base.id} IN ({found.sql})", found.params) if found.is_set else found
    if isinstance(rule, Not):
        inner = condition(rule.part, asked, base)
        # Who has no order has no last order: NULL, which is "no" and whose opposite is "yes".
        return Fragment(f"({inner.sql}) IS NOT TRUE", inner.params)
    parts = [condition(part, asked, base) for part in rule.parts]
    sign = " AND " if isinstance(rule, All) else " OR "
    params: tuple[Anything, ...] = tuple(value for part in parts for value in part.params)
    return Fragment(f"({sign.join(part.sql for part in parts)})", params)


def select(rule: Rule, asked: Asked, base: Base) -> Fragment:
    """Return the SELECT of the root ids of everybody whom the rule chooses."""
    found = condition(rule, asked, base)
    sql = f"SELECT {base.id} FROM {base.source} WHERE {base.where} AND {found.sql}"  # noqa: S608 - fragments of ours
    return Fragment(sql, found.params, is_set=True)
