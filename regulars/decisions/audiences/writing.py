"""From a rule's tree to its text: ``parse(format_rule(rule)) == rule``."""

from __future__ import annotations

from regulars.decisions.audiences.rules import All, Any, Fact, Not, Rule
from regulars.decisions.audiences.words import Words


def format_rule(rule: Rule, words: Words) -> str:
    """Return the rule as its text on one line."""
    if isinstance(rule, Fact):
        return _fact(rule, words)
    if isinstance(rule, Not):
        return f"not {_part(rule.part, words)}"
    return (" and " if isinstance(rule, All) else " or ").join(_part(part, words) for part in rule.parts)


def _part(rule: Rule, words: Words) -> str:
    """Return a part, in brackets wherever it is a group: nobody has to know which of and and or binds closer."""
    text = format_rule(rule, words)
    return f"({text})" if isinstance(rule, All | Any) else text


def _fact(fact: Fact, words: Words) -> str:
    slots = words.get(fact.word).slots
    said = [slot.write(arg) for slot, arg in zip(slots, fact.args, strict=True) if arg is not None]
    return " ".join([fact.word, *said])
