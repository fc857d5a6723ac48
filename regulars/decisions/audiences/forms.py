"""A rule as a form, and back: ``from_form(to_form(rule)) == rule``.

A condition is ``{"word", "not", "args": fields}``, a group ``{"join": "all" | "any", "not", "parts": [...]}``. The
whole is always a group; a group of one part is that part, and one of none is everybody.
"""

from __future__ import annotations

from typing import Any as Anything

from regulars.decisions.audiences.parsing import MOST_CONDITIONS, MOST_DEPTH
from regulars.decisions.audiences.problems import RuleError
from regulars.decisions.audiences.rules import EVERYBODY, All, Any, Fact, Not, Rule, facts_of
from regulars.decisions.audiences.words import Words

Node = dict[str, Anything]


class FormErrors(ValueError):
    """What is wrong in a form: (path of the condition, problem) each; the path of the second part is ``1``."""

    def __init__(self, found: list[tuple[str, RuleError]]) -> None:
        self.found = found
        super().__init__("; ".join(f"{path}: {error}" for path, error in found))


def to_form(rule: Rule, words: Words) -> Node:
    """Return the rule as a form, whose outermost node is a group."""
    if rule == EVERYBODY:
        return {"join": "all", "not": False, "parts": []}
    node = _node(rule, words)
    return node if "parts" in node and not node["not"] else {"join": "all", "not": False, "parts": [node]}


def _node(rule: Rule, words: Words) -> Node:
    if isinstance(rule, Fact):
        args: Node = {}
        for slot, arg in zip(words.get(rule.word).slots, rule.args, strict=True):
            args |= slot.fields(arg)
        return {"word": rule.word, "not": False, "args": args}
    if isinstance(rule, Not):
        inner = _node(rule.part, words)
        if inner["not"]:
            return {"join": "all", "not": True, "parts": [inner]}
        return inner | {"not": True}
    join = "all" if isinstance(rule, All) else "any"
    return {"join": join, "not": False, "parts": [_node(part, words) for part in rule.parts]}


def from_form(form: Node, words: Words) -> Rule:
    """Return the rule that a form says. Raises FormErrors with everything that is wrong."""
    wrong: list[tuple[str, RuleError]] = []
    rule = _rule(form, words, "", 0, wrong)
    if rule is not None and len(facts_of(rule)) > MOST_CONDITIONS:
        wrong.append(("", RuleError("too_many", most=str(MOST_CONDITIONS))))
    if wrong:
        raise FormErrors(wrong)
    return rule or EVERYBODY


def _rule(node: Node, words: Words, path: str, depth: int, wrong: list[tuple[str, RuleError]]) -> Rule | None:
    if depth > MOST_DEPTH:
        wrong.append((path, RuleError("too_deep")))
        return None
    rule: Rule | None
    if "parts" in node:
        inner = [
            _rule(part, words, f"{path}.{n}" if path else str(n), depth + 1, wrong)
            for n, part in enumerate(node["parts"])
        ]
        parts = tuple(part for part in inner if part is not None)
        if len(parts) < 2:
            rule = parts[0] if parts else None
        else:
            rule = All(parts) if node.get("join") != "any" else Any(parts)
    else:
        rule = _fact(node, words, path, wrong)
    return Not(rule) if rule is not None and node.get("not") else rule


def _fact(node: Node, words: Words, path: str, wrong: list[tuple[str, RuleError]]) -> Fact | None:
    try:
        word = words.get(node.get("word", ""))
    except RuleError as error:
        wrong.append((path, error.named("word")))
        return None
    args = []
    for slot in word.slots:
        try:
            args.append(slot.fill(node.get("args", {})))
        except RuleError as error:
            wrong.append((path, error))
    return Fact(word.name, tuple(args)) if len(args) == len(word.slots) else None
