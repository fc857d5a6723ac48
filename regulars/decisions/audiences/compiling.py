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
        return _fact(rule, asked, base)
    if isinstance(rule, Not):
        inner = condition(rule.part, asked, base)
        # Who has no order has no last order: NULL, which is "no" and whose opposite is "yes".
        return Fragment(f"({inner.sql}) IS NOT TRUE", inner.params)
    return _joined([condition(part, asked, base) for part in rule.parts], " AND " if isinstance(rule, All) else " OR ")


def meaning(fact: Fact, asked: Asked) -> Fragment | list[tuple[Rule, Asked]]:
    """Return what a condition means: SQL, or the rules of which at least one must hold."""
    word = asked.words.get(fact.word)
    if word.made_of is not None:
        return word.made_of(fact.args, asked)
    assert word.sql is not None
    return word.sql(fact.args, asked)


def _fact(fact: Fact, asked: Asked, base: Base) -> Fragment:
    found = meaning(fact, asked)
    if isinstance(found, list):
        return _joined([condition(rule, inside, base) for rule, inside in found], " OR ")
    return Fragment(f"{base.id} IN ({found.sql})", found.params) if found.is_set else found


def _joined(parts: list[Fragment], sign: str) -> Fragment:
    params: tuple[Anything, ...] = tuple(value for part in parts for value in part.params)
    return Fragment(f"({sign.join(part.sql for part in parts)})", params)


def select(rule: Rule, asked: Asked, base: Base) -> Fragment:
    """Return the SELECT of the root ids of everybody whom the rule chooses."""
    found = condition(rule, asked, base)
    sql = f"SELECT {base.id} FROM {base.source} WHERE {base.where} AND {found.sql}"  # noqa: S608 - fragments of ours
    return Fragment(sql, found.params, is_set=True)
